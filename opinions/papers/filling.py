"""Filling in a Word template, and deciding whether an uploaded one may be used.

A template is somebody's file: it is opened only after its parts were looked at, its places are read from the parsed
template, and it is filled in within a sandbox that knows texts and nothing else. No loop, no filter, no call.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.text import tidy
from core.workflow import BadInput
from opinions.papers.kinds import MAX_BYTES, Paper

MAX_UNPACKED = 8 * 1024 * 1024
MAX_TEXT_PART = 2 * 1024 * 1024
MAX_PARTS = 100
MAX_PLACES = 200
_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_FORBIDDEN = re.compile(rb"vbaProject|macroEnabled|/activeX|oleObject|embeddings/", re.I)
_OUTSIDE = re.compile(rb'TargetMode\s*=\s*["\']External["\']', re.I)
_FIELD_CODES = re.compile(rb"\b(?:DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|DATABASE|MACROBUTTON)\b")
# Everything that reading a damaged or hostile file raises.
BROKEN = (
    OpcError,
    SyntaxError,
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
)
_ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Not)
_RAW = re.compile(r"\{\{(?:r|p|tr|tc)\s|\{%-?\s*(?:vm|hm|colspan|cellbg)\b")


def environment() -> ImmutableSandboxedEnvironment:
    """The only environment in which a template is ever read: sandboxed, escaping, without one global or filter."""
    found = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    found.globals.clear()
    found.filters.clear()
    found.tests.clear()
    return found


def fill(template: bytes, texts: Mapping[str, str]) -> bytes:
    """Return the Word file with every place filled in. Lines of a text stay lines."""
    document = DocxTemplate(io.BytesIO(template))
    document.render({name: clean(text) for name, text in texts.items()}, environment())
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def clean(text: str) -> str:
    """Take out what a document cannot hold, and keep the mark of a new paragraph."""
    return "\a".join(tidy(part) for part in text.split("\a"))


def check(content: bytes, paper: Paper) -> None:
    """Refuse what is not a harmless Word template of this paper: BadInput with the sentence for the uploader."""
    if len(content) > MAX_BYTES:
        raise BadInput(f"模板最大 {MAX_BYTES // 1024 // 1024} MB，这个文件太大了。", "file")
    _check_parts(content)
    try:
        _check_places(content, paper)
        fill(fill(content, paper.example), {})  # what came out must be a document that opens again
    except TemplateError as error:
        raise BadInput(f"模板里有一处写法看不懂：{_first_line(error)}", "file") from error
    except BROKEN as error:
        raise BadInput("这个文件打不开，可能已经损坏。请用 Word 重新另存为 .docx 再传。", "file") from error


def _check_parts(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise BadInput("这个文件展开以后太大了，请换一个简单些的模板。", "file")
            for name, data in _read(archive, parts):
                _check_part(name, data)
            if _MAIN not in archive.read("[Content_Types].xml"):
                raise BadInput("这不是 Word 文档（.docx）。", "file")
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise BadInput("这不是 Word 文档（.docx）。旧的 .doc 请先用 Word 另存为 .docx。", "file") from error


def _read(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    """Read the parts that hold text, each only as far as it may be long: what a ZIP says of itself may be a lie."""
    for part in parts:
        if _FORBIDDEN.search(part.filename.encode()):
            raise BadInput("模板里有宏或者嵌入的文件，不能用。", "file")
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as opened:
                yield part.filename, opened.read(MAX_TEXT_PART + 1)


def _check_part(name: str, data: bytes) -> None:
    if len(data) > MAX_TEXT_PART:
        raise BadInput("这个文件展开以后太大了，请换一个简单些的模板。", "file")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadInput("模板里有不该有的内容，不能用。", "file")
    if _FORBIDDEN.search(data) and name == "[Content_Types].xml":
        raise BadInput("模板里有宏或者嵌入的文件，不能用。", "file")
    if name.endswith(".rels") and _OUTSIDE.search(data):
        raise BadInput("模板里有指向别处的链接或图片，不能用。请去掉链接再传。", "file")
    if name.startswith("word/") and _FIELD_CODES.search(re.sub(rb"<[^>]*>", b"", data)):
        raise BadInput("模板里有会去取别处内容的域代码，不能用。", "file")


def _check_places(content: bytes, paper: Paper) -> None:
    trees = [environment().parse(source) for source in _sources(content)]
    count = 0
    for node in (node for tree in trees for node in _walk(tree)):
        if not isinstance(node, _ALLOWED):
            raise BadInput("模板里只能写 {{ 名称 }} 和 {% if 名称 %}…{% endif %}，别的写法不能用。", "file")
        if isinstance(node, nodes.Name):
            count += 1
            if node.name not in paper.places:
                raise BadInput(f"“{node.name[:40]}”不是{paper.label}的名称，请照页面上的名称写。", "file")
    if count == 0:
        raise BadInput("这个文件里一处 {{ 名称 }} 也没有，填不进内容。", "file")
    if count > MAX_PLACES:
        raise BadInput(f"模板里最多 {MAX_PLACES} 处 {{{{ 名称 }}}}。", "file")


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _sources(content: bytes) -> Iterator[str]:
    """Return every text that filling in will read as a template: body, headers, footers, footnotes, properties."""
    document = DocxTemplate(io.BytesIO(content))
    package = document.get_docx().part.package
    yield _plain(document, document.get_xml())
    for part in package.parts:
        if part.content_type.endswith((".header+xml", ".footer+xml", ".footnotes+xml")):
            yield _plain(document, part.blob.decode("utf-8"))
    properties = document.get_docx().core_properties
    for name in ("author", "comments", "identifier", "language", "subject", "title"):
        yield str(getattr(properties, name))


def _plain(document: Any, xml: str) -> str:
    patched = document.patch_xml(xml)
    if _RAW.search(xml) or _RAW.search(patched):
        raise BadInput("模板里只能写 {{ 名称 }} 和 {% if 名称 %}…{% endif %}，别的写法不能用。", "file")
    return str(patched)


def _first_line(error: TemplateError) -> str:
    return str(error.message or "").split("\n")[0][:80]
