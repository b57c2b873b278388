"""The result of a ballot as Word, for the file and for signing. Sums alone: no voice, no code and nobody is in it.

Heavy: brings docx, which most web workers never need.
"""

from io import BytesIO

from core.text import tidy
from core.workdays import day_words
from opinions.papers.drawing import HEADING, TEXT
from projects.ballots.models import Ballot
from projects.ballots.present import lines_of, rule_of
from projects.word import paper, say, table_of

NUMBERS = (("应到", "eligible", "人"), ("发出", "given", "张"), ("收回", "returned", "张"), ("有效", "valid", "张"),
           ("废票", "invalid", "张"))  # fmt: skip
HEADS = (("序号", 14), ("项目", 78), ("赞成（票）", 28), ("结果", 40))  # millimetres across
SIGNED = ("主持人", "监票人", "计票人")


def title_of(ballot: Ballot) -> str:
    """Return the heading, which is the file's name as well."""
    return f"{tidy(ballot.title)}结果报告单"


def write(buffer: BytesIO, ballot: Ballot) -> None:
    """Write the report of a closed ballot: A4, the projects by their voices, lines for who answers for the count."""
    document = paper(title_of(ballot))
    say(document.add_paragraph(), title_of(ballot), HEADING, 20, is_centred=True)
    say(document.add_paragraph(), _beginning(ballot), TEXT, 14)
    say(document.add_paragraph(), rule_of(ballot), TEXT, 14)
    say(document.add_paragraph(), _sums(ballot), TEXT, 14)
    lines = lines_of(ballot)
    table = table_of(document, 1 + len(lines), HEADS, 12)
    for number, (row, line) in enumerate(zip(table.rows[1:], lines, strict=True), 1):
        words = (f"{number}", tidy(line.item.idea.title), f"{line.item.approvals}", line.item.get_result_display())
        for place, (cell, said) in enumerate(zip(row.cells, words, strict=True)):
            say(cell.paragraphs[0], said, TEXT, 12, is_centred=place != 1)
    document.add_paragraph()
    for who in SIGNED:
        say(document.add_paragraph(), f"{who}（签名）：＿＿＿＿＿＿＿＿＿＿　　　年　　月　　日", TEXT, 14)
    document.save(buffer)


def _beginning(ballot: Ballot) -> str:
    closed = day_words(ballot.closed_at, unless_in=0) if ballot.closed_at else ""
    count = ballot.items.count()
    return f"{ballot.region.name}人大代表对 {ballot.year} 年 {count} 件民生实事候选项目投票，{closed}点票，结果如下。"


def _sums(ballot: Ballot) -> str:
    return "，".join(f"{word} {getattr(ballot, name)} {unit}" for word, name, unit in NUMBERS) + "。"
