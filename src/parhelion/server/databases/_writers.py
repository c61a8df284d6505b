"""Writers: each a connection, the writes that wait for it, and one commit for as many of them as can go together.

    put -> take: the first one's kind, as many as there are, none past another of its key; sorted by key
        -> call the kind's function (one round trip, one commit) | statement by statement, where rows are to be answered
        -> futures resolved, bells rung -> the next group

- One key, one writer: its order is kept. A key's rows are locked in the same order by all, so groups of two nodes wait
  for one another and do not clash; the few that do are run again.
- What a group cannot digest (a constraint, a value that fits no column) is found by halving it: it fails by itself.
- A server that is gone is waited for, and then found at whichever host takes writes now. Nobody is answered meanwhile.
- A connection that was lost leaves it open whether its group was committed: the receipt says (see _receipts), and only
  then is the group answered, or run again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from ..ports import UNWATCHED, Refused, Row, Step, Unavailable, Unknown, UnusableStore, Watch, Write
from . import _receipts as receipts
from ._connecting import (
    Address,
    Connection,
    Unreachable,
    answered,
    certain,
    clash,
    hang_up,
    passing,
    pause,
    read_only,
    slow,
    unavailable,
)
from ._functions import MOST, Kinds, rung
from ._tongue import answers, numbered

log = logging.getLogger("parhelion.postgres")
GROUP = 256  # bounds how long a reader of the answer waits, and what is run again
PATIENCE = 30.0  # seconds a write waits for a server that is gone: longer than a failover takes
UNSURE = 120.0  # seconds that one waits whose outcome is not known: nobody can be told that it has not happened
EVERY_BELL = 2**31 - 1  # an outcome of which only so much is known: it was done
TRIES = 8  # of a group that clashes with another node's


class Done(NamedTuple):
    rows: list[Row]
    rung: set[str]


Outcome = Done | Exception


class Pending(NamedTuple):
    write: Write
    future: asyncio.Future[list[Row]]
    since: float


class _Lost(Exception):
    """The connection was lost, and what was under way has not happened."""


class _Unknown(Exception):
    """The connection was lost, and the server with it: what was under way may have happened."""


class Writer:
    def __init__(
        self,
        address: Address,
        kinds: Kinds,
        hold: str,
        ring: Callable[[Iterable[str]], None],
        watch: Watch = UNWATCHED,
    ) -> None:
        """`hold`: what a transaction asks for before it takes positions; "" where there are none."""
        self._address, self._kinds, self._hold, self._ring, self._watch = address, kinds, hold, ring, watch
        self.fails = False  # the last group failed, and not for the sake of what was in it
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Pending] = []
        self._task: asyncio.Task[None] | None = None
        self._connection: Connection | None = None
        self._me = self._number = 0  # the receipt, and the last group that it was signed with
        self._known: set[str] = set()  # functions of this connection
        self._decided: list[Outcome] | None = None  # what a group will be answered once it is committed

    def __len__(self) -> int:
        return len(self._waiting)

    async def open(self) -> None:
        """Have the connection before there is anything to write: who reads may take all others."""
        await self._connected()

    def put(self, write: Write) -> asyncio.Future[list[Row]]:
        future: asyncio.Future[list[Row]] = self._loop.create_future()
        self._waiting.append(Pending(write, future, self._loop.time()))
        if self._task is None or self._task.done():
            self._task = self._loop.create_task(self._work())  # after whatever else is ready to write now
        return future

    async def close(self) -> None:
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])
        if self._connection is not None:
            with suppress(Exception):
                await receipts.sign_out(self._connection, self._me)
            await hang_up(self._connection)

    async def _work(self) -> None:
        while self._waiting:
            group = self._take()
            began = self._loop.time()
            try:
                outcomes = await self._outcomes([each.write for each in group], group[0].since + PATIENCE)
            except Exception as problem:  # noqa: BLE001 - whatever it is, whoever waits must hear it
                outcomes = [RuntimeError(f"the database failed: {problem!r}") for _ in group]
            self.fails = isinstance(outcomes[0], Unavailable | Unknown)
            self._watch.committed(len(group), self._loop.time() - began)
            self._tell(group, outcomes)

    def _take(self) -> list[Pending]:
        kind, group, left, passed = self._waiting[0].write.steps, list[Pending](), list[Pending](), set[str]()
        alone = any(answers(step.sql) for step in kind)
        for pending in self._waiting:
            key, steps, _, _ = pending.write
            if steps is kind and len(group) < (1 if alone else GROUP) and key not in passed:
                group.append(pending)
            else:
                passed.add(key)
                left.append(pending)
        self._waiting = left
        group.sort(key=lambda pending: pending.write.key)
        return group

    # -- what becomes of a group --------------------------------------------------------------------------------------

    async def _outcomes(self, writes: list[Write], until: float) -> list[Outcome]:
        clashes = 0
        while True:
            try:
                return await self._once(writes)
            except (Unreachable, UnusableStore, _Lost) as trouble:
                if self._loop.time() >= until:
                    return [Unavailable(f"the database cannot write: {trouble}") for _ in writes]
            except _Unknown as trouble:
                return [Unknown(f"whether it was written is not known: {trouble}") for _ in writes]
            except Exception as problem:  # noqa: BLE001 - the server has said no
                if read_only(problem) and self._loop.time() < until:
                    self._hang_up()
                elif clash(problem) and clashes < TRIES:
                    clashes += 1
                elif passing(problem) and (len(writes) == 1 or not slow(problem)):
                    return [unavailable("write", problem) for _ in writes]
                elif len(writes) == 1:
                    return [problem]
                else:
                    half = len(writes) // 2
                    return [*await self._outcomes(writes[:half], until), *await self._outcomes(writes[half:], until)]
            await pause()

    async def _once(self, writes: list[Write]) -> list[Outcome]:
        """`Unreachable`, `_Lost`, or what the server says: then nothing has happened."""
        connection = await self._connected()
        self._number += 1
        self._decided = None
        try:
            return await self._carried_out(connection, writes)
        except Exception as problem:
            if receipts.was_closed(problem):
                self._hang_up()
                raise _Lost("the receipt was closed") from None
            if certain(connection, problem):
                raise
            trouble = problem
        decided, writer, number = self._decided, self._me, self._number
        self._hang_up()
        found = await self._found(writer, number)
        if found is None:
            raise _Lost(str(trouble) or type(trouble).__name__) from trouble
        return decided or _read(writes[0].steps, found.outcomes or [EVERY_BELL] * len(writes))

    async def _found(self, writer: int, number: int) -> receipts.Found | None:
        """What became of a group whose answer was lost. `_Unknown` when nobody can be asked for too long."""
        until = self._loop.time() + UNSURE
        while True:
            try:
                connection = await self._connected()
                return await receipts.close(connection, writer, number)
            except Exception as problem:
                if self._loop.time() >= until:
                    raise _Unknown(str(problem)) from problem
                if self._connection is not None and not certain(self._connection, problem):
                    self._hang_up()
            await pause()

    async def _connected(self) -> Connection:
        if self._connection is not None and len(self._known) > MOST:
            self._hang_up()
        if self._connection is None or self._connection.is_closed():
            self._hang_up()
            connection = await self._address.connect()
            try:
                self._me, self._number = await receipts.sign_in(connection), 0
            except Exception as problem:  # noqa: BLE001 - the next one may be better
                connection.terminate()
                raise Unreachable(f"{self._address} cannot be written to: {problem}") from None
            self._connection = connection
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None
        self._known.clear()

    # -- one transaction ----------------------------------------------------------------------------------------------

    async def _carried_out(self, connection: Connection, writes: list[Write]) -> list[Outcome]:
        kind = writes[0].steps
        function = await self._kinds.function(connection, kind, f"perform {self._hold};" if self._hold else "")
        if function is None:
            [write] = writes
            return [await self._alone(connection, write)]
        if function.create not in self._known:
            await answered(connection, connection.execute(function.create))
            self._known.add(function.create)
        call = connection.fetchval(function.call, self._me, self._number, len(writes), *function.values(writes))
        return _read(kind, await answered(connection, call))

    async def _alone(self, connection: Connection, write: Write) -> Outcome:
        """Statement by statement: for what has to answer rows."""
        try:
            await receipts.begin(connection, self._me, self._number, self._hold)
            outcome = await _one_by_one(connection, write)
        except Exception as problem:
            if certain(connection, problem):
                await answered(connection, connection.execute("rollback"))
            raise
        if isinstance(outcome, Refused):
            await answered(connection, connection.execute("rollback"))
            return outcome
        self._decided = [outcome]
        await answered(connection, connection.execute("commit"))
        return outcome

    def _tell(self, group: Sequence[Pending], outcomes: Sequence[Outcome]) -> None:
        rung = set[str]()
        for (write, future, _), outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, Exception):
                if not future.done():
                    future.set_exception(outcome)
                continue
            rung |= outcome.rung
            rung.update(write.bells)
            if not future.done():
                future.set_result(outcome.rows)
        self._ring(rung)


async def _one_by_one(connection: Connection, write: Write) -> Outcome:
    done = Done([], set())
    for sql, otherwise, bell in write.steps:
        text, names = numbered(sql)
        values = [write.values[name] for name in names]
        if answers(sql):
            rows = await answered(connection, connection.fetch(text, *values))
            touched = len(rows)
            done = Done(rows or done.rows, done.rung)
        else:
            touched = int((await answered(connection, connection.execute(text, *values))).rpartition(" ")[2])
        if touched and bell:
            done.rung.add(bell)
        if otherwise and not touched:
            return Refused(otherwise)
    return done


def _read(kind: Sequence[Step], outcomes: Iterable[int]) -> list[Outcome]:
    return [Refused(str(kind[-1 - each].otherwise)) if each < 0 else Done([], rung(kind, each)) for each in outcomes]
