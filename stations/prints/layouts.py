"""Where everything stands on a poster, a table card and a sticker. Ink on paper and one red: the mark 回."""

from dataclasses import dataclass

from stations.prints.sheet import GREY, INK, LINE, PAPER, RED, Box, Code, Disc, Sheet, Text, fitted


@dataclass(frozen=True)
class Pitch:
    """What a print invites to: its name, the three steps, what to do without a telephone."""

    name: str
    call: str
    steps: tuple[tuple[str, str], ...]
    help: str
    window: str


MATTERS = Pitch(
    "码上找代表",
    "扫一扫，把事情说给{person}代表听",
    (
        ("扫一扫", "用微信或相机，对准左边的码"),
        ("说事情", "说话、打字都行，不用登录"),
        ("等回音", "凭回执查进度，办完请您来评"),
    ),
    "不用手机也行：来窗口说，我们替您记。",
    "来窗口说也行，我们替您记",
)
PROJECTS = Pitch(
    "民生实事大家谈",
    "扫一扫，说说您最盼着办的一件事",
    (
        ("扫一扫", "用微信或相机，对准左边的码"),
        ("提一件", "想办什么、在哪里，不用登录"),
        ("看回音", "凭回执看进度，也能替别人附议"),
    ),
    "不用手机也行：窗口有纸质征集表，我们替您记。",
    "窗口有纸质征集表",
)


@dataclass(frozen=True)
class Facts:
    """What a print says; every word comes from the station's own page."""

    station: str
    label: str
    code: str
    address: str  # what the QR code leads to
    phone: str
    hours: str
    place: str
    person: str = ""
    pitch: Pitch = MATTERS

    @property
    def spelled(self) -> str:
        """The code as one types it: K7QM 4XWD."""
        return f"{self.code[:4]} {self.code[4:]}"

    @property
    def typed(self) -> str:
        """The address without what nobody types."""
        return self.address.split("://", 1)[-1].rstrip("/")

    @property
    def title(self) -> str:
        """The name of the file's content."""
        return f"{self.station} · {self.label}"


def poster(facts: Facts) -> Sheet:
    """Draw the poster in A4; A3 is the same, larger."""
    sheet = Sheet(210, 297, facts.title)
    _mark(sheet, 18, 18, 15)
    sheet.add(
        Text(38, 25.2, fitted(facts.station, 8.4, 154), facts.station, is_bold=True),
        Text(38, 32.6, 4.6, "郸城县人大代表联络站 · 党群服务中心", GREY),
        Text(105, 76, fitted(facts.pitch.name, 34.6, 178), facts.pitch.name, is_bold=True, anchor="m"),
        Text(105, 92, 8, _invitation(facts), GREY, anchor="m"),
        Code(7, 102, 112, facts.address),
        Text(63, 223, 10.5, facts.spelled, is_bold=True, anchor="m"),
        Text(63, 230.5, fitted(facts.typed, 4.2, 104), facts.typed, GREY, anchor="m"),
    )
    for number, (head, line) in enumerate(facts.pitch.steps, 1):
        top = 114 + (number - 1) * 34
        sheet.add(
            Disc(133, top + 4, 6.2, INK),
            Text(133, top + 6.9, 8, str(number), PAPER, is_bold=True, anchor="m"),
            Text(143.5, top + 7.4, 9.6, head, is_bold=True),
        )
        for row, part in enumerate(_halves(line)):
            sheet.add(Text(143.5, top + 15.4 + row * 7, 5, part, GREY))
    _foot(sheet, facts)
    return sheet


def _foot(sheet: Sheet, facts: Facts) -> None:
    sheet.add(
        Box(18, 239, 174, 0.5, LINE),
        Text(18, 251, 6.2, facts.pitch.help),
        Text(18, 271, 17, facts.phone, is_bold=True),
        Text(18, 281, fitted(_where(facts), 5, 174), _where(facts), GREY),
        Text(192, 251, 5, facts.label, GREY, anchor="r"),
    )


def card(facts: Facts) -> Sheet:
    """Draw the table card in A6; A5 is the same, larger."""
    sheet = Sheet(105, 148, facts.title)
    _mark(sheet, 9, 9, 8)
    sheet.add(
        Text(20, 15.2, fitted(facts.station, 5.6, 76), facts.station, is_bold=True),
        Text(52.5, 37, fitted(facts.pitch.name, 16.6, 87), facts.pitch.name, is_bold=True, anchor="m"),
        Code(18.5, 40, 68, facts.address),
        Text(52.5, 113, 6.4, facts.spelled, is_bold=True, anchor="m"),
        Text(52.5, 118, fitted(facts.typed, 2.9, 87), facts.typed, GREY, anchor="m"),
        Box(9, 123, 87, 0.3, LINE),
        Text(9, 131.2, 4.2, " · ".join(head for head, _ in facts.pitch.steps), is_bold=True),
        Text(96, 131.2, fitted(facts.label, 3.6, 40), facts.label, GREY, anchor="r"),
        Text(9, 139.5, 4.8, facts.phone, is_bold=True),
        Text(96, 139.5, 3.6, facts.pitch.window, GREY, anchor="r"),
    )
    return sheet


def sticker(facts: Facts) -> Sheet:
    """Draw the sticker for a door, a lamp post, a counter: 60 × 80 mm."""
    sheet = Sheet(60, 80, facts.title)
    _mark(sheet, 6, 5.5, 6.4)
    sheet.add(
        Text(15, 10.9, fitted(facts.pitch.name, 6.6, 40), facts.pitch.name, is_bold=True),
        Code(4, 12.5, 52, facts.address),
        Text(30, 67, 5, facts.spelled, is_bold=True, anchor="m"),
        Text(30, 71.6, fitted(facts.station, 3.3, 50), facts.station, anchor="m"),
        Text(30, 76, 3, facts.phone, GREY, anchor="m"),
    )
    return sheet


def _mark(sheet: Sheet, x: float, y: float, side: float) -> None:
    """Draw 回: a ring and a square, as in the mark of every page."""
    part = side / 22
    sheet.add(
        Box(x, y, side, side, RED),
        Box(x + 3.5 * part, y + 3.5 * part, 15 * part, 15 * part, PAPER),
        Box(x + 7 * part, y + 7 * part, 8 * part, 8 * part, RED),
    )


def _invitation(facts: Facts) -> str:
    return facts.pitch.call.format(person=facts.person or "人大")


def _where(facts: Facts) -> str:
    return "   ".join(part for part in (facts.place, facts.hours.replace(" ", " · ")) if part)


def _halves(line: str) -> list[str]:
    """Break a line of a step after its comma, so that it fits beside the code."""
    head, comma, tail = line.partition("，")
    return [head + comma, tail] if tail else [head]
