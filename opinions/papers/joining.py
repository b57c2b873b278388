"""Many filled-in papers of one kind as a single Word file, each on a page of its own."""

import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from docx import Document
from docxtpl import DocxTemplate

from opinions.papers.filling import clean, environment, fill


def fill_many(template: bytes, papers: Sequence[Mapping[str, str]]) -> bytes:
    """Fill the template once for each set of texts, and put the results behind one another.

    The template is read and understood once: fifty papers cost little more than one.
    """
    joined = Document(io.BytesIO(fill(template, papers[0])))
    end = joined.element.body.sectPr
    body_of = _bodies(template)
    for texts in papers[1:]:
        end.addprevious(joined.add_page_break()._p)
        for part in body_of(texts):
            end.addprevious(part)
    written = io.BytesIO()
    joined.save(written)
    return written.getvalue()


def has_places_outside(template: bytes) -> bool:
    """Tell whether a header or a footer is filled in as well: those are the same on every page of a file."""
    document = DocxTemplate(io.BytesIO(template))
    document.render_init()
    uris = (document.HEADER_URI, document.FOOTER_URI)
    parts = [part.blob for uri in uris for _key, part in document.get_headers_footers(uri)]
    return any(b"{{" in blob or b"{%" in blob for blob in parts)


def _bodies(template: bytes) -> Any:
    """Return a function from texts to the parts of a filled-in body, without its page layout."""
    document = DocxTemplate(io.BytesIO(template))
    document.render_init()
    source = document.patch_xml(document.get_xml())
    sandbox = environment()
    sandbox.from_string = cache(sandbox.from_string)  # type: ignore[assignment,method-assign] # the same source each time

    def body_of(texts: Mapping[str, str]) -> list[Any]:
        filled = {name: clean(text) for name, text in texts.items()}
        tree = document.fix_tables(document.render_xml_part(source, document.docx._part, filled, sandbox))
        return [part for part in tree if not str(part.tag).endswith("}sectPr")]

    return body_of
