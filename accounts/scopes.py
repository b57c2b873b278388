"""What a role can be tied to, told by the apps that own it: the grant form offers stations without importing them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """One station, unit or region a role may be limited to."""

    code: str
    label: str
    region_code: str = ""


Provider = Callable[[], Iterable[Scope]]
_PROVIDERS: dict[str, Provider] = {}


def register(field: str, provider: Provider) -> None:
    """Name who lists the choices of a grant column ("region_code", "station_code", "unit_code")."""
    _PROVIDERS[field] = provider


def choices(field: str) -> tuple[Scope, ...] | None:
    """All choices for `field`, or None when nobody registered (then the form takes a typed code)."""
    provider = _PROVIDERS.get(field)
    return None if provider is None else tuple(provider())


def within(field: str, prefixes: tuple[str, ...]) -> tuple[Scope, ...]:
    """The choices for `field` that lie inside one of the region codes; none when nobody registered."""
    return tuple(scope for scope in choices(field) or () if scope.region_code.startswith(prefixes))
