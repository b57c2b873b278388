"""What a poll came to, counted from the ballots each time: nothing is kept that could differ from them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from projects.polls.models import Door, Face, Poll, Verdict


@dataclass(frozen=True)
class Sum:
    """How many said what."""

    good: int = 0
    fair: int = 0
    bad: int = 0

    @property
    def all(self) -> int:
        """Return how many spoke."""
        return self.good + self.fair + self.bad

    @property
    def satisfied(self) -> int:
        """Return how many were satisfied, or by and large."""
        return self.good + self.fair

    @property
    def percent(self) -> int:
        """Return how many of a hundred were satisfied, rounded down so that a bar is never reached by rounding."""
        return self.satisfied * 100 // self.all if self.all else 0

    def reaches(self, bar: int) -> bool:
        """Tell whether at least `bar` of a hundred were satisfied; nobody reaches nothing."""
        return self.all > 0 and self.satisfied * 100 >= bar * self.all


@dataclass(frozen=True)
class Result:
    """All sums of one poll: the people's by door and together, the representatives', and those of each question."""

    people: Sum
    by_code: Sum
    by_device: Sum
    representatives: Sum
    questions: tuple[tuple[str, Sum], ...]


def tally(poll: Poll) -> Result:
    """Count the ballots of a poll."""
    rows = list(poll.voices.values_list("door", "overall", "answers"))
    code, device, representatives = (
        _sum(face for at, face, _ in rows if at == door) for door in (Door.CODE, Door.DEVICE, Door.REPRESENTATIVE)
    )
    people = [answers for door, _, answers in rows if door != Door.REPRESENTATIVE]
    asked = tuple((question, _sum(_nth(people, number))) for number, question in enumerate(poll.questions))
    together = Sum(code.good + device.good, code.fair + device.fair, code.bad + device.bad)
    return Result(together, code, device, representatives, asked)


def verdict(result: Result, *, bar: int, least: int) -> Verdict:
    """Say what the people's voices come to.

    A device can be changed and a slip cannot: where enough came by slip, those alone must reach the bar as well, so
    that the open door never lifts what the guarded one refused. The representatives' voices stand apart.
    """
    if result.people.all < least:
        return Verdict.FEW
    by_slip = result.by_code.all < least or result.by_code.reaches(bar)
    return Verdict.GOOD if result.people.reaches(bar) and by_slip else Verdict.BAD


def _nth(answers: Sequence[list[str]], number: int) -> Iterable[str]:
    return (row[number] for row in answers if number < len(row))


def _sum(faces: Iterable[str]) -> Sum:
    said = Counter(faces)
    return Sum(said[Face.GOOD], said[Face.FAIR], said[Face.BAD])
