"""Which unit and which town a cell of a yearly list names: exactly, else by what contains what. Never by a guess."""

from collections.abc import Iterable

from opinions.ledger.fields import BadCell
from opinions.ledger.reading import heading
from stations.models import Region, Unit

SHOWN = 4  # candidates that a sentence names
WHOLE = ("全县", "县城", "城区", "县城区", "各乡镇", "各镇街", "各乡镇街道", "相关乡镇", "有关乡镇", "县直", "县级")
_KINDS = ("街道办事处", "街道", "镇", "乡")


class Units:
    """The units of a county by their names."""

    def __init__(self, county: Region) -> None:
        rows = Unit.objects.filter(is_active=True, region__code__startswith=county.pk).order_by("region_id", "id")
        self.rows = [(unit, (heading(unit.name), heading(unit.short_name))) for unit in rows]

    def found(self, text: str) -> Unit:
        """Return the one unit that is named. Raises BadCell naming those it could be."""
        word = heading(text)
        exact = [unit for unit, names in self.rows if word in names]
        near = [unit for unit, names in self.rows if any(_touch(word, name) for name in names)]
        fits = exact or near
        if len(fits) == 1:
            return fits[0]
        if not fits:
            raise BadCell(f"没有“{text[:20]}”这个单位，请照单位管理里的名称写")
        raise BadCell(f"“{text[:20]}”对上了 {len(fits)} 个单位：{_names(fits)}，请只写牵头的那一个，写全称")


def _touch(word: str, name: str) -> bool:
    return len(word) > 1 and len(name) > 1 and (word in name or name in word)


def _names(units: Iterable[Unit]) -> str:
    names = [unit.short_name for unit in units]
    return "、".join(names[:SHOWN]) + ("等" if len(names) > SHOWN else "")


class Places:
    """The towns of a county by their names."""

    def __init__(self, county: Region) -> None:
        self.county = county
        towns = Region.objects.filter(code__startswith=county.pk, level=Region.Level.TOWNSHIP).order_by("code")
        self.rows = [(town, {heading(town.name), heading(town.short_name)}) for town in towns]

    def found(self, text: str) -> Region | None:
        """Return the town that a cell names, the county where it names all or several, None for an empty cell.

        Raises BadCell.
        """
        word = heading(text)
        if not word:
            return None
        if word in WHOLE or word in (heading(self.county.name), heading(self.county.short_name)):
            return self.county
        exact = [town for town, names in self.rows if word in names or word in map(_stem, names)]
        if len(exact) == 1:
            return exact[0]
        inside = self._inside(word)
        if not inside:
            raise BadCell(f"没有“{text[:20]}”这个乡镇；全县的写“全县”")
        return inside[0] if len(inside) == 1 else self.county

    def named_in(self, text: str) -> Region | None:
        """Return the one town whose name stands in a place's words; None where there is none, or several."""
        inside = self._inside(heading(text))
        return inside[0] if len(inside) == 1 else None

    def _inside(self, word: str) -> list[Region]:
        return [town for town, names in self.rows if any(name and name in word for name in names)]


def _stem(name: str) -> str:
    for kind in _KINDS:
        if name.endswith(kind) and len(name) > len(kind) + 1:
            return name.removesuffix(kind)
    return name
