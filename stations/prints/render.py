"""Which prints there are, and how one is made for an entry code."""

from collections.abc import Callable
from dataclasses import dataclass

from core.workflow import BadInput
from stations.models import EntryCode
from stations.prints import layouts, raster
from stations.prints.layouts import Facts
from stations.prints.sheet import Sheet

FORMATS = {"pdf": "application/pdf", "png": "image/png"}
PREVIEW_DPI = 144  # twice what a screen shows, so that the code keeps its true size
_UNSAFE = str.maketrans(dict.fromkeys('\\/:*?"<>|\r\n\t', "_"))


@dataclass(frozen=True)
class Print:
    """A size one can order: its layout, how much larger than drawn, and the dots per inch of its picture."""

    key: str
    name: str
    layout: Callable[[Facts], Sheet]
    factor: float = 1.0
    dpi: int = 300

    def sheet(self, facts: Facts) -> Sheet:
        """Draw the page."""
        return self.layout(facts).scaled(self.factor)


PRINTS = {
    row.key: row
    for row in (
        Print("a3", "海报 A3", layouts.poster, 420 / 297, dpi=200),
        Print("a4", "海报 A4", layouts.poster),
        Print("a5", "台卡 A5", layouts.card, 210 / 148),
        Print("a6", "台卡 A6", layouts.card),
        Print("sticker", "贴纸 6×8 厘米", layouts.sticker),
    )
}


def facts_of(entry: EntryCode, site_url: str) -> Facts:
    """Gather what a print says; reads the code's station and representative."""
    station = entry.station
    return Facts(
        station=station.name,
        label=entry.label,
        code=entry.code,
        address=f"{site_url.rstrip('/')}{entry.get_absolute_url()}",
        phone=station.phone,
        hours=station.opening_hours,
        place=station.address,
        person=entry.representative.name if entry.representative else "",
        pitch=layouts.PROJECTS if entry.kind == EntryCode.Kind.PROJECT else layouts.MATTERS,
    )


def render(entry: EntryCode, key: str, form: str, site_url: str, dpi: int | None = None) -> bytes:
    """Return the print as bytes. Raises BadInput for a size or a format that does not exist."""
    if key not in PRINTS or form not in FORMATS:
        raise BadInput("没有这种尺寸或格式，请重新选。")
    size = PRINTS[key]
    sheet = size.sheet(facts_of(entry, site_url))
    if form == "png":
        return raster.png(sheet, dpi or size.dpi)
    from stations.prints import vector  # noqa: PLC0415 - heavy, and most web workers never need it

    return vector.pdf(sheet)


def file_name(entry: EntryCode, key: str, form: str) -> str:
    """A name that tells station, place, size and code, and that every file system takes."""
    words = f"{entry.station.name}-{entry.label}-{PRINTS[key].name}-{entry.code}"
    return f"{words.translate(_UNSAFE).replace(' ', '')}.{form}"
