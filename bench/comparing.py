"""Measuring in turns, and what may be concluded from it: ratios, since the machine is never the same twice."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Self

OURS = "Quart Base"  # what the names of our own contestants begin with

Samples = dict[str, list[float]]  # by contestant, one a round
Measure = Callable[[], Awaitable[Mapping[str, float]]]  # by quantity


@dataclass(frozen=True)
class Effort:
    """How long to measure: so many rounds, in each of which every contestant works for about so many seconds."""

    rounds: int
    seconds: float


@dataclass(frozen=True)
class Spread:
    """What several rounds came to."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, samples: list[float]) -> Self:
        return cls(median(samples), min(samples), max(samples))


@dataclass(frozen=True)
class Quantity:
    """Something that can be measured, and the contestants that the others are compared with."""

    title: str
    unit: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """One quantity, measured for several contestants in the same rounds."""

    quantity: Quantity
    samples: Samples

    def values(self) -> Iterator[tuple[str, Spread]]:
        """Each contestant with its spread, in the order in which they were given."""
        return ((name, Spread.of(samples)) for name, samples in self.samples.items())

    def ratio(self, name: str, *, to: str) -> Spread:
        """How often the one goes into the other, round by round: what slows both down does not count."""
        return Spread.of([mine / theirs for mine, theirs in zip(self.samples[name], self.samples[to], strict=True)])


async def interleave(
    quantities: Mapping[str, Quantity], contestants: Mapping[str, Measure], *, rounds: int
) -> list[Comparison]:
    """Measure A, B, C, then A, B, C again, so that a slow minute of the machine is everybody's."""
    samples: dict[str, Samples] = {key: {} for key in quantities}
    for _ in range(rounds):
        for name, measure in contestants.items():
            for key, value in (await measure()).items():
                samples[key].setdefault(name, []).append(value)
    return [Comparison(quantity, samples[key]) for key, quantity in quantities.items() if samples[key]]


def percentile(samples: list[float], percent: int) -> float:
    """The sample that so many percent of them do not exceed."""
    return sorted(samples)[max(0, -(-len(samples) * percent // 100) - 1)]
