"""Webhooks coming in: from what a web framework was sent to events, each handled once. No IO, no clock of its own.

    headers, body  ->  whose key?   whose signature, of when?   which events?   ->  those that are new  ->  the bot
                       Refused 401  Refused 401                 Refused 400         Refused 503 while a copy is in hand

Whoever sends events sends one again until it was answered with 200 to 299. So an event counts as done only when the
bot has done it. While it is in hand, a copy of it is refused with 503, which asks for it later: nothing is lost when
the first one fails then, and nothing is done twice when it does not.

See `parhelion.receive`, which adds the clock.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from binascii import b2a_base64
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Protocol, cast

import msgspec

from ..wire import Envelope, Event, ParhelionError
from ..wire.reading import Fault, tolerant

_SECONDS = re.compile(r"[0-9]{1,15}", re.ASCII)
MOST = 16  # signatures that are looked at


class Items(Protocol):
    """Headers as most frameworks have them: Starlette, Flask, Django, aiohttp, a dict."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Each name with its value."""
        ...


Headers = Items | Iterable[tuple[str | bytes, str | bytes]]


class Refused(ParhelionError, ValueError):
    """A request that is not passed on. Answer it with `status`: 401 not from there, 400 unreadable, 503 later.

    A sender that is told 503 comes back; after 400 or 401 it does not.
    """

    def __init__(self, why: str, status: int) -> None:
        super().__init__(why)
        self.status = status


class Seen:
    """The ids of the last `most` events that were done; what is older is forgotten.

    Bots of several processes share what they have done by a child of this with these three methods: over a database,
    say. A Receiver calls them one at a time, and waits for them.

    Errors: ValueError for a `most` below 1.
    """

    def __init__(self, most: int = 10_000) -> None:
        if most < 1:
            raise ValueError("most is 1 or more")
        self._most = most
        self._ids: dict[str, None] = {}  # the oldest is the first

    def __contains__(self, id: str) -> bool:
        """Whether this event was done."""
        return id in self._ids

    def add(self, id: str) -> None:
        """It was done."""
        self._ids.pop(id, None)
        self._ids[id] = None
        if len(self._ids) > self._most:
            del self._ids[next(iter(self._ids))]

    def discard(self, id: str) -> None:
        """It was not, after all."""
        self._ids.pop(id, None)


class Receiver:
    """Takes webhooks in. `parhelion.receive.Receiver` says how; this one has to be given its clock."""

    def __init__(
        self,
        secret: str | Iterable[str],
        *,
        clock: Callable[[], float],
        tolerance: float = 300.0,
        signed: bool = False,
        seen: Seen | None = None,
        tell: Callable[[Fault], None] | None = None,
    ) -> None:
        secrets = [secret] if isinstance(secret, str) else list(secret)
        if not secrets or not all(isinstance(each, str) and each for each in cast("list[object]", secrets)):
            raise ValueError("The webhook's secret is missing: it is in the answer that created the webhook")
        self._secrets = [each.encode() for each in secrets]
        self._clock, self._tolerance, self._signed = clock, tolerance, signed
        self._tell = tell or _log
        self._lock = Lock()
        self._seen = Seen() if seen is None else seen
        self._in_hand: set[str] = set()

    @contextmanager
    def handling(self, headers: Headers, body: bytes) -> Generator[list[Event]]:
        """The events of one request that are new, for a `with` block: they are done when the block ends.

        When it ends with an exception they are not: let it become an answer with status 500, and they are sent again.

        Errors: Refused.
        """
        events = self._new(self._read(headers, body))
        ids = {event.id for event in events} - {""}
        try:
            yield events
        except BaseException:
            with self._lock:
                self._in_hand -= ids
            raise
        with self._lock:
            self._in_hand -= ids
            for id in ids:
                self._seen.add(id)

    def receive(self, headers: Headers, body: bytes) -> list[Event]:
        """The events of one request that are new. They count as done from here on: `forget` those that fail.

        Errors: Refused.
        """
        with self.handling(headers, body) as events:
            return events

    def forget(self, *events: Event) -> None:
        """Take these for new when they come again."""
        with self._lock:
            for event in events:
                self._seen.discard(event.id)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(secret=..., tolerance={self._tolerance!r})"

    def _read(self, headers: Headers, body: bytes) -> list[Event]:
        if not isinstance(cast("object", body), bytes):
            raise TypeError("body is the bytes that came, before anybody has read them as JSON")
        self._check(_by_name(headers), body)
        try:
            envelope: Envelope = tolerant(body, Envelope, self._tell)
        except msgspec.DecodeError as error:
            raise Refused(f"The body cannot be read: {error}", 400) from None
        return envelope.events

    def _check(self, said: dict[str, str], body: bytes) -> None:
        """Whoever knows the secret may call; and if they sign, it is this body that they signed, just now."""
        key = said.get("x-api-key")
        if key is None:
            raise Refused("X-API-Key is missing", 401)
        if not _one_of([key], self._secrets):
            raise Refused("X-API-Key is not the secret of this webhook", 401)
        signatures = said.get("webhook-signature")
        if signatures is None:
            if self._signed:
                raise Refused("webhook-signature is missing", 401)
            return  # as the hosted service does
        id, seconds = said.get("webhook-id", ""), said.get("webhook-timestamp", "")
        if not id or not _SECONDS.fullmatch(seconds):
            raise Refused("A webhook-signature needs a webhook-id and a webhook-timestamp", 401)
        signed = b"%b.%b.%b" % (_raw(id), seconds.encode(), body)
        if not _one_of(signatures.split()[:MOST], [_signature(secret, signed) for secret in self._secrets]):
            raise Refused("The webhook-signature is not made with the secret of this webhook for this body", 401)
        apart = self._clock() - int(seconds)
        if abs(apart) > self._tolerance:
            when = f"{abs(apart):.0f} s {'ago' if apart > 0 else 'from now'}"
            raise Refused(f"The webhook-timestamp is {when}; {self._tolerance:g} s are tolerated", 401)

    def _new(self, events: list[Event]) -> list[Event]:
        """Those that nobody has done, from now on in hand."""
        found: dict[str, Event] = {}
        with self._lock:
            for event in events:
                if event.id in self._in_hand:
                    raise Refused(f"Event {event.id} is in hand already", 503)
                if event.id not in self._seen:
                    found.setdefault(event.id or f"\n{len(found)}", event)  # without an id nothing can be known
            self._in_hand.update(event.id for event in found.values() if event.id)
        return list(found.values())


def _signature(secret: bytes, signed: bytes) -> bytes:
    return b"v1," + b2a_base64(hmac.digest(secret, signed, hashlib.sha256), newline=False)


def _one_of(said: Iterable[str], known: list[bytes]) -> bool:
    """Compared whole, each with each, so that the time it takes says nothing."""
    return any([hmac.compare_digest(_raw(each), one) for each in said for one in known])  # noqa: C419 - whole


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _by_name(headers: Headers) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _pairs(headers):
        found.setdefault(name.lower(), value)
    return found


def _pairs(headers: Headers) -> Iterator[tuple[str, str]]:
    pairs = cast("Items", headers).items() if hasattr(headers, "items") else cast("Iterable[tuple[str, str]]", headers)
    for name, value in pairs:
        yield _text(name), _text(value)


def _text(said: str | bytes) -> str:
    return said.decode("latin-1") if isinstance(said, bytes) else said


def _log(fault: Fault) -> None:
    import logging  # where everything can be read nobody pays for it

    logging.getLogger("parhelion").warning("Left out of a webhook, since it cannot be read: %s", fault.place)
