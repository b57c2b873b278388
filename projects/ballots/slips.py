"""The paper of a ballot: candidates with boxes to tick, a one-time code, and the way to the same on a telephone."""

from collections.abc import Sequence

from core.codes import spell
from projects.ballots.models import Ballot
from stations.prints.sheet import GREY, INK, LINE, RED, Box, Code, Sheet, Text, fitted

A5 = (148.0, 210.0)
_EDGE, _TOP, _FOOT, _SIDE, _BOX = 12.0, 42.0, 162.0, 36.0, 5.0


def papers(ballot: Ballot, codes: Sequence[str], site: str) -> list[Sheet]:
    """Return one page for each code."""
    titles = list(ballot.items.values_list("idea__title", flat=True))
    return [_paper(ballot, titles, code, site) for code in codes]


def _paper(ballot: Ballot, titles: Sequence[str], code: str, site: str) -> Sheet:
    sheet, inner = Sheet(*A5, "票决票"), A5[0] - 2 * _EDGE
    sheet.add(
        Text(A5[0] / 2, 20, fitted(ballot.title, 7, inner), ballot.title, RED, is_bold=True, anchor="m"),
        Text(_EDGE, 30, 3.6, f"赞成的，在前面的方框里打勾。最多勾 {ballot.places} 件，多了是废票。", INK),
        Text(_EDGE, 36, 3.6, "不写名字，不做别的记号。一件也不勾，是弃权。", INK),
    )
    step = min(11.0, (_FOOT - _TOP) / len(titles))
    for number, title in enumerate(titles):
        y = _TOP + number * step
        _square(sheet, _EDGE, y)
        words = f"{number + 1}. {title}"
        sheet.add(Text(_EDGE + _BOX + 4, y + 4.2, fitted(words, 4.4, inner - _BOX - 4), words, INK))
    spelled, width, address = spell(code), inner - _SIDE - 4, f"{site.split('://', 1)[-1]}/projects/ballot/"
    sheet.add(
        Box(_EDGE, _FOOT + 2, inner, 0.2, LINE),
        Text(_EDGE, _FOOT + 14, fitted(spelled, 7, width), spelled, INK, is_bold=True),
        Text(_EDGE, _FOOT + 21, 3.2, "一张票一个码，只能用一次：", GREY),
        Text(_EDGE, _FOOT + 26, 3.2, "勾好交上来，或者用手机扫右边投。", GREY),
        Text(_EDGE, _FOOT + 31, 3.2, "不记名，谁也不知道哪一票是您的。", GREY),
        Text(_EDGE, _FOOT + 37, fitted(address, 3.2, width), address, GREY),
        Code(A5[0] - _EDGE - _SIDE, _FOOT + 5, _SIDE, f"{site}/projects/ballot/?code={code}"),
    )
    return sheet


def _square(sheet: Sheet, x: float, y: float) -> None:
    side, line = _BOX, 0.3
    sheet.add(Box(x, y, side, line), Box(x, y + side, side + line, line))
    sheet.add(Box(x, y, line, side), Box(x + side, y, line, side))
