"""Meters that all processes of a store share: its rows. No more passes than was said, however many processes answer.

    change, change ... -> wait until nobody here is at their names -> one flight for all that have a name in common:

        what was seen last -> what all of them make of it -> put in its place, if it is still what was seen -> answered
                                   ^-- read anew  <--  another process was faster

- Who is alone at a name writes once, and reads nothing. What waits for a flight goes with the next one, together: each
  process has one write at most under way for a name, whoever asks.
- What changes nothing, as a request that is refused, writes nothing. It is read whether it is still true.
- When the rows cannot be had, or not soon, each process goes on by itself from what it saw last, and asks again after a
  while: limits are then those of a process, as no request should fail, or wait, for the sake of counting it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from ..ports import Database, Overloaded, Refused, Unavailable, Unknown
from ..rows import meters

log = logging.getLogger("parhelion.limits")
T = TypeVar("T")
MOST = 32_768  # moments that a process remembers, about 6 MB
TOGETHER = 8  # names of a flight
TRIES = 100  # of a flight that other processes are faster than: one of them is each time
PATIENCE = 5.0  # seconds that rows are waited for
REST = 5.0  # seconds before they are asked for again


class _Change(NamedTuple):
    names: tuple[str, ...]
    to: Callable[[Sequence[int]], tuple[Sequence[int], Any]]
    said: asyncio.Future[Any]


@dataclass(slots=True, eq=False)
class _Flight:
    names: set[str] = field(default_factory=set[str])
    changes: list[_Change] = field(default_factory=list[_Change])


class Shared:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._last: dict[str, int] = {}  # as they were seen; what was seen longest ago comes first
        self._waiting: list[_Change] = []
        self._under_way: dict[asyncio.Task[None], set[str]] = {}
        self._beginning = False
        self._alone: float | None = None  # since when, by the loop's clock

    async def change(self, names: Sequence[str], to: Callable[[Sequence[int]], tuple[Sequence[int], T]]) -> T:
        loop = asyncio.get_running_loop()
        said: asyncio.Future[T] = loop.create_future()
        self._waiting.append(_Change(tuple(names), to, said))
        if not self._beginning:
            self._beginning = True
            loop.call_soon(self._begin)  # after whatever else is asked now
        return await said

    def _begin(self) -> None:
        """Take along what waits, but for what has to wait for others at its names: it comes first the next time."""
        self._beginning = False
        taken = set[str]().union(*self._under_way.values())
        flights, left = dict[str, _Flight](), list[_Change]()
        for change in self._waiting:
            joined = {flights[name] for name in change.names if name in flights}
            flight = next(iter(joined), None) or _Flight()
            together = flight.names.union(change.names)
            if len(joined) > 1 or len(together) > TOGETHER or not taken.isdisjoint(change.names):
                taken.update(change.names)
                left.append(change)
                continue
            flight.names = together
            flight.changes.append(change)
            flights |= dict.fromkeys(change.names, flight)
        self._waiting = left
        for flight in dict.fromkeys(flights.values()):
            task = asyncio.create_task(self._carry_out(flight))
            self._under_way[task] = flight.names
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self._begin()

    async def _carry_out(self, flight: _Flight) -> None:
        try:
            answers = await self._answers(flight)
        except Exception as trouble:  # noqa: BLE001 - whatever it is, who waits must hear it
            for change in flight.changes:
                if not change.said.done():  # otherwise who asked has gone
                    change.said.set_exception(trouble)
            return
        for change, answer in zip(flight.changes, answers, strict=True):
            if not change.said.done():
                change.said.set_result(answer)

    async def _answers(self, flight: _Flight) -> list[Any]:
        now = asyncio.get_running_loop().time
        if self._alone is None or now() > self._alone + REST:
            try:
                async with asyncio.timeout(PATIENCE):
                    answers = await self._by_the_rows(flight)
            except Overloaded:
                raise
            except (Unavailable, Unknown, TimeoutError) as trouble:
                if self._alone is None:
                    why = str(trouble) or "the store does not answer"
                    log.warning("each process counts for itself how often somebody asks: %s", why)
                self._alone = now()
            else:
                self._alone = None
                return answers
        moments, answers = _all_of({name: self._last.get(name, 0) for name in flight.names}, flight.changes)
        self._remember(moments)
        return answers

    async def _by_the_rows(self, flight: _Flight) -> list[Any]:
        names, is_read = sorted(flight.names), False
        seen = {name: self._last[name] for name in names if name in self._last}
        for _ in range(TRIES):
            if len(seen) < len(names):
                seen, is_read = await meters.find(self._database, names), True
            moments, answers = _all_of(seen, flight.changes)
            if moments != seen:
                try:
                    await self._database.write(meters.change(seen, moments))
                except Refused:
                    seen = {}
                    continue
            elif not is_read:
                seen = {}
                continue
            self._remember(moments)
            return answers
        raise Overloaded("too many ask at once for what one of them may")

    def _remember(self, moments: dict[str, int]) -> None:
        for name in moments:
            self._last.pop(name, None)
        self._last |= moments
        while len(self._last) > MOST:
            del self._last[next(iter(self._last))]


def _all_of(moments: dict[str, int], changes: Iterable[_Change]) -> tuple[dict[str, int], list[Any]]:
    """What changes make of some moments, one after another, and what each of them says."""
    now, answers = dict(moments), list[Any]()
    for change in changes:
        to, answer = change.to([now[name] for name in change.names])
        now.update(zip(change.names, to, strict=True))
        answers.append(answer)
    return now, answers
