"""A row of the table: samples, one a round, their median and spread, and what they are to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

MISSED = "**missed**"


def times(number: float) -> str:
    """A ratio."""
    return f"{number:.3f}" if number < 0.1 else f"{number:.2f}"


def one_in(number: float) -> str:
    """A ratio far below one."""
    return f"1/{1 / number:.1f}" if number > 0 else "0"


def seconds(number: float) -> str:
    return f"{number:.2f} s"


def megabytes(number: float) -> str:
    return f"{number:.1f} MB"


@dataclass
class Row:
    """One figure. `least` says that more is better; without a target it is for information only."""

    what: str
    against: str = ""
    target: float | None = None
    stretch: float | None = None
    least: bool = False
    shown: Callable[[float], str] = times
    why: str = ""  # it is missed, where it is: what bounds it, and what was tried
    samples: list[float] = field(default_factory=list)
    missing: str = ""  # why there is no figure

    def add(self, sample: float) -> None:
        self.samples.append(sample)

    def measured(self) -> str:
        if not self.samples:
            return f"not measured: {self.missing or 'no sample'}"
        low, high = self.shown(min(self.samples)), self.shown(max(self.samples))
        return f"{self.shown(median(self.samples))} ({low} to {high})"

    def verdict(self) -> str:
        if not self.samples or self.target is None:
            return ""
        found, sign = median(self.samples), -1 if self.least else 1
        if self.stretch is not None and sign * found <= sign * self.stretch:
            return "met, stretch too"
        return "met" if sign * found <= sign * self.target else MISSED

    def markdown(self) -> str:
        bound = ">= " if self.least else "<= "
        asked = ["" if each is None else bound + self.shown(each) for each in (self.target, self.stretch)]
        return f"| {self.what} | {self.against} | {self.measured()} | {asked[0]} | {asked[1]} | {self.verdict()} |"


@dataclass
class Aside:
    """An absolute figure, for whoever wonders. Not to be compared between machines or days."""

    what: str
    shown: Callable[[float], str]
    samples: list[float] = field(default_factory=list)

    def add(self, sample: float) -> None:
        self.samples.append(sample)

    def __str__(self) -> str:
        if not self.samples:
            return f"{self.what}: none"
        low, high = self.shown(min(self.samples)), self.shown(max(self.samples))
        return f"{self.what} {self.shown(median(self.samples))} ({low} to {high})"
