"""Templates as files: ours hold exactly their places; a stranger's is refused unless it is harmless."""

import io
import zipfile
from collections.abc import Callable

import pytest
from docx import Document
from jinja2.exceptions import SecurityError

from core.workflow import BadInput
from opinions.papers import filling
from opinions.papers.drawing import ORIGINALS, draw_all
from opinions.papers.filling import check, environment, fill
from opinions.papers.kinds import ASSIGNMENT, LETTER, PAPERS
from opinions.papers.store import original


def words(content: bytes) -> str:
    """All text of a document, tables too."""
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def template(
    *lines: str, change: Callable[[str, bytes], bytes] | None = None, extra: dict[str, bytes] | None = None
) -> bytes:
    """A small Word file with these paragraphs; `change` may rewrite its parts, `extra` adds some."""
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    written = io.BytesIO()
    document.save(written)
    packed = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(name, data) if change else data)
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    return packed.getvalue()


def refused(content: bytes) -> str:
    with pytest.raises(BadInput) as error:
        check(content, ASSIGNMENT)
    return error.value.message


@pytest.mark.parametrize("kind", PAPERS)
def test_ours_pass_the_check_and_name_every_place_but_those_of_other_layouts(kind: str) -> None:
    paper = PAPERS[kind]
    check(original(kind), paper)
    named = {place for place in paper.places if f"{{{{ {place} }}}}" in words(original(kind))}
    left_out = {"assignment": {"station", "printed_on"}, "letter": set(), "supervision": set()}.get(kind, set())
    assert set(paper.places) - named == left_out


@pytest.mark.parametrize("kind", PAPERS)
def test_a_filled_paper_holds_each_example_and_no_place_any_more(kind: str) -> None:
    shown = words(fill(original(kind), PAPERS[kind].example))
    assert "{{" not in shown
    assert "{%" not in shown
    missing = [name for name, text in PAPERS[kind].example.items() if text and text not in shown]
    assert set(missing) <= {"station", "printed_on"}


def test_papers_are_a4_with_the_letter_s_official_margins() -> None:
    for kind in PAPERS:
        section = Document(io.BytesIO(original(kind))).sections[0]
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    letter = Document(io.BytesIO(original("letter"))).sections[0]
    margins = (letter.top_margin, letter.bottom_margin, letter.left_margin, letter.right_margin)
    assert [round(side.mm) for side in margins] == [37, 35, 28, 26]


def test_the_committed_files_are_what_the_script_draws(tmp_path: object) -> None:
    drawn = draw_all(tmp_path)  # type: ignore[arg-type]
    assert sorted(path.name for path in drawn) == sorted(path.name for path in ORIGINALS.iterdir())
    for path in drawn:
        with zipfile.ZipFile(path) as new, zipfile.ZipFile(ORIGINALS / path.name) as kept:
            assert new.read("word/document.xml") == kept.read("word/document.xml"), path.name


def test_headings_name_their_typeface_and_a_stand_in() -> None:
    with zipfile.ZipFile(ORIGINALS / "letter.docx") as archive:
        fonts = archive.read("word/fontTable.xml").decode()
        body = archive.read("word/document.xml").decode()
    assert 'w:name="方正小标宋简体"><w:altName w:val="华文中宋"' in fonts
    assert "方正小标宋简体" in body
    assert "GB2312" not in body + fonts  # it lacks 洺


def test_markup_and_places_in_a_text_stay_a_text() -> None:
    nasty = "<w:p/>& {{ unit }} {% if x %} \x00\x0b 洺塅𠀀"
    shown = words(fill(original("letter"), LETTER.example | {"body": nasty}))
    assert "<w:p/>& {{ unit }} {% if x %}" in shown
    assert "洺塅𠀀" in shown
    assert "\x0b" not in shown


def test_lines_of_an_answer_become_paragraphs() -> None:
    content = fill(original("letter"), LETTER.example | {"body": "第一段。\a第二段。"})
    lines = [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]
    assert lines.index("第二段。") == lines.index("第一段。") + 1


@pytest.mark.parametrize(("promise", "shown"), [("2026年12月1日", True), ("", False)])
def test_a_promise_is_said_only_where_there_is_one(promise: str, shown: bool) -> None:
    assert ("我们承诺在" in words(fill(original("letter"), LETTER.example | {"promise": promise}))) is shown


def test_a_template_of_one_s_own_is_taken() -> None:
    check(
        template("{{ number }}", "{% if demand %}请办：{{ demand }}{% endif %}", "{% if not name %}没留名{% endif %}"),
        ASSIGNMENT,
    )


def test_a_place_cut_into_pieces_by_word_is_still_read() -> None:
    document = Document()
    paragraph = document.add_paragraph()
    for piece in ("{", "{ unkn", "own }}"):
        paragraph.add_run(piece)
    written = io.BytesIO()
    document.save(written)
    assert "unknown" in refused(written.getvalue())


@pytest.mark.parametrize(
    "line",
    [
        "{{ number.__class__ }}",
        "{{ number.upper() }}",
        "{{ number|upper }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ 7 * 7 }}",
        "{% for x in number %}{{ x }}{% endfor %}",
        "{% set x = number %}{{ number }}",
        "{% include 'secret' %}",
        "{% if number == unit %}x{% endif %}",
        "{{ self }}",
        "{{ config }}",
        "{{ lipsum }}",
        "{{r number }}",
        "{% vm %}{{ number }}",
        "{% raw %}{{ number }}{% endraw %}{{ phone_hash }}",
    ],
)
def test_anything_but_known_places_and_if_is_refused(line: str) -> None:
    assert refused(template("{{ number }}", line))


def test_an_unknown_place_is_named() -> None:
    assert refused(template("{{ number }} {{ receipt }}")) == "“receipt”不是交办单的名称，请照页面上的名称写。"


def test_places_in_headers_and_properties_are_read_too() -> None:
    document = Document()
    document.add_paragraph("{{ number }}")
    document.sections[0].header.paragraphs[0].text = "{{ secret }}"
    written = io.BytesIO()
    document.save(written)
    assert "secret" in refused(written.getvalue())
    document.sections[0].header.paragraphs[0].text = ""
    document.core_properties.subject = "{{ cycler }}"
    written = io.BytesIO()
    document.save(written)
    assert "cycler" in refused(written.getvalue())


def test_a_broken_tag_is_refused_with_a_sentence() -> None:
    assert "看不懂" in refused(template("{{ number }} {% if demand %}没有结尾"))


def test_a_template_without_a_place_is_no_template() -> None:
    assert "一处" in refused(template("只是一张纸"))


def test_too_many_places_are_refused() -> None:
    assert "最多" in refused(template(*["{{ body }}"] * (filling.MAX_PLACES + 1)))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0" + b"0" * 600])
def test_what_is_no_word_file_is_refused(content: bytes) -> None:
    assert "Word" in refused(content)


def test_a_zip_of_something_else_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    assert "Word" in refused(packed.getvalue())


def test_a_file_too_large_or_unpacking_to_too_much_is_refused() -> None:
    assert "太大" in refused(b"0" * (filling.MAX_BYTES + 1))
    assert "太大" in refused(template("{{ number }}", extra={"word/media/a.xml": b" " * (filling.MAX_UNPACKED + 1)}))
    assert "太大" in refused(template("{{ number }}", extra={f"word/{n}.bin": b"" for n in range(filling.MAX_PARTS)}))


def test_macros_embedded_files_and_entities_are_refused() -> None:
    assert "宏" in refused(template("{{ number }}", extra={"word/vbaProject.bin": b"x"}))
    assert "宏" in refused(template("{{ number }}", extra={"word/embeddings/a.bin": b"x"}))
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert "不该有" in refused(template("{{ number }}", extra={"customXml/item9.xml": bomb}))


def test_nothing_may_point_elsewhere() -> None:
    def outside(name: str, data: bytes) -> bytes:
        if name != "word/_rels/document.xml.rels":
            return data
        link = b'<Relationship Id="rIdX" Type="t" Target="http://203.0.113.5/t.dotm" TargetMode="External"/>'
        return data.replace(b"</Relationships>", link + b"</Relationships>")

    assert "指向别处" in refused(template("{{ number }}", change=outside))


@pytest.mark.parametrize("code", ["DDEAUTO c:\\\\calc", "INCLUDEPICTURE http://203.0.113.5/a.png", "INCLUDETEXT a.txt"])
def test_field_codes_that_fetch_are_refused(code: str) -> None:
    assert "域代码" in refused(template("{{ number }}", code))


def test_the_environment_knows_nothing_and_runs_nothing() -> None:
    sandbox = environment()
    assert not sandbox.globals
    assert not sandbox.filters
    with pytest.raises(SecurityError):
        sandbox.from_string("{{ x.__init__.__globals__ }}").render(x=check)
