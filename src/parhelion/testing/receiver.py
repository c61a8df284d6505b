"""Whoever receives webhooks, for a test: a web server on this machine, that a test asks what came.

POST / --> a thread a connection --> the key, the events (parhelion.receive) --> what was programmed, or 200
                                                                                   | 2xx: the events have arrived
wait_for  <--  each event once  <--------------------------------------------------+
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from textwrap import shorten
from typing import Any, Literal, NamedTuple, Self, TypeVar, cast, overload

from ..client import Client
from ..receive import Receiver as Reading, Refused
from ..wire import (
    TRIGGERS,
    AnyEvent,
    ConversationMessageEvent,
    Custom,
    CustomCreate,
    Event,
    ParhelionError,
    Trigger,
    UnknownEvent,
    WebhookCreateBody,
)
from .door import Door, Send

E = TypeVar("E")
Named = Trigger | Literal["*"]

SHOWN = 10  # events, and as many requests of a kind, in what a wait that fails says
LATER = 503  # how `parhelion.receive` refuses what is the server's, but comes while a copy of it is in hand


@dataclass(frozen=True)
class Call:
    """One request that came to a receiver.

    `headers` have lower-case names. `status` is what it was answered with, None when the connection was closed without
    an answer. `why` says what was wrong with a request that was refused, "" for all others. `events` are those it
    brought that had not arrived before; they count as arrived when `status` is 200 to 299.

        [failed, arrived] = receiver.requests
        assert failed.headers["webhook-id"] == arrived.headers["webhook-id"]
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)  # with the secret
    body: bytes = field(repr=False)
    status: int | None = None
    why: str = ""
    events: tuple[Event, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether it was answered so that the server is content: with 200 to 299."""
        return self.status is not None and self.status < 300

    @property
    def json(self) -> Any:
        """Its body as JSON. Errors: ValueError when it is not."""
        return json.loads(self.body)


class _Answer(NamedTuple):
    status: int
    delay: float
    drop: bool

    @property
    def is_well(self) -> bool:
        return not self.drop and self.status < 300


_WELL = _Answer(200, 0.0, drop=False)


@dataclass
class _Heard:
    """What came since the last `clear`, and how what comes is answered."""

    reading: Reading
    arrived: list[Event] = field(default_factory=list[Event])
    left: list[Event] = field(default_factory=list[Event])  # not handed out yet
    calls: list[Call] = field(default_factory=list[Call])
    refused: list[Call] = field(default_factory=list[Call])
    programmed: list[tuple[str, _Answer]] = field(default_factory=list[tuple[str, _Answer]])  # of a trigger, or "*"
    usual: dict[str, _Answer] = field(default_factory=dict[str, _Answer])

    def next_answer(self, events: list[Event]) -> _Answer:
        """How to answer a request that brings these."""
        types = [*(event.type for event in events), "*"]
        for number, (trigger, _) in enumerate(self.programmed):
            if trigger in types:
                return self.programmed.pop(number)[1]
        return next((self.usual[each] for each in types if each in self.usual), _WELL)


class _FailedError(Exception):
    """It was programmed that this request fails, so what it brought has not arrived."""


class _Wish(NamedTuple):
    """What somebody waits for."""

    name: str  # of the trigger, or "*"
    kind: type | None
    number: int
    where: Callable[[Any], object] | None

    def is_for(self, event: Event) -> bool:
        """Whether it is this one, or one of these."""
        right = self.name in ("*", event.type) if self.kind is None else isinstance(event, self.kind)
        return right and (self.where is None or bool(self.where(event)))


class Receiver:
    """A web server on 127.0.0.1 which a webhook of an app points to. `App.receiver` and `parhelion_receiver` make it.

    It answers 200, unless `answer` said otherwise. What comes without the webhook's secret, or with a signature that is
    not right, is refused as a bot would refuse it, and kept apart in `refused`. How old a signature is does not matter
    here: the server's clock may have been moved.

    `wait_for` hands out what has arrived, each event once: the next call waits for the next. `events` are all that have
    arrived, and `requests` all that was said. From as many threads and tasks as you like.

    Errors of making one: those of creating an integration.

        with app.receiver(triggers=["conversation:message"]) as receiver:
            client.messages.post(conversation, "Hello!")
            event = receiver.wait_for("conversation:message")
            assert event.payload.message.author.type == "business"
    """

    def __init__(
        self,
        client: Client,
        *,
        triggers: Iterable[Named] = ("*",),
        signed: bool = False,
        include_full_user: bool = False,
        include_full_source: bool = False,
    ) -> None:
        said = [triggers] if isinstance(triggers, str) else list(triggers)
        self.triggers = cast("list[Trigger]", list(TRIGGERS if "*" in said else said))
        self._client, self._signed = client, signed
        self._pid = os.getpid()
        self._more = threading.Condition()
        self._bells = set[Callable[[], object]]()  # those of tasks that wait
        self._door = Door(self._handle)
        self.url = self._door.url
        try:
            body = WebhookCreateBody(
                target=self.url,
                triggers=self.triggers,
                include_full_user=include_full_user,
                include_full_source=include_full_source,
            )
            made = client.integrations.create(CustomCreate(display_name="test receiver", webhooks=[body]))
            self._integration = cast("Custom", made.integration)
            [self.webhook] = self._integration.webhooks
            self._heard = self._nothing()
        except BaseException:
            self._door.close()
            raise
        self._door.open()

    @property
    def secret(self) -> str:
        """The webhook's secret, which comes as X-API-Key with every request."""
        return self.webhook.secret or ""

    @property
    def events(self) -> list[Event]:
        """All that have arrived, in the order in which they did, whether handed out or not. Each is here once."""
        with self._more:
            return list(self._heard.arrived)

    @property
    def requests(self) -> list[Call]:
        """All requests that came from the server, those that were answered with an error too."""
        with self._more:
            return list(self._heard.calls)

    @property
    def refused(self) -> list[Call]:
        """Requests that are none of the server's: without the secret, with a wrong signature, unreadable."""
        with self._more:
            return list(self._heard.refused)

    def answer(
        self,
        status: int = 500,
        times: int | None = 1,
        *,
        trigger: Named = "*",
        delay: float = 0.0,
        drop: bool = False,
    ) -> None:
        """Answer the next requests otherwise: `times` of them, or of those that bring an event of this trigger.

        `status` is answered after `delay` seconds; with `drop` the connection is closed then, without an answer. Said
        more than once, the answers are given in that order; when none is left, it is 200 again. With `times=None` it is
        this from now on, in place of what was said before. `clear` takes all of it back.

        The server tries again after anything but 2xx, except 400, 401, 403, 404 and 406, which are the end: move its
        clock, and it does so at once. It waits 20 seconds for an answer.

        Errors: ValueError for a status outside 200 to 599, a negative delay, `times` below 1, and a trigger that the
        webhook does not hear of.

            receiver.answer(503, times=2, trigger="conversation:message")
            client.messages.post(conversation, "Hello!")
            for _ in range(2):
                server.settle()
                server.clock.advance(60)
            assert receiver.wait_for("conversation:message")
        """
        self._check(trigger)
        if not 200 <= status <= 599:
            raise ValueError(f"status is 200 to 599, not {status}")
        if not (delay >= 0 and math.isfinite(delay)):
            raise ValueError(f"delay is a number of seconds, 0 or more, not {delay!r}")
        if times is not None and times < 1:
            raise ValueError(f"times is 1 or more, or None for all, not {times}")
        said = _Answer(status, delay, drop)
        with self._more:
            heard = self._heard
            if times is not None:
                heard.programmed += [(trigger, said)] * times
            elif trigger == "*":
                heard.programmed, heard.usual = [], {"*": said}
            else:
                heard.programmed = [each for each in heard.programmed if each[0] != trigger]
                heard.usual[trigger] = said

    @overload
    def wait_for(self, trigger: type[E], timeout: float = 5.0, *, where: Callable[[E], object] | None = None) -> E: ...
    @overload
    def wait_for(
        self, trigger: type[E], timeout: float = 5.0, *, count: int, where: Callable[[E], object] | None = None
    ) -> list[E]: ...
    @overload
    def wait_for(
        self, trigger: Named, timeout: float = 5.0, *, where: Callable[[Any], object] | None = None
    ) -> Any: ...
    @overload
    def wait_for(
        self, trigger: Named, timeout: float = 5.0, *, count: int, where: Callable[[Any], object] | None = None
    ) -> list[Any]: ...
    def wait_for(
        self,
        trigger: Named | type[Any],
        timeout: float = 5.0,
        *,
        count: int | None = None,
        where: Callable[[Any], object] | None = None,
    ) -> Any:
        """The next event of this trigger, once it has arrived; with `count` a list of so many.

        `trigger` is its name, "*" for any, or the event's class: then type checkers know what comes back. With `where`,
        a function of the event, only those count for which it answers something true. Waits `timeout` seconds.

        Each event is handed out once, in the order of arrival: who waits twice waits for two events. Those that did not
        count stay for others, and a wait that fails takes nothing. `clear` forgets all.

        Errors: AssertionError when they did not come, which says what did; at once a ValueError for a trigger that
        the webhook does not hear of, and a TypeError for a class that is no event; and whatever `where` raises.

            first, second = receiver.wait_for("conversation:create", count=2)
            said = receiver.wait_for(
                ConversationMessageEvent, where=lambda event: event.payload.message.author.type == "user"
            )
        """
        __tracebackhide__ = True  # pytest shows the line that waited
        wish = self._wish(trigger, count, where)
        until = time.monotonic() + timeout
        with self._more:
            while (found := self._take(wish)) is None:
                left = until - time.monotonic()
                if left <= 0:
                    raise AssertionError(self._missing(wish, timeout))
                self._more.wait(left)
        return found[0] if count is None else found

    @overload
    async def arrives(
        self, trigger: type[E], timeout: float = 5.0, *, where: Callable[[E], object] | None = None
    ) -> E: ...
    @overload
    async def arrives(
        self, trigger: type[E], timeout: float = 5.0, *, count: int, where: Callable[[E], object] | None = None
    ) -> list[E]: ...
    @overload
    async def arrives(
        self, trigger: Named, timeout: float = 5.0, *, where: Callable[[Any], object] | None = None
    ) -> Any: ...
    @overload
    async def arrives(
        self, trigger: Named, timeout: float = 5.0, *, count: int, where: Callable[[Any], object] | None = None
    ) -> list[Any]: ...
    async def arrives(
        self,
        trigger: Named | type[Any],
        timeout: float = 5.0,
        *,
        count: int | None = None,
        where: Callable[[Any], object] | None = None,
    ) -> Any:
        """`wait_for`, to be awaited: the event loop goes on meanwhile. Needs asyncio.

        Errors: those of `wait_for`.

            event = await receiver.arrives("conversation:message")
        """
        __tracebackhide__ = True
        wish = self._wish(trigger, count, where)
        came = asyncio.Event()
        bell = partial(asyncio.get_running_loop().call_soon_threadsafe, came.set)
        with self._more:
            self._bells.add(bell)
        try:
            async with asyncio.timeout(timeout):
                while (found := self._taken(wish)) is None:
                    await came.wait()
                    came.clear()
        except TimeoutError:
            with self._more:
                if (found := self._take(wish)) is None:
                    raise AssertionError(self._missing(wish, timeout)) from None
        finally:
            with self._more:
                self._bells.discard(bell)
        return found[0] if count is None else found

    def clear(self) -> None:
        """Forget all that came, and every answer that was programmed. An event that comes again counts as new then.

        receiver.clear()
        """
        with self._more:
            self._heard = self._nothing()  # what is being answered at this moment is told to what is forgotten

    def close(self) -> None:
        """Delete the webhook and stop listening. Closing it again does nothing, and neither does a child made by fork.

        receiver.close()
        """
        if self._door.is_closed or self._pid != os.getpid():
            return
        try:
            with contextlib.suppress(ParhelionError, RuntimeError):  # gone already: the app, the server, the client
                self._client.with_options(retries=0).integrations.delete(self._integration.id)
        finally:
            self._door.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Receiver({self.url!r}, requests={len(self.requests)}, events={len(self.events)})"

    def told(self) -> str:
        """What came so far, in a few lines: what a wait that fails says.

        print(receiver.told())
        """
        with self._more:
            return "\n".join(self._summary())

    def _nothing(self) -> _Heard:
        return _Heard(Reading(self.secret, tolerance=math.inf, signed=self._signed))

    # What is waited for.

    def _wish(self, trigger: Named | type[Any], count: int | None, where: Callable[[Any], object] | None) -> _Wish:
        if count is not None and count < 1:
            raise ValueError(f"count is 1 or more, not {count}")
        name, kind = (trigger, None) if isinstance(trigger, str) else (_trigger_of(trigger), trigger)
        self._check(name)
        return _Wish(name, kind, count or 1, where)

    def _check(self, trigger: str) -> None:
        if trigger not in ("*", *self.triggers):
            which = "one of those that this webhook hears of" if trigger in TRIGGERS else "a trigger"
            raise ValueError(f"{trigger!r} is not {which}: {', '.join(self.triggers)}")

    def _taken(self, wish: _Wish) -> list[Event] | None:
        with self._more:
            return self._take(wish)

    def _take(self, wish: _Wish) -> list[Event] | None:
        found: list[Event] = []
        for event in self._heard.left:
            if wish.is_for(event):
                found.append(event)
                if len(found) == wish.number:
                    chosen = {id(each) for each in found}
                    self._heard.left = [each for each in self._heard.left if id(each) not in chosen]
                    return found
        return None

    def _missing(self, wish: _Wish, timeout: float) -> str:
        came = sum(map(wish.is_for, self._heard.left))
        name = "any trigger" if wish.name == "*" else wish.name
        said = f"No event of {name} came" if wish.number == 1 else f"{came} of {wish.number} events of {name} came"
        such = " for which `where` holds" if wish.where else ""
        return "\n".join([f"{said} within {timeout:g} s{such}.", *self._summary()])

    def _summary(self) -> list[str]:
        heard, lines = self._heard, list[str]()
        if not heard.arrived:
            lines.append("No event has arrived.")
        else:
            left = {id(each) for each in heard.left}
            lines.append(f"What did arrive ({len(heard.arrived)}):")
            if hidden := heard.arrived[:-SHOWN]:
                kinds = Counter(each.type for each in hidden)
                lines.append("  before: " + ", ".join(f"{number} x {kind}" for kind, number in kinds.items()))
            lines += [
                f"  {_brief(each)}" + ("" if id(each) in left else "  (handed out)") for each in heard.arrived[-SHOWN:]
            ]
        if failed := [each for each in heard.calls if not each.is_well]:
            lines.append(f"Requests that were answered otherwise than 2xx, as programmed ({len(failed)}):")
            lines += [
                f"  {'no answer' if each.status is None else each.status}: "
                + (", ".join(map(_brief, each.events)) or "nothing new")
                for each in failed[-SHOWN:]
            ]
        if heard.refused:
            lines.append(f"Requests that were refused ({len(heard.refused)}):")
            lines += [f"  {each.status} {each.method} {each.path}: {each.why}" for each in heard.refused[-SHOWN:]]
        return lines

    # What comes, each in a thread of its own.

    def _handle(self, method: str, path: str, headers: dict[str, str], body: bytes, send: Send) -> None:
        came = Call(method, path, headers, body)
        with self._more:
            heard = self._heard
        answer = _WELL
        events: list[Event] = []
        try:
            with heard.reading.handling(headers, body) as events:
                with self._more:
                    answer = heard.next_answer(events)
                self._door.pause(answer.delay)
                if not answer.is_well:
                    raise _FailedError
        except Refused as refused:
            with self._more:
                into = heard.calls if refused.status == LATER else heard.refused
                into.append(replace(came, status=refused.status, why=str(refused)))
            send(refused.status, str(refused))
            return
        except _FailedError:
            pass
        # Kept before it is answered: the next one comes after that, perhaps before this thread has its turn again.
        self._keep(heard, replace(came, status=None if answer.drop else answer.status, events=tuple(events)))
        if not answer.drop:
            send(answer.status, "")

    def _keep(self, heard: _Heard, call: Call) -> None:
        with self._more:
            heard.calls.append(call)
            if call.is_well:
                heard.arrived += call.events
                heard.left += call.events
                self._more.notify_all()
                for bell in self._bells:
                    with contextlib.suppress(RuntimeError):  # its loop ended while somebody waited there
                        bell()


def _brief(event: Event) -> str:
    """An event in half a line: of a message, who said what."""
    if isinstance(event, ConversationMessageEvent):
        message = event.payload.message
        said = getattr(message.content, "text", None) or f"({message.content.type})"
        return f"{event.type} {event.id}  {message.author.type}: {shorten(said, 60)}"
    return f"{event.type} {event.id}"


def _trigger_of(kind: type) -> str:
    """The one trigger that a class of events stands for, or "*"."""
    if not issubclass(kind, AnyEvent | UnknownEvent):
        raise TypeError(f"{kind.__name__} is no event: give a trigger, or a class such as ConversationMessageEvent")
    tag = kind.__struct_config__.tag
    return tag if isinstance(tag, str) and tag in TRIGGERS else "*"
