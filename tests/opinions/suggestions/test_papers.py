"""The paper and the letter as Word files: whole, with the table of evidence, and without a person."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from docx import Document

from opinions.models import PaperTemplate
from opinions.papers.filling import check
from opinions.papers.kinds import SUGGESTION, SUGGESTION_REPLY
from opinions.papers.store import original
from opinions.suggestions import evidence, papers, workflow
from opinions.suggestions.states import State
from tests.opinions.suggestions.world import MINUTE, TEXTS, make, person
from tests.world import START, World

pytestmark = pytest.mark.django_db
LATER = START + timedelta(hours=2)


def opened(content: bytes) -> Any:
    return Document(io.BytesIO(content))


def words(content: bytes) -> str:
    document = opened(content)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def paper(world: World, row: Any, kind: str = "suggestion", who: str = "rep") -> Any:
    client = Client()
    client.force_login(world.users[who])
    return client.get(f"/desk/suggestions/{row.pk}/papers/{kind}/")


def test_it_holds_everything_the_representative_wrote(world: World) -> None:
    row = make(world)
    workflow.invite(row.pk, actor=world.rep, at=LATER, representative=person("安可期"))
    signer = row.cosigners.get()
    workflow.answer_invitation(row.pk, actor=world.mate, at=LATER, cosigner_id=signer.pk, agrees=True)
    text = words(paper(world, row).content)
    for expected in (*TEXTS.values(), "领衔代表：麦知秋", "联名代表：安可期", "3 件，涉及 3 人", "东街社区 3 件"):
        assert expected in text
    assert "郸城县人大常委会代表建议" in text
    assert "第  号" not in text, "no number before it has one"


def test_the_evidence_is_a_table_with_a_line_a_matter(world: World) -> None:
    document = opened(paper(world, make(world, State.ACCEPTED)).content)
    (table,) = document.tables
    assert tuple(cell.text for cell in table.rows[0].cells) == papers.HEADS
    assert len(table.rows) == 4
    assert [cell.text for cell in table.rows[1].cells][:2] == ["1", "东街社区"]
    assert table.rows[1].cells[4].text == "3 月 25 日"
    assert "tblHeader" in table.rows[0]._tr.xml
    assert "依据表在此" not in words(paper(world, make(world)).content)


@pytest.mark.parametrize("who", ["rep", "clerk", "county_staff", "handler", "leader"])
@pytest.mark.parametrize("kind", ["suggestion", "suggestion_reply"])
def test_no_person_and_no_whole_receipt_leaves_on_paper(world: World, who: str, kind: str) -> None:
    row = make(world, State.REPLIED)
    text = words(paper(world, row, kind, who).content)
    assert "田大山" not in text
    assert "1380000" not in text
    for link in row.matters.select_related("opinion"):
        assert link.opinion.receipt not in text.replace("-", "")


def test_the_letter_is_the_last_answer(world: World) -> None:
    row = make(world, State.ACCEPTED)
    workflow.assign(row.pk, actor=world.county_staff, at=LATER, lead=world.unit, co_units=[world.co_unit])
    workflow.reply(
        row.pk, actor=world.handler, at=LATER, body="第一段。\n第二段。", outcome="B", promised_on=date(2026, 9, 1)
    )
    text = words(paper(world, row, "suggestion_reply").content)
    for expected in (
        "关于第 2026-001 号代表建议的答复函",
        "麦知秋代表：",
        "县供电公司",
        "正在解决",
        "2026年9月1日前办到",
    ):
        assert expected in text
    assert "第一段。\n第二段。" in text, "two paragraphs"
    workflow.judge(row.pk, actor=world.rep, at=LATER + MINUTE, satisfaction="DISSATISFIED", comment="慢")
    workflow.reply(row.pk, actor=world.handler, at=LATER + 2 * MINUTE, body="第二轮的答复", outcome="A")
    assert "第二轮的答复" in words(paper(world, row, "suggestion_reply").content)


def test_there_is_no_letter_before_an_answer(world: World) -> None:
    row = make(world, State.ASSIGNED)
    assert paper(world, row, "suggestion_reply").status_code == 404
    assert paper(world, row, "letter").status_code == 404
    with pytest.raises(LookupError):
        papers.reply_texts(row)


def test_out_of_sight_there_is_no_paper(world: World) -> None:
    assert paper(world, make(world), who="handler").status_code == 404


@pytest.mark.parametrize("kind", [SUGGESTION, SUGGESTION_REPLY])
def test_ours_pass_the_check_for_uploaded_ones(kind: Any) -> None:
    check(original(kind.key), kind)


def test_the_countys_own_template_is_used_and_may_leave_the_table_out(world: World) -> None:
    document = Document()
    document.add_paragraph("本县格式：{{ title }}")
    written = io.BytesIO()
    document.save(written)
    check(written.getvalue(), SUGGESTION)
    PaperTemplate.objects.create(
        kind="suggestion", content=written.getvalue(), file_name="a.docx", uploaded_by=world.county_staff,
        uploaded_at=START,
    )  # fmt: skip
    content = paper(world, make(world)).content
    assert words(content) == f"本县格式：{TEXTS['title']}"
    assert opened(content).tables == []


def test_fifty_lines_are_fifty_lines(world: World) -> None:
    row = make(world)
    more = [world.submit(phone="").pk for _ in range(20)]
    workflow.gather(row.pk, actor=world.rep, at=LATER, opinion_ids=more)
    content = papers.filled("suggestion", row, evidence.on_paper(row))
    assert len(opened(content).tables[0].rows) == 24
