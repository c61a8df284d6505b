"""Binding a command to an operation.

    @serves(Messages.post)
    async def post(context: Context, conversation_id: str, body: MessagePost) -> Said[MessagePostResponse]: ...

A command whose arguments or answer drift from the declaration is a type error; an operation served twice is an error at
import. What is answered is either the declared struct or `Said`: its JSON, when the bytes are at hand already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, Final, Generic, NamedTuple, ParamSpec, TypeVar, overload

from ...operations import Browse, Declared, Listen, Operation, Scope, Short, Upload
from ...wire import App, AppNotFound, AppSettings, BadRequest, ConversationNotFound
from ...wire.reading import MOST, Fault, decoder
from ...wire.writing import write as to_json
from .. import rows
from ..ids import Ids
from ..ports import (
    CHANGED,
    Clock,
    Database,
    Live,
    Media,
    Received,
    Refused,
    Row,
    Subscription,
    Tally,
    Write,
    milliseconds,
)
from ..rows import answered
from ..rows.events import Told, telling
from ..rules.auditing import What, mark
from ..rules.rates import UNLIMITED, Rates
from ..rules.targets import Reach
from ..stage import Stage
from ..vault import Vault
from ._discreet import hidden

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)

EMPTY = b"{}"
COMMAND_LINE: Final = "command line"  # who asks there, beside the scopes of keys


class AnsweredBefore(Exception):
    """The request's Idempotency-Key got its answer while this request was under way."""


@dataclass(frozen=True, slots=True)
class Said(Generic[R_co]):
    """An answer of the declared type, as the JSON that goes out."""

    body: bytes


def refuse(*faults: Fault) -> None:
    """Nothing, when there is no fault; otherwise `BadRequest` with each of them, up to a bound."""
    if faults:
        raise BadRequest(*map(str, faults[:MOST]))


def json_of(answer: R | Said[R]) -> bytes:
    """What goes out for an answer. None is the empty object that successful deletes say."""
    if isinstance(answer, Said):
        return answer.body
    return EMPTY if answer is None else to_json(answer)


@dataclass(frozen=True, slots=True)
class Grant:
    """What the credentials of a request allow."""

    scope: Scope
    app_id: str  # "" for an account's
    key_id: str
    integration_id: str = ""  # "" for all but an integration's


class Whence(NamedTuple):
    """Where a request came from, and what it is called in the logs."""

    address: str
    request: str


def here() -> Whence:
    """A command on the server's own machine."""
    return Whence("", "")


CHANGED_IT, SAW_IT = "changed", "shown"  # outcomes, as the audit log has them
OPERATOR = Grant("account", "", "operator")  # who asks on the server's own machine
NOBODY = Grant("integration", "", "")  # who asks where no credentials are asked for: it may nothing else


@dataclass(frozen=True, slots=True)
class Once:
    """A request that says it must not be done twice."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Engines:
    """What every command may use."""

    database: Database
    media: Media
    clock: Clock
    ids: Ids
    vault: Vault
    live: Live
    tally: Tally
    reach: Reach = field(default_factory=Reach)  # where webhooks may point
    rates: Rates = UNLIMITED  # how often apps and keys may ask
    stage: Stage[Any] | None = None  # of a server under test
    newest: int = 0  # the last version of a store that this program knows
    exports: Counter[str] = field(default_factory=Counter[str])  # that are under way, by app


@dataclass(slots=True)
class Context:
    """What a command knows beside its arguments."""

    engines: Engines
    operation: Declared[Any]
    grant: Grant
    app_id: str  # "" outside an app
    base: str  # the address under which the server was asked, up to and without /v2
    path: str  # what was asked, as it was asked, without prefix and query
    once: Once | None = None
    came: Callable[[], Whence] = here  # is only asked when there is something to write down
    subject: str = ""  # the conversation, the user or the attachment that the answer tells of

    @property
    def database(self) -> Database:
        return self.engines.database

    def now(self) -> int:
        """Milliseconds since 1970, as rows keep times."""
        return milliseconds(self.engines.clock())

    def telling(self, write: Write, *events: Told, place: int | None = None) -> Write:
        """The same write, which also tells what happened. `place`: before which of its steps; None for after all."""
        return telling(write, self.app_id, self.now(), events, place)

    def noting(self, write: Write, object: str, outcome: str = CHANGED_IT, operation: str = "") -> Write:
        """The same write, which also leaves its line in the audit log.

        `object`: what it is about, as kind/id, below what that belongs to: conversation/C/message/M. Ids of ours only:
        never a name, an external id or anything else that somebody has said. `operation`: of commands that have none.
        """
        grant, whence = self.grant, self.came()
        what = What(
            self.now(),
            self.app_id or grant.app_id,
            grant.key_id,
            grant.scope if whence.request else COMMAND_LINE,
            operation or self.operation.operation_id,
            object,
            outcome,
            *whence,
        )
        return rows.audit.noting(write, what, mark(self.engines.vault.auditing, what))

    async def note(self, object: str, outcome: str = CHANGED_IT, operation: str = "") -> None:
        """A line by itself: before what is done in several writes, or before a secret is shown."""
        await self.database.write(self.noting(Write("audit", (), {}), object, outcome, operation))

    async def write(self, write: Write, answer: R, about: str | None) -> Said[R]:
        """Commit, and only then answer. `about`: see `commit`."""
        body = to_json(answer)
        await self.commit(write, body, about)
        return Said(body)

    async def commit(self, write: Write, body: bytes, about: str | None) -> None:
        """Commit a write whose answer is ready, and remember it when the request asked for that.

        `about`: the object in the audit log, see `noting`; None where that was noted before.
        """
        if about is not None:
            write = self.noting(write, about)
        if self.once is None:
            await self.database.write(write)
            return
        now = self.now()
        write = answered.remembering(
            write,
            self.grant.key_id,
            self.once.key,
            self.once.fingerprint,
            self.operation.status,
            hidden(self.operation, self.engines.vault, body),
            now,
            self.app_id,
            self.subject,
        )
        try:
            await self.database.write(write)
        except Refused as refused:
            if refused.why == answered.BEFORE:
                raise AnsweredBefore from None
            raise

    async def settings(self) -> AppSettings:
        """How the app is set to behave."""
        found = await rows.apps.find(self.database, self.app_id)
        if found is None:
            raise AppNotFound
        return decoder(App).decode(found).settings or AppSettings()

    async def conversation(self, conversation_id: str) -> Row:
        """The conversation's row, or a refusal."""
        found = await rows.conversations.find(self.database, self.app_id, conversation_id)
        if found is None:
            raise ConversationNotFound
        return found


async def changing(find: Callable[[], Awaitable[T]], change: Callable[[T], Awaitable[R]]) -> R:
    """Read, decide, write; and again when somebody else has written in between."""
    while True:
        found = await find()
        try:
            return await change(found)
        except Refused as refused:
            if refused.why != CHANGED:
                raise


Handler = Callable[..., Awaitable[Any]]


class Handlers(dict[Declared[Any], Handler]):
    """The operations that are served."""

    @overload
    def __call__(
        self, operation: Upload[P, R]
    ) -> Callable[
        [Callable[Concatenate[Context, Received, P], Awaitable[R | Said[R]]]],
        Callable[Concatenate[Context, Received, P], Awaitable[R | Said[R]]],
    ]: ...
    @overload
    def __call__(
        self, operation: Operation[P, R] | Short[..., P, R]
    ) -> Callable[
        [Callable[Concatenate[Context, P], Awaitable[R | Said[R]]]],
        Callable[Concatenate[Context, P], Awaitable[R | Said[R]]],
    ]: ...
    @overload
    def __call__(
        self, operation: Browse[P]
    ) -> Callable[
        [Callable[Concatenate[Context, P], Awaitable[T]]], Callable[Concatenate[Context, P], Awaitable[T]]
    ]: ...
    @overload
    def __call__(
        self, operation: Listen[P, T]
    ) -> Callable[
        [Callable[Concatenate[Context, P], Awaitable[Subscription]]],
        Callable[Concatenate[Context, P], Awaitable[Subscription]],
    ]: ...

    def __call__(self, operation: Declared[Any]) -> Any:
        def bind(handler: Handler) -> Handler:
            if operation in self:
                raise ValueError(f"{operation} is served twice")
            self[operation] = handler
            return handler

        return bind


handlers = Handlers()
serves = handlers
