"""Small tables that hardly change, read once a minute by each process."""

from collections.abc import Callable
from time import monotonic
from typing import ClassVar, Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")
KEPT_SECONDS = 60.0


class Minute(Generic[T]):
    """`names = Minute(read)`; `names()` is what `read` returned within the last minute, or the last `seconds`."""

    _all: ClassVar[list["Minute[object]"]] = []

    def __init__(self, read: Callable[[], T], *, seconds: float = KEPT_SECONDS) -> None:
        self._read = read
        self._seconds = seconds
        self._kept: tuple[float, T] | None = None
        self._all.append(self)  # type: ignore[arg-type]

    def __call__(self) -> T:
        """Return the kept value, read anew when it is older than that."""
        if self._kept is None or monotonic() - self._kept[0] > self._seconds:
            self._kept = (monotonic(), self._read())
        return self._kept[1]

    def forget(self) -> None:
        """Read again at the next call; for whoever just changed the table."""
        self._kept = None

    @classmethod
    def forget_all(cls) -> None:
        """Forget every kept value; between tests, whose rows are taken back."""
        for one in cls._all:
            one.forget()


class Names(Minute[dict[K, T]], Generic[K, T]):
    """A table by its key; a row that was written a moment ago is found too."""

    def of(self, key: K) -> T:
        """Return what stands at `key`. Raises KeyError when the table has no such row."""
        if key not in self():
            self.forget()
        return self()[key]
