"""Sending to webhooks what was told in commits.

    bell "deliver" | the earliest next_at | a poll  ->  look: which lanes have something due?  ->  a task for each lane:

        lease -> the next that is due -> post -> done | later | failed -> ... until nothing is due -> release

- A lane is one webhook's, and a part of its conversations. What is in it is sent one after another, so a conversation
  is heard in its order as long as its receiver answers; what failed waits, and what comes after it does not.
- A lane belongs to whoever holds its lease, so several processes on one store share the work. What a process that died
  was at is taken over when its lease runs out. So nothing is lost, and something may arrive twice: receivers know an
  event by its id.
- Nobody waits for somebody else's receiver: each lane is its own task, and a webhook gets only as many lanes as it
  leaves free for others. One whose receiver failed gets one attempt at a time, whatever its lane, until one arrives.
- A delivery is judged when it is sent: where to, how much is told, whether its webhook and its app are still there.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

import msgspec

from ...wire import Webhook
from ...wire.reading import decoder
from .. import rows
from ..ports import DELIVER, Clock, Database, Refused, Unavailable, milliseconds
from ..rules.events import as_told
from ..rules.retries import FINAL, arrived, next_attempt
from ..rules.signing import headers_for
from ..rules.targets import place_of
from ..vault import Vault
from .posting import Answer, Poster

log = logging.getLogger("parhelion.webhooks")
POLL = 5.0  # seconds: what other processes have left is seen then
REST = 0.005  # seconds at least between two looks
SHARE = 10  # a look is followed by a rest so many times as long
OPEN = 400  # lanes at the same time, as each has a socket
GRACE = 5.0  # seconds that posts under way have when it is closed
HEADERS = 4096  # characters of an answer's headers that are kept


class _Due(NamedTuple):
    """As of rows.deliveries.next_due."""

    webhook: str
    position: int
    app: str
    attempts: int
    event: str | None
    type: str | None
    body: bytes | None


class Webhooks:
    """The worker. `run` for ever, or `once` until nothing is due by the clock; then `close`."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        poster: Poster,
        *,
        dice: Callable[[], float] = random.random,
        who: str | None = None,
        lease: float = 15.0,
    ) -> None:
        """`dice`: 0 to 1. `who`: holds the leases, no two may be the same. `lease`: seconds one is good for."""
        self._database, self._vault, self._clock, self._poster = database, vault, clock, poster
        self._dice, self._who, self._lease = dice, who or secrets.token_hex(8), lease
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._working: Counter[str] = Counter()  # lanes at work of a webhook
        self._leased: dict[str, int] = {}  # until when a lane is ours for certain
        self._ill: dict[str, str] = {}  # webhooks whose last attempt failed -> the lane that it was in
        self._wary: dict[str, int] = {}  # lanes that something of ours went wrong with -> when to try again
        self._wake = asyncio.Event()
        self._renewing: asyncio.Task[None] | None = None
        self._closing = False

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        listening = asyncio.create_task(self._listen())
        try:
            while True:
                self._wake.clear()
                began = loop.time()
                try:
                    seconds = await self._look()
                except Exception as trouble:  # noqa: BLE001 - whatever it is, it is told and tried again
                    _tell("could not look for deliveries", trouble)
                    await asyncio.sleep(POLL)
                    continue
                await asyncio.sleep(max(REST, SHARE * (loop.time() - began)))
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._wake.wait()
        finally:
            listening.cancel()

    async def once(self) -> None:
        """Do all that is due, but for the lanes that somebody else is at."""
        while True:
            await self._look()
            if not self._lanes:
                return
            await asyncio.wait(self._lanes.values(), return_when=asyncio.FIRST_COMPLETED)

    async def close(self) -> None:
        """Begin nothing new, wait a moment for what is under way, and leave all lanes to others."""
        self._closing = True
        if working := list(self._lanes.values()):
            await asyncio.wait(working, timeout=GRACE)
        if self._renewing is not None:
            working.append(self._renewing)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        try:
            await self._database.write(rows.deliveries.release_all(self._who))
        except Exception as trouble:  # noqa: BLE001 - then they run out
            _tell("the leases could not be given back", trouble)

    async def _listen(self) -> None:
        while True:
            if await self._database.bell(DELIVER, POLL):
                self._wake.set()

    async def _look(self) -> float:
        """Start what may be started. Answers after how many seconds there is more to do, bell or no bell."""
        now = milliseconds(self._clock())
        soonest = now + milliseconds(POLL)
        self._wary = {lane: until for lane, until in self._wary.items() if until > now}
        due: defaultdict[str, list[str]] = defaultdict(list)
        for lane, next_at, by, until in await rows.deliveries.lanes(self._database):
            if lane in self._lanes:
                continue
            at = max(next_at, self._wary.get(lane, 0), 0 if by in (None, self._who) else until)
            if at > now:
                soonest = min(soonest, at)
            else:
                due[_webhook_of(lane)].append(lane)
        for webhook, lanes in due.items():
            last = self._ill.get(webhook)  # lanes of one that is ill take turns
            for lane in lanes if last is None else [_after(last, lanes)]:
                if self._may_start(webhook):
                    self._start(lane, webhook)
        return max(0.0, (soonest - now) / 1000)

    def _may_start(self, webhook: str) -> bool:
        several = self._working[webhook]
        if self._closing or (several and webhook in self._ill):
            return False
        return several < OPEN - len(self._lanes)

    def _start(self, lane: str, webhook: str) -> None:
        self._working[webhook] += 1
        self._lanes[lane] = task = asyncio.create_task(self._work(lane, webhook))
        task.add_done_callback(partial(self._ended, lane, webhook))
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew())

    def _ended(self, lane: str, webhook: str, _: asyncio.Task[None]) -> None:
        del self._lanes[lane]
        self._leased.pop(lane, None)
        self._working[webhook] -= 1
        self._working += Counter()  # without those that have none
        self._wake.set()  # something may have come while the lane was on its way out

    async def _renew(self) -> None:
        while self._lanes:
            await asyncio.sleep(self._lease / 3)
            until = milliseconds(self._clock() + self._lease)
            try:
                held = await self._database.write(rows.deliveries.renew(self._who, until))
            except Exception as trouble:  # noqa: BLE001 - the same
                _tell("leases could not be renewed", trouble)
                continue
            self._leased |= {lane: until for [lane] in held if lane in self._leased}

    async def _work(self, lane: str, webhook: str) -> None:
        now = self._clock()
        until = milliseconds(now + self._lease)
        try:
            with suppress(Refused):  # somebody was faster
                await self._database.write(rows.deliveries.lease(lane, self._who, milliseconds(now), until))
                self._leased[lane] = until
            if lane not in self._leased:
                return
            with suppress(Refused):  # the lane is another's by now, or what was at hand is not what it was: look again
                while not self._closing and self._leased[lane] > (at := milliseconds(self._clock())):
                    found = await rows.deliveries.next_due(self._database, lane, at)
                    if found is None:
                        break
                    await self._deliver(lane, _Due(*found))
                    if webhook in self._ill:
                        break
            await self._database.write(rows.deliveries.release(lane, self._who))
        except Exception as trouble:  # noqa: BLE001 - the same; other lanes go on
            _tell(f"lane {lane} could not be worked at", trouble)
            self._wary[lane] = milliseconds(self._clock() + POLL)

    async def _deliver(self, lane: str, due: _Due) -> None:
        """One attempt, and what came of it. `Refused` when the lane is not ours any more."""
        deliveries, database = rows.deliveries, self._database
        stored = await deliveries.webhook(database, due.app, due.webhook)
        if stored is None or due.event is None:
            if stored is None:
                self._ill.pop(due.webhook, None)
            await database.write(deliveries.done(due.webhook, due.position, lane, self._who))
            return
        webhook: Webhook = decoder(Webhook).decode(stored)
        answer = await self._post(due, webhook)
        if arrived(answer.status):
            self._ill.pop(due.webhook, None)
            await database.write(deliveries.done(due.webhook, due.position, lane, self._who))
            return
        if answer.status not in FINAL:  # otherwise it is well, and has said no
            self._ill[due.webhook] = lane
        attempts, now, said = due.attempts + 1, self._clock(), _said(answer)
        wait = next_attempt(attempts, answer.status, self._dice())
        if wait is not None:
            at = milliseconds(now + wait)
            await database.write(deliveries.later(due.webhook, due.position, lane, self._who, attempts, at, said))
            return
        await database.write(
            deliveries.failed(due.webhook, due.position, lane, self._who, attempts, milliseconds(now), said)
        )
        log.warning(
            "%s %s is given up: webhook %s at %s has not taken it, attempt %d: %s",
            due.type,
            due.event,
            due.webhook,
            _origin(webhook.target),
            attempts,
            answer.status or answer.error,
        )

    async def _post(self, due: _Due, webhook: Webhook) -> Answer:
        """What cannot even be sent counts as an attempt, so that it does not stand in the way for ever."""
        event, body = due.event or "", due.body or b""
        try:
            told = as_told(
                body, full_user=bool(webhook.include_full_user), full_source=bool(webhook.include_full_source)
            )
            sent = b'{"app":{"id":%b},"webhook":{"id":%b,"version":%b},"events":[%b]}' % (
                *map(msgspec.json.encode, (due.app, due.webhook, webhook.version)),
                told,
            )
            secret = self._vault.webhook_secret(due.webhook)
            headers = headers_for(secret, event, int(self._clock()), sent)
            return await self._poster.post(webhook.target, headers, sent)
        except Exception:
            log.exception("%s %s could not be sent to webhook %s", due.type, event, due.webhook)
            return Answer(None, [], b"", "the server could not send it", 0.0)


def _after(last: str, lanes: list[str]) -> str:
    """The next of some lanes, round and round."""
    return min(lanes, key=lambda lane: (lane <= last, lane))


def _webhook_of(lane: str) -> str:
    return lane.rpartition(":")[0]


def _origin(target: str) -> str:
    """Where a target is, without its path and query: they may hold secrets."""
    try:
        place = place_of(target)
    except ValueError:
        return "a bad address"
    return f"{place.scheme}://{place.authority}"


def _said(answer: Answer) -> bytes:
    """An answer as it is kept."""
    headers, left = list[tuple[str, str]](), HEADERS
    for name, value in answer.headers:
        left -= len(name) + len(value)
        if left < 0:
            break
        headers.append((name, value))
    return msgspec.json.encode(
        {
            "status": answer.status,
            "headers": headers,
            "body": answer.body.decode(errors="replace"),
            "error": answer.error,
            "seconds": round(answer.seconds, 3),
        }
    )


def _tell(what: str, trouble: Exception) -> None:
    """Trouble that passes is a line; anything else has its traceback."""
    if isinstance(trouble, Unavailable):
        log.warning("%s: %s", what, trouble)
    else:
        log.error("%s", what, exc_info=trouble)
