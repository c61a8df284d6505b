"""Numbers in memory that several processes share, each adding to its own: made before they are forked.

    place 0   [requests ... | seconds ... | in progress | ...]      worker 1 adds here
    place 1   [requests ... | seconds ... | in progress | ...]      worker 2 adds here
                                                                     whoever is asked reads all

The parent holds the memory, so what a worker that died has counted stays, and who comes in its place counts on. What it
had under way is over: `leave` takes its gauges back. A number is eight bytes that are written at once, by one thread of
one process: nobody locks anything, and to add is a few tenths of a microsecond.

prometheus-client has the like in files, some for each process id, at a place that an environment variable has to name
before it is imported; and each of its additions takes longer. What was counted it tells here, too: see prometheus.py.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator
from itertools import product
from typing import NamedTuple

from ..rules.watching import Family

FEW = 16  # series


class Series(NamedTuple):
    """What was counted under one set of labels."""

    labels: tuple[str, ...]
    numbers: tuple[float, ...]  # see Family.width


class Numbers:
    """Of a table of families, for so many processes."""

    def __init__(self, families: Iterable[Family], several: int = 1) -> None:
        self.families = tuple(families)
        self.several = several
        self._begins: dict[str, int] = {}
        self._size = 0
        for family in self.families:
            self._begins[family.name] = self._size
            self._size += family.width * len(list(_labels(family)))
        self._all: memoryview[float] = memoryview(mmap.mmap(-1, 8 * self._size * several)).cast("d")

    def of(self, place: int) -> memoryview[float]:
        """Those of one process, to add to."""
        return self._all[place * self._size : (place + 1) * self._size]

    def at(self, name: str) -> dict[tuple[str, ...], int]:
        """Where the series of a family begin, among those of a process."""
        [family] = (each for each in self.families if each.name == name)
        return {said: self._begins[name] + family.width * at for at, said in enumerate(_labels(family))}

    def leave(self, place: int) -> None:
        """The process has ended: what it had under way is over."""
        for family in self.families:
            if family.kind == "gauge":
                for at in self.at(family.name).values():
                    self.of(place)[at] = 0.0

    def each(self, family: Family) -> Iterator[Series]:
        """All series of a family over all processes; where there may be many, those in which something was counted."""
        places = self.at(family.name)
        for labels, at in places.items():
            found = [
                self._all[place * self._size + at + more]
                for more in range(family.width)
                for place in range(self.several)
            ]
            sums = tuple(sum(found[more * self.several : (more + 1) * self.several]) for more in range(family.width))
            if len(places) <= FEW or any(sums):
                yield Series(labels, sums)

    def told(self, name: str) -> list[float]:
        """A number without labels, of each process."""
        at = self.at(name)[()]
        return [self._all[place * self._size + at] for place in range(self.several)]


def _labels(family: Family) -> Iterator[tuple[str, ...]]:
    return product(*(values for _, values in family.labels))
