"""What the rooms may ask of the engines below them: a database, files, events as they come, meters, a clock;
and what those are told who watch.

    steps  = (guard, effect, effect ...)     a constant tuple, written in rows: its identity is the write's *kind*
    Write  = key + steps + values            made by rows, handed over whole, never a conversation

Rules of a write
- Steps run in order, each seeing what the earlier ones did. All of them happen, or none.
- A step with `otherwise` must touch a row; if it does not, the write is refused under that name and nothing happened.
- Bells ring after the commit, and not for what was refused: a write's always, a step's when the step touched a row.
- What can be refused in daily life is a guard (`on conflict do nothing`, `where count < :cap`), never an exception.
- Writes of one key, handed over by one process, take effect in the order they were handed over. Two writes that touch
  one row have one key, but for those that take many things away at once (a user, a conversation, an app): these and
  their neighbours hold by their guards alone, and rely on the row locks of a database that has several writers.
- The awaitable answers after the commit that holds the write. It yields the rows of the last `returning` step.
- SQL is the tongue SQLite and PostgreSQL both read: `:name` parameters, `text bigint bytea`, `cast(... as ...)`. One
  name means one type in all steps.
- Hold in one step, judge in the next: what a statement looks up beside the row that it changes may be from before it
  waited for that row. See docs/decisions/0015-postgresql.md.

A file comes in as a part: written piece by piece, sealed when it is whole and durable, then either kept under its id or
discarded. Its row is committed between seal and keep, so whatever a crash leaves behind is settled by asking the rows.
"""

from __future__ import annotations

import errno
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeVar

T = TypeVar("T")
Value = str | int | float | bytes | None
Values = Mapping[str, Value]
Row = Sequence[Any]  # by position
Clock = Callable[[], float]  # seconds since 1970
EVENTS = "event"  # the table of what happened
EVERYTHING = 2**63 - 1  # a position beyond all: where they are committed in their order, all are settled
CHANGED = "changed meanwhile"  # why a write is refused that was made for what a row held before
AFTERWARDS = "afterwards"  # the bell of what is left to do after a commit
DELIVER = "deliver"  # the bell of those who send to webhooks
TOLD = "told"  # the bell of those who read events as they come
NOTHING = "none"  # the operation of a request for which there is none
GONE = 499  # the status of an answer that nobody waited for


class Step(NamedTuple):
    """One statement of a write, what it means when it touches nothing, and who is to hear when it touches something."""

    sql: str
    otherwise: str | None = None
    bell: str | None = None


class Write(NamedTuple):
    """A change, as a value."""

    key: str  # whose order matters: a conversation id, as a rule
    steps: tuple[Step, ...]
    values: Values
    bells: tuple[str, ...] = ()


class Refused(Exception):
    """A guard found no row. `why` is the step's `otherwise`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def milliseconds(seconds: float) -> int:
    """A time as rows keep it."""
    return round(seconds * 1000)


class Unavailable(Exception):
    """An engine cannot do it now: a file that somebody else holds, a bucket out of reach, no descriptor left. Nothing
    has happened.
    """


class Full(Unavailable):
    """There is no room left to write to. Nothing has happened; reading goes on, and somebody has to make room."""


class ReadOnly(Unavailable):
    """What is there can be read, and not be written to. Nothing has happened."""


class Damaged(Unavailable):
    """What is kept is not what was written: bytes on a disk have changed. Nothing has happened, and nothing is written
    from now on, until a person has seen to it.
    """


class Unknown(Exception):
    """An engine was lost in the middle of a write, and stayed away: it may have happened."""


class Overloaded(Unavailable):
    """There is too much to do already. Nothing has happened; soon there will be less."""


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
SHORT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EAGAIN)  # the system has none left just now


def unavailable(said: str, number: int | None) -> Unavailable:
    """What trouble with a disk means. `number`: the system's, where it said one."""
    if number in _NO_ROOM:
        return Full(f"{said}; make room there")
    return ReadOnly(said) if number == errno.EROFS else Unavailable(said)


def passes(trouble: Exception) -> bool:
    """Whether it is the machine's, or an engine's, and may be over soon; otherwise it is a fault of the program."""
    return isinstance(trouble, Unavailable | MemoryError) or (isinstance(trouble, OSError) and trouble.errno in SHORT)


class Held(Unavailable):
    """Nothing is removed now, as what is there is being backed up. It is tried again after that."""


class UnusableStore(ValueError):
    """The store is of another version, or is none of ours. The message is for the person who started the program."""


class Finding(NamedTuple):
    """What somebody has found who looked whether a store is as it should be."""

    name: str
    looked: int  # at how many
    things: str  # ... of what: "conversations"
    wrong: int = 0  # how many of them are not as they should be; 0: all is well
    says: str = ""  # what is wrong with them, said after their number
    some: tuple[str, ...] = ()  # which: the first of them
    will: str = ""  # what mending does to them; "": it can do nothing
    advice: str = ""  # what a person can do then
    damage: bool = False  # the bytes themselves are not what was written: nothing must be written any more


class Shape(NamedTuple):
    """What a store has been made into."""

    version: int  # of the last script; 0: nothing is there
    oldest: int  # who knows no version as high as this does not work with it


class Reads(Protocol):
    """Rows, as they are."""

    async def read_one(self, sql: str, values: Values) -> Row | None: ...
    async def read_all(self, sql: str, values: Values) -> list[Row]: ...


class Database(Reads, Protocol):
    """Rows, and changes to them. Open it, or migrate it, before anything else is asked."""

    async def search(self, sql: str, values: Values) -> list[Row]:
        """What may take long, and holds up nobody else. It may ask for `matching(:app, :conversation, :words)`:
        messages that have all of these words, with a blank between and as rules/words says them; each with its `place`,
        whose order is that of ids. `cursor(place)` makes 24 hex digits of it, and `place(:cursor)` a place again.
        """
        ...

    def write(self, write: Write) -> Awaitable[list[Row]]:
        """`Overloaded` at once when too many wait; `Unavailable`, `Refused` or `Unknown` when its turn has come."""
        ...

    async def bell(self, name: str, timeout: float, *, everywhere: bool = False) -> bool:
        """Wait for a bell: True when it rang, False when it is time to look anyway.

        `everywhere`: also when another process rings it, who has the same store.
        """
        ...

    def ring(self, *bells: str) -> None:
        """Wake whoever waits for them, without a write: the clock was moved."""
        ...

    async def settled(self, table: str = EVENTS) -> int:
        """Up to which position all rows of a table are committed, or never will be. They are read after it was
        answered. Asked of the tables whose rows have positions.
        """
        ...

    async def open(self, scripts: Sequence[tuple[int, str]]) -> None:
        """Take a store into use, made where there was none. `scripts`: all that this program knows, by version.

        `UnusableStore` for one that it does not know, and for one that others share and that it would have to change.
        """
        ...

    async def migrate(self, scripts: Sequence[tuple[int, str]], done: Callable[[int], None] = ...) -> None:
        """The same for one that may be changed. `done` hears of each script, when it is done."""
        ...

    async def shape(self) -> Shape:
        """Of the store as it is now, opened or not."""
        ...

    async def check(self) -> Shape:
        """Of the open store, read just now. `Unavailable`, in words that anybody may read, where it cannot be read, or
        where the last write failed for the store's sake and another one would fail, too.
        """
        ...

    @property
    def patience(self) -> float:
        """Seconds for which requests wait for it when it is away: nobody need look for another server meanwhile."""
        ...

    @property
    def hears(self) -> bool:
        """Whether the bells of other processes are heard at once, and not only at the next poll."""
        ...

    async def size(self) -> int:
        """Bytes that it takes up where it is kept."""
        ...

    async def close(self) -> None: ...


class Line(Protocol):
    """What carries bells between processes: their names, of which it keeps none. Who opens it opens it again when it is
    lost, and has missed what was rung meanwhile.
    """

    async def open(self, hear: Callable[[str], None], lost: Callable[[], None]) -> None:
        """`hear`: called with what others ring from now on. `lost`: called once that is over. `Unavailable`"""
        ...

    async def call(self, names: Collection[str]) -> None:
        """Ring for all others; with nothing to ring, ask whether it is still there. Raises when it is not."""
        ...

    async def close(self) -> None: ...


class Part(Protocol):
    """A file on its way in."""

    async def write(self, *pieces: bytes) -> None: ...
    async def seal(self) -> None: ...
    async def keep(self) -> None: ...
    async def discard(self) -> None: ...
    def leave(self) -> None:
        """To `recover`: whether its row was committed is not known."""
        ...


class Media(Protocol):
    """The bytes of attachments, by id."""

    holds: int  # bytes that a file may take up in memory on its way in, beside the piece that is written
    patience: float  # seconds for which a server goes on without it, as others have it no better: see `Database`

    async def check(self) -> None:
        """`Unavailable`, in words that anybody may read, where files can be neither taken nor given out now."""
        ...

    async def receive(self, id: str) -> Part: ...
    def read(self, id: str, start: int, length: int) -> AsyncIterator[bytes]:
        """Of a file that is kept. `FileNotFoundError`"""
        ...

    async def remove(self, id: str) -> None:
        """Of a file whose row is gone. `Held` while somebody holds what is there."""
        ...

    def holding(self) -> AbstractAsyncContextManager[None]:
        """Nothing is removed meanwhile, by whatever process, of files whose rows are there when it begins. It ends with
        the process, too, at once or after a while. `Unavailable`
        """
        ...

    def link(self, id: str, media_type: str, disposition: str) -> str | None:
        """An address where anybody may fetch it for a while, under these headers; None: only from us."""
        ...

    async def recover(self, committed: Callable[[str], Awaitable[bool]]) -> None:
        """Settle what a crash left on its way in: kept when its row was committed, gone otherwise."""
        ...


class Meters(Protocol):
    """A moment under each name, in nanoseconds since 1970: when a bucket will be full again. See rules/rates.

    One that has passed may be forgotten, and is then 0. Who holds them decides how far a limit reaches: a process for
    itself, or a store for all that share it.
    """

    async def change(self, names: Sequence[str], to: Callable[[Sequence[int]], tuple[Sequence[int], T]]) -> T:
        """Put in place of these moments what `to` makes of them, and nobody comes in between.

        `to` is pure, and may be called more than once. What it says beside the moments is answered.
        """
        ...


class Tally(Protocol):
    """What happens in apps, counted for their statistics."""

    def count(self, app: str, name: str) -> None:
        """Once more, in this minute. `name`: one of rules/statistics."""
        ...

    async def run(self) -> None: ...
    async def flush(self) -> None:
        """Answers when what was counted can be read."""
        ...


@dataclass(slots=True)
class Noted:
    """A request that was answered, for those who watch. Nothing in it is secret, and nothing was said in a message."""

    id: str
    method: str
    began: float  # seconds since 1970
    operation: str = NOTHING
    path: str = ""  # the operation's template
    app: str = ""
    key: str = ""
    status: int = 0  # GONE: the client did not wait for it
    seconds: float = 0.0  # until the answer was over
    waited: float = 0.0  # until it began
    size: int = 0  # bytes of the answer's body
    parents: Mapping[str, str] = field(default_factory=dict[str, str])  # headers that say what it is a part of


class Sending(Protocol):
    """An event on its way to a webhook."""

    @property
    def headers(self) -> Mapping[str, str]:
        """To be sent along."""
        ...

    def over(self, status: int | None) -> None:
        """What the receiver answered; None: nothing."""
        ...


class Watch(Protocol):
    """Whoever watches what a server does: it is told, at once and on the loop, and holds up nobody."""

    def began(self) -> None:
        """A request has come."""
        ...

    def answered(self, request: Noted) -> None:
        """It is over."""
        ...

    def refused(self, why: str) -> None:
        """A request was not looked at any further. `why`: one of rules/watching."""
        ...

    def committed(self, writes: int, seconds: float) -> None:
        """So many writes in one commit, which took so long from its first statement on."""
        ...

    def listening(self, more: int) -> None:
        """So many streams more are open; less, where it is negative."""
        ...

    def sending(self, app: str, webhook: str, event: str, type: str, origin: str) -> Sending:
        """An attempt at a delivery begins. `origin`: scheme, host and port of the target."""
        ...

    def delivered(self, outcome: str, seconds: float) -> None:
        """What became of it: `ARRIVED`, `PUT_OFF` or `GIVEN_UP` of rules/statistics."""
        ...


class Unwatched:
    """Nobody watches."""

    headers: Mapping[str, str] = MappingProxyType({})

    def began(self) -> None: ...
    def answered(self, request: Noted) -> None: ...
    def refused(self, why: str) -> None: ...
    def committed(self, writes: int, seconds: float) -> None: ...
    def listening(self, more: int) -> None: ...
    def sending(self, app: str, webhook: str, event: str, type: str, origin: str) -> Sending:  # noqa: ARG002 - as of `Watch`
        return self

    def delivered(self, outcome: str, seconds: float) -> None: ...
    def over(self, status: int | None) -> None: ...


UNWATCHED: Watch = Unwatched()


class Wanted(NamedTuple):
    """What a subscriber wants to hear of."""

    conversation: str | None = None  # None: all of them, and what is about none
    triggers: frozenset[str] | None = None
    full_user: bool = False
    full_source: bool = False
    after: str | None = None  # the id of the last frame that it had


class Subscription(Protocol):
    """Frames of a stream as they come, one or several in a piece."""

    def __aiter__(self) -> AsyncGenerator[bytes]: ...
    def end(self, last: bytes = b"") -> None:
        """Nothing more but this; at once, even when nothing was to come."""
        ...


class Live(Protocol):
    """Events as they come."""

    async def run(self) -> None: ...
    def subscribe(self, app: str, wanted: Wanted) -> Subscription:
        """What comes in an app: to be iterated, or ended.

        `BadRequest` or `EventsExpired` when it cannot go on after `wanted.after`; `TooManyRequests` when the app has as
        many streams as it may have.
        """
        ...


@dataclass(slots=True)
class Received:
    """A file that came in whole. Its handler seals and keeps it; when the handler refuses, it is discarded."""

    id: str
    said_name: str | None  # as the uploader called it: not to be trusted
    part: Part
    size: int
    head: bytes  # the first bytes, which say what it is
