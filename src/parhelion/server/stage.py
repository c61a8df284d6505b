"""The stage of a server under test: a world that can be taken down and put up again, with its clock, and its faults.

    reset | restore  ->  a new world is built beside the old one  ->  requests come to the new one
                     ->  the old one's workers stop, its streams end, its posts are broken off  ->  answered
                     ->  who was answered by the old one is finished  ->  its store is let go of

A world is never emptied: nothing that a request, a cache or a worker holds can reach from one world into another. So a
reset is as good as a new process, and takes milliseconds. There is a stage only where stores are in memory: what is on
a disk cannot be reset.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from typing import Generic, NamedTuple, Protocol, TypeVar

from msgspec.structs import replace

from ..wire import Fault
from .ports import Clock
from .rules.faults import Request, concerns, strikes

EARLIEST, LATEST = 946_684_800.0, 4_102_444_800.0  # 2000 and 2100: an id has room for seconds until 2106
SNAPSHOTS = RULES = 100


class HandClock:
    """A clock that can be moved and stopped. Seconds since 1970, as `time.time`."""

    def __init__(self, real: Clock = time.time, ahead: float = 0.0, stopped: float | None = None) -> None:
        """`ahead`: seconds that it is ahead of the real one while it runs. `stopped`: where it stands still."""
        self._real, self._ahead, self._stopped = real, ahead, stopped

    def __call__(self) -> float:
        return self._real() + self._ahead if self._stopped is None else self._stopped

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._stopped is not None

    def move(self, to: float, frozen: bool) -> None:
        """It is so late now; and stays so when it is frozen."""
        self._ahead, self._stopped = to - self._real(), to if frozen else None

    def copy(self) -> HandClock:
        """Another, set in the same way: as far ahead, or standing still at the same moment."""
        return HandClock(self._real, self._ahead, self._stopped)


@dataclass
class Rule:
    """A fault with its dice."""

    fault: Fault
    dice: random.Random


class Contents(NamedTuple):
    """What a world holds."""

    store: bytes
    files: Mapping[str, bytes]
    last: str  # the last id that was given


class Snapshot(NamedTuple):
    """All there is to go back to."""

    contents: Contents
    clock: HandClock
    rules: list[Rule]


class World(Protocol):
    """A store in memory, what works on it, and what is answered from it."""

    @property
    def clock(self) -> HandClock: ...
    def start(self) -> None:
        """Its workers begin."""
        ...

    def contents(self) -> Contents: ...
    async def moved(self) -> None:
        """Its clock was: do what is to be swept, and begin what is to be sent."""
        ...

    async def settled(self) -> None:
        """Answers when nothing is to be swept, nothing is due to be sent, and nothing is being sent."""
        ...

    async def stop(self) -> None:
        """Nothing more is sent and nobody is told anything more."""
        ...

    async def close(self, *, now: bool = False) -> None:
        """Let go of the store: once nobody is being answered from it, or at once."""
        ...


W = TypeVar("W", bound=World)
Build = Callable[["Stage[W]", Contents | None, HandClock], Awaitable[W]]  # a world that has not been started


class Stage(Generic[W]):
    """`open` it, and `world` is what is played; `close` it."""

    def __init__(self, build: Build[W], real: Clock = time.time) -> None:
        self._build, self._real = build, real
        self.rules: list[Rule] = []  # in the order in which they are tried
        self._snapshots: dict[str, Snapshot] = {}
        self._numbers = count(1)  # never begun again: what is gone has no namesake
        self._played: W | None = None
        self._changing = asyncio.Lock()
        self._leaving: dict[asyncio.Task[None], W] = {}
        self._delayed: set[asyncio.Event] = set()

    @property
    def world(self) -> W:
        """What is played."""
        assert self._played is not None, "it is open"  # noqa: S101 - nobody can ask before
        return self._played

    async def open(self) -> None:
        await self._play(None, HandClock(self._real), [])

    async def close(self) -> None:
        """At once, whoever is still waiting for an answer."""
        await self.world.stop()
        leaving, worlds = list(self._leaving), [*self._leaving.values(), self.world]
        for task in leaving:
            task.cancel()
        await asyncio.gather(*leaving, return_exceptions=True)
        for world in worlds:
            await world.close(now=True)

    # -- the world ------------------------------------------------------------------------------------------------

    async def reset(self) -> None:
        """An empty world."""
        async with self._changing:
            await self._play(None, HandClock(self._real), [])
            self._snapshots.clear()

    def snapshot(self) -> str | None:
        """Keep what there is now. Answers its id; None when there are as many as may be."""
        if len(self._snapshots) >= SNAPSHOTS:
            return None
        id = f"snapshot_{next(self._numbers)}"
        self._snapshots[id] = Snapshot(self.world.contents(), self.world.clock.copy(), deepcopy(self.rules))
        return id

    async def restore(self, id: str) -> bool:
        """Go back to a snapshot; False when there is none of that id."""
        async with self._changing:
            kept = self._snapshots.get(id)
            if kept is None:
                return False
            await self._play(kept.contents, kept.clock.copy(), deepcopy(kept.rules))
            return True

    async def _play(self, contents: Contents | None, clock: HandClock, rules: list[Rule]) -> None:
        world = await self._build(self, contents, clock)
        old, self._played, self.rules = self._played, world, rules
        for delayed in self._delayed:
            delayed.set()
        if old is not None:
            await old.stop()
            task = asyncio.create_task(old.close())
            self._leaving[task] = old
            task.add_done_callback(self._leaving.pop)
        world.start()

    # -- the clock ------------------------------------------------------------------------------------------------

    async def move(self, to: float | None, advance: float, frozen: bool | None) -> bool:
        """First to a moment, then on by some seconds; then it stands still, or runs. False: there is no such time.

        Answers when what became due by it has been swept, or has begun to be sent.
        """
        world = self.world
        at = (world.clock() if to is None else to) + advance
        if not EARLIEST <= at < LATEST:
            return False
        world.clock.move(at, frozen=world.clock.frozen if frozen is None else frozen)
        await world.moved()
        return True

    async def settle(self, timeout: float) -> bool:
        """Wait until nothing is left to do; False when it was not within so many seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self.world.settled()
        except TimeoutError:
            return False
        return True

    # -- faults ---------------------------------------------------------------------------------------------------

    def add(self, fault: Fault) -> Fault | None:
        """A rule, after those that are there. None when there are as many as may be."""
        if len(self.rules) >= RULES:
            return None
        dice = random.Random(fault.seed)  # noqa: S311 - dice
        rule = Rule(replace(fault, id=f"fault_{next(self._numbers)}", seen=0), dice)
        self.rules.append(rule)
        return rule.fault

    def remove(self, id: str) -> bool:
        """Whether there was such a rule."""
        before = len(self.rules)
        self.rules = [rule for rule in self.rules if rule.fault.id != id]
        return len(self.rules) < before

    def struck(self, request: Request) -> Fault | None:
        """By which rule a request is struck, if by any."""
        for rule in self.rules:
            if concerns(rule.fault, request) and strikes(rule.fault, rule.dice.random()):
                rule.fault = replace(rule.fault, seen=(rule.fault.seen or 0) + 1)
                return rule.fault
        return None

    @contextmanager
    def delay(self) -> Generator[asyncio.Event]:
        """An event that is set when the world is taken down, and waiting makes no sense any more."""
        over = asyncio.Event()
        self._delayed.add(over)
        try:
            yield over
        finally:
            self._delayed.discard(over)
