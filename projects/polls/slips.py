"""What is printed for a poll: slips with a one-time code each, ten to a page to be cut, and a sheet for the wall."""

from collections.abc import Sequence

from core.codes import spell
from core.workdays import day_words
from projects.polls.models import Poll
from stations.prints.sheet import GREY, INK, LINE, RED, Box, Code, Sheet, Text, fitted, measure

A4 = (210.0, 297.0)
ACROSS, DOWN = 2, 5
WIDTH, HEIGHT, EDGE = 95.0, 55.0, 10.0
PAGE = ACROSS * DOWN
_SIDE = 38.0


def slips(poll: Poll, codes: Sequence[str], site: str) -> list[Sheet]:
    """Return the pages of slips, one slip for each code."""
    pages = []
    for start in range(0, len(codes), PAGE):
        sheet = Sheet(*A4, "评议纸条")
        for place, code in enumerate(codes[start : start + PAGE]):
            _slip(sheet, EDGE + place % ACROSS * WIDTH, EDGE + place // ACROSS * HEIGHT, poll, code, site)
        pages.append(sheet)
    return pages


def _slip(sheet: Sheet, x: float, y: float, poll: Poll, code: str, site: str) -> None:
    inner = WIDTH - _SIDE - 8
    for line in (Box(x, y, WIDTH, 0.2, LINE), Box(x, y + HEIGHT, WIDTH, 0.2, LINE),
                 Box(x, y, 0.2, HEIGHT, LINE), Box(x + WIDTH, y, 0.2, HEIGHT, LINE)):  # fmt: skip
        sheet.add(line)
    sheet.add(Text(x + 4, y + 9, 5, "请您来评", RED, is_bold=True))
    for number, words in enumerate(_lines(poll.idea.named, 3.8, inner)):
        sheet.add(Text(x + 4, y + 16 + number * 5, 3.8, words, INK))
    spelled = spell(code)
    sheet.add(
        Text(x + 4, y + 37, fitted(spelled, 6.4, inner), spelled, INK, is_bold=True),
        Text(x + 4, y + 43, 3, f"评到 {day_words(poll.closes_on)}，一张纸条评一次", GREY),
        Text(x + 4, y + 48, 3, "不记名，谁也不知道哪一票是您的", GREY),
        Code(x + WIDTH - _SIDE - 2, y + 3, _SIDE, f"{site}/projects/poll/?code={code}"),
        Text(x + WIDTH - 2 - _SIDE / 2, y + 45, 2.8, "扫一扫，或打开网址写码", GREY, anchor="m"),
    )
    address = f"{site.split('://', 1)[-1]}/projects/poll/"
    sheet.add(Text(x + WIDTH - 2 - _SIDE / 2, y + 50, fitted(address, 3, _SIDE), address, GREY, anchor="m"))


def poster(poll: Poll, site: str) -> Sheet:
    """Return the sheet for the wall of the station or the place itself: whoever passes scans it."""
    sheet, middle = Sheet(*A4, "请您来评"), A4[0] / 2
    sheet.add(Text(middle, 46, 18, "请您来评", RED, is_bold=True, anchor="m"))
    for number, words in enumerate(_lines(poll.idea.named, 9, 170)):
        sheet.add(Text(middle, 68 + number * 13, 9, words, INK, is_bold=True, anchor="m"))
    sheet.add(
        Code(middle - 60, 100, 120, f"{site}/projects/{poll.idea_id}/poll/"),
        Text(middle, 236, 7, "手机扫一扫，办得好不好，您说了算", INK, anchor="m"),
        Text(middle, 248, 6, f"评到 {day_words(poll.closes_on)}，不记名，一部手机评一次", GREY, anchor="m"),
        Text(middle, 262, 6, "没有手机的，到站点领一张纸条", GREY, anchor="m"),
    )
    return sheet


def _lines(words: str, size: float, width: float) -> list[str]:
    """Break words into at most three lines; what is beyond ends in an ellipsis."""
    lines = [""]
    for letter in words:
        if measure(lines[-1] + letter, size) > width:
            lines.append("")
        lines[-1] += letter
    return lines if len(lines) <= 3 else [*lines[:2], f"{lines[2][:-1]}…"]
