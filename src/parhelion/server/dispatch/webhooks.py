"""Sending to webhooks what was told in commits.

    bell "deliver" | the earliest next_at | a poll  ->  look: which lanes have something due?  ->  a task for each lane:

        lease -> the next that is due -> post -> arrived | later | failed -> ... until nothing is due -> release

- A lane is one webhook's, and a part of its conversations. What is in it is sent one after another, so a conversation
  is heard in its order as long as its receiver answers; what failed waits, and what comes after it does not.
- A lane belongs to whoever holds its lease, so several processes on one store share the work. What a process that died
  was at is taken over when its lease runs out. So nothing is lost, and something may arrive twice: receivers know an
  event by its id.
- Nobody waits for somebody else's receiver: each lane is its own task. An app gets only as many lanes as it leaves free
  for others, and so does a webhook of what its app may have. Who had no turn for the longest time has the next one.
- One whose receiver failed gets one attempt at a time, whatever its lane, until one arrives. It comes after those that
  are well, and all such webhooks of an app together get no more than one that is well; and of all apps, half.
- What came of an attempt and cannot be written down, for a full disk, is kept in memory and written first of all later.
- What we could not send ourselves is no attempt: it is tried again, and counts only after as long as attempts take.
  What cannot even be put together counts at once.
- A lease or a next attempt that is further ahead than any can be is from before the clock was set back, and is over.
- A delivery is judged when it is sent: where to, how much is told, whether its webhook and its app are still there.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import NamedTuple

import msgspec

from ...wire import Webhook, instant
from ...wire.reading import decoder
from .. import rows
from ..ports import DELIVER, UNWATCHED, Clock, Database, Refused, Tally, Unavailable, Watch, Write, milliseconds, passes
from ..rows.deliveries import PAGE
from ..rules.events import envelope
from ..rules.retries import FINAL, arrived, next_attempt
from ..rules.signing import headers_for
from ..rules.statistics import ARRIVED, GIVEN_UP, PUT_OFF, took
from ..rules.targets import place_of
from ..seldom import Seldom
from ..vault import Vault
from .posting import Answer, Poster

log = logging.getLogger("parhelion.webhooks")
POLL = 5.0  # seconds: what other processes have left is seen then
REST = 0.005  # seconds at least between two looks
SHARE = 10  # a look is followed by a rest so many times as long
OPEN = 400  # lanes at the same time, as each has a socket
GRACE = 5.0  # seconds that posts under way have when it is closed
LONGEST = 60.0  # seconds: no lease is good for longer, and clocks may differ a little
AHEAD = 15 * 60.0  # seconds: no next attempt is further ahead
UNSENT = 10 * 60.0  # seconds: as long as all attempts of a delivery take
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


class _Lane(NamedTuple):
    """A lane in which something is due."""

    name: str
    webhook: str
    app: str
    late: str | None = None  # who holds it by a lease that is further ahead than any can be
    until: int = 0  # what is due in it, when that is further ahead than it can be


@dataclass(slots=True)
class Did:
    """How many attempts came to what end."""

    arrived: int = 0
    later: int = 0
    failed: int = 0  # and was the last


class Webhooks:
    """The worker. `run` for ever, or `once` until nothing is due by the clock; then `close`."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        poster: Poster,
        tally: Tally,
        *,
        dice: Callable[[], float] = random.random,
        who: str | None = None,
        lease: float = 15.0,
        pulse: Clock | None = None,
        everywhere: bool = False,
        watch: Watch = UNWATCHED,
    ) -> None:
        """`dice`: 0 to 1. `who`: holds the leases, no two may be the same. `lease`: seconds one is good for. `pulse`:
        what signatures are dated by, when that is not the clock: who receives them knows the real time only.
        `everywhere`: what other processes leave to be sent is heard of, too.
        """
        self.did = Did()
        self._everywhere, self._tally, self._watch = everywhere, tally, watch
        self._pulse = pulse or clock
        self._database, self._vault, self._clock, self._poster = database, vault, clock, poster
        self._dice, self._who, self._lease = dice, who or secrets.token_hex(8), lease
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._working: dict[str, _Lane] = {}  # the same lanes
        self._of_webhook: Counter[str] = Counter()  # how many of them
        self._of_app: Counter[str] = Counter()
        self._turns: dict[str, None] = {}  # webhooks that wait; who had its turn last is the last
        self._leased: dict[str, int] = {}  # until when a lane is ours for certain
        self._ill: dict[str, str] = {}  # webhooks whose last attempt failed -> the lane that it was in
        self._wary: dict[str, int] = {}  # lanes that something of ours went wrong with -> when to try again
        self._unwritten: dict[str, tuple[Write, str, *tuple[str, ...]]] = {}  # by lane: see `_note`
        self._waits = Seldom(log, "deliveries wait")
        self._unsent: dict[tuple[str, int], int] = {}  # deliveries that we could not send ourselves -> since when
        self._wake = asyncio.Event()
        self._renewing: asyncio.Task[None] | None = None
        self._closing = False

    async def run(self) -> None:
        listening = asyncio.create_task(self._listen())
        try:
            while True:
                self._wake.clear()
                try:
                    seconds, took = await self._look()
                except Exception as trouble:  # noqa: BLE001 - whatever it is, it is told and tried again
                    self._tell("could not look for deliveries", trouble)
                    await asyncio.sleep(POLL)
                    continue
                await asyncio.sleep(max(REST, SHARE * took))
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._wake.wait()
        finally:
            listening.cancel()

    async def once(self) -> None:
        """Do all that is due, but for the lanes that somebody else is at."""
        while True:
            self._wake.clear()
            await self._look()
            if not self._lanes:
                if self._wake.is_set():  # a lane ended while others were looked at
                    continue
                return
            await asyncio.wait(self._lanes.values(), return_when=asyncio.FIRST_COMPLETED)

    async def begin(self) -> None:
        """Begin all that is due, beside `run`. Answers when it has been begun."""
        await self._look()

    async def settled(self) -> None:
        """As `once`, beside `run`."""
        try:
            await self.once()
        finally:
            self._wake.set()  # what woke `once` was perhaps meant for `run`

    async def close(self, *, at_once: bool = False) -> None:
        """Begin nothing new, wait a moment for what is under way, and leave all lanes to others.

        `at_once`: what is under way is broken off without that moment.
        """
        self._closing = True
        if working := list(self._lanes.values()):
            await asyncio.wait(working, timeout=0 if at_once else GRACE)
        if self._renewing is not None:
            working.append(self._renewing)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        try:
            await self._database.write(rows.deliveries.release_all(self._who))
        except Exception as trouble:  # noqa: BLE001 - then they run out
            self._tell("the leases could not be given back", trouble)

    async def _listen(self) -> None:
        while True:
            if await self._database.bell(DELIVER, POLL, everywhere=self._everywhere):
                self._wake.set()

    async def _look(self) -> tuple[float, float]:
        """Start what may be started, a page of lanes at a time: others have their turn between two.

        Answers after how many seconds there is more to do, bell or no bell; and how many it took, but for those turns.
        """
        began = perf_counter()  # the time of some loops stands still while they are held up
        now, took, last, full = milliseconds(self._clock()), 0.0, "", True
        soonest = now + milliseconds(POLL)
        waiting, due = set[str](), dict[str, list[_Lane]]()
        poll, ahead, longest = (now + milliseconds(seconds) for seconds in (POLL, AHEAD, LONGEST))
        self._wary = {lane: until for lane, until in self._wary.items() if now < until <= poll}
        while full:
            found = await rows.deliveries.lanes(self._database, last, PAGE)
            for name, next_at, by, until, app in found:
                webhook = _webhook_of(name)
                waiting.add(webhook)
                if name in self._lanes:
                    continue
                held, wrong = by not in (None, self._who), next_at > ahead
                late = held and until > longest
                at = max(0 if wrong else next_at, self._wary.get(name, 0), until if held and not late else 0)
                if at > now:
                    soonest = min(soonest, at)
                else:
                    lane = _Lane(name, webhook, app, by if late else None, next_at if wrong else 0)
                    due.setdefault(webhook, []).append(lane)
            if full := len(found) == PAGE:
                last = found[-1][0]
                took += perf_counter() - began
                await asyncio.sleep(0)
                began = perf_counter()
        self._start_some(due)
        self._ill = {webhook: lane for webhook, lane in self._ill.items() if webhook in waiting}
        self._turns = {webhook: None for webhook in self._turns if webhook in waiting}
        self._unwritten = {lane: left for lane, left in self._unwritten.items() if _webhook_of(lane) in waiting}
        self._unsent = {it: since for it, since in self._unsent.items() if it[0] in waiting}
        return max(0.0, (soonest - now) / 1000), took + perf_counter() - began

    def _start_some(self, due: dict[str, list[_Lane]]) -> None:
        """Of the lanes of webhooks in which something is due. Those of one that is ill take turns."""
        ill = Counter(lane.app for lane in self._working.values() if lane.webhook in self._ill)
        self._turns |= {webhook: None for webhook in due if webhook not in self._turns}
        in_turn = [webhook for webhook in self._turns if webhook in due]
        for webhook in sorted(in_turn, key=self._ill.__contains__):
            if len(self._lanes) >= OPEN:
                break
            lanes = [lane for lane in due[webhook] if lane.name not in self._lanes]
            last = self._ill.get(webhook)
            for lane in lanes if last is None or not lanes else [_after(last, lanes)]:
                if not self._may_start(lane, ill):
                    break
                self._start(lane)
                if last is not None:
                    ill[lane.app] += 1

    def _may_start(self, lane: _Lane, ill: Counter[str]) -> bool:
        """`ill`: how many lanes the webhooks of an app have that are ill."""
        several = self._of_webhook[lane.webhook]
        if lane.webhook in self._ill:
            if several or 2 * ill.total() >= OPEN:
                return False
            several = ill[lane.app]
        room = OPEN - len(self._lanes) - self._of_app[lane.app]  # twice what the app may still have
        return not self._closing and 2 * several < room

    def _start(self, lane: _Lane) -> None:
        self._of_webhook[lane.webhook] += 1
        self._of_app[lane.app] += 1
        self._turns.pop(lane.webhook, None)
        self._turns[lane.webhook] = None
        self._working[lane.name] = lane
        self._lanes[lane.name] = task = asyncio.create_task(self._work(lane))
        task.add_done_callback(partial(self._ended, lane))
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew())

    def _ended(self, lane: _Lane, _: asyncio.Task[None]) -> None:
        del self._lanes[lane.name], self._working[lane.name]
        self._leased.pop(lane.name, None)
        for counted, it in ((self._of_webhook, lane.webhook), (self._of_app, lane.app)):
            counted[it] -= 1
            if not counted[it]:
                del counted[it]
        self._wake.set()  # something may have come while the lane was on its way out

    async def _renew(self) -> None:
        while self._lanes:
            await asyncio.sleep(self._lease / 3)
            until = milliseconds(self._clock() + self._lease)
            try:
                held = await self._database.write(rows.deliveries.renew(self._who, until))
            except Exception as trouble:  # noqa: BLE001 - the same
                self._tell("leases could not be renewed", trouble)
                continue
            self._leased |= {lane: until for [lane] in held if lane in self._leased}

    async def _work(self, this: _Lane) -> None:
        lane, now, beyond = this.name, self._clock(), this.until
        until = milliseconds(now + self._lease)
        try:
            if this.late is not None:
                await self._database.write(rows.deliveries.release(lane, this.late))
            with suppress(Refused):  # somebody was faster
                await self._database.write(rows.deliveries.lease(lane, self._who, milliseconds(now), until))
                self._leased[lane] = until
            if lane not in self._leased:
                return
            if left := self._unwritten.pop(lane, None):
                with suppress(Refused):  # it was sent again by another process, or is gone
                    await self._note(lane, *left)
            with suppress(Refused):  # the lane is another's by now, or what was at hand is not what it was: look again
                while not self._closing and self._leased[lane] > (at := milliseconds(self._clock())):
                    found = await rows.deliveries.next_due(self._database, lane, max(at, beyond))
                    if found is None:
                        break
                    beyond = 0  # for one attempt
                    await self._deliver(lane, _Due(*found))
                    if this.webhook in self._ill:
                        break
            await self._database.write(rows.deliveries.release(lane, self._who))
        except Exception as trouble:  # noqa: BLE001 - the same; other lanes go on
            self._tell(f"lane {lane} could not be worked at", trouble)
            self._wary[lane] = milliseconds(self._clock() + POLL)
            with suppress(Exception):  # then the lease runs out
                await self._database.write(rows.deliveries.release(lane, self._who))

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
        sent_at = self._pulse()
        answer = await self._post(due, webhook, int(sent_at))
        said = _said(answer, sent_at)
        if arrived(answer.status):
            self._ill.pop(due.webhook, None)
            this, at = (due.app, due.webhook, due.position), milliseconds(self._clock())
            write = deliveries.arrived(*this, lane, self._who, due.attempts + 1, at, said)
            self._watch.delivered(ARRIVED, answer.seconds)
            await self._note(lane, write, due.app, ARRIVED, took(answer.seconds))
            return
        if answer.status in FINAL:  # it is well, and has said no
            self._ill.pop(due.webhook, None)
        else:
            self._ill[due.webhook] = lane
        attempts, now = due.attempts + 1, self._clock()
        wait = next_attempt(attempts, answer.status, self._dice())
        if wait is not None:
            at = milliseconds(now + wait)
            write = deliveries.later(due.webhook, due.position, lane, self._who, attempts, at, said)
            self._watch.delivered(PUT_OFF, answer.seconds)
            await self._note(lane, write, due.app, PUT_OFF)
            return
        write = deliveries.failed(due.webhook, due.position, lane, self._who, attempts, milliseconds(now), said)
        self._watch.delivered(GIVEN_UP, answer.seconds)
        await self._note(lane, write, due.app, GIVEN_UP)
        log.warning(
            "%s %s is given up: webhook %s at %s has not taken it, attempt %d: %s",
            due.type,
            due.event,
            due.webhook,
            _origin(webhook.target),
            attempts,
            answer.status or answer.error,
        )

    async def _note(self, lane: str, write: Write, app: str, *counts: str) -> None:
        """Write down what came of an attempt, and count it. What cannot be written now is kept, and written before the
        lane's next attempt: a disk that is full is no reason to send it again.
        """
        try:
            await self._database.write(write)
        except Unavailable:
            self._unwritten[lane] = (write, app, *counts)
            raise
        for name in counts:
            self._tally.count(app, name)
        self.did.arrived += ARRIVED in counts
        self.did.later += PUT_OFF in counts
        self.did.failed += GIVEN_UP in counts

    def _tell(self, what: str, trouble: Exception) -> None:
        """Trouble that passes is a line, and once in a while; anything else has its traceback."""
        if passes(trouble):
            self._waits.count(str(trouble) or type(trouble).__name__)
        else:
            log.error("%s", what, exc_info=trouble)

    async def _post(self, due: _Due, webhook: Webhook, seconds: int) -> Answer:
        """Raises what keeps us from sending; but not for ever, so that it does not stand in the way of others."""
        event, body = due.event or "", due.body or b""
        nothing = Answer(None, [], b"", "the server could not send it", 0.0)
        try:
            sent = envelope(due.app, webhook, body)
            headers = headers_for(self._vault.webhook_secret(due.webhook), event, seconds, sent)
        except Exception:
            log.exception("%s %s could not be put together for webhook %s", due.type, event, due.webhook)
            return nothing
        this = (due.webhook, due.position)
        sending = self._watch.sending(due.app, due.webhook, event, due.type or "", _origin(webhook.target))
        try:
            answer = await self._poster.post(webhook.target, {**headers, **sending.headers}, sent, due.app)
        except Exception:
            sending.over(None)
            now = milliseconds(self._clock())
            since = self._unsent.setdefault(this, now)
            if 0 <= now - since < milliseconds(UNSENT):
                raise
            log.exception("%s %s could not be sent to webhook %s", due.type, event, due.webhook)
            return nothing
        sending.over(answer.status)
        self._unsent.pop(this, None)
        return answer


def _after(last: str, lanes: list[_Lane]) -> _Lane:
    """The next of some lanes, round and round."""
    return min(lanes, key=lambda lane: (lane.name <= last, lane.name))


def _webhook_of(lane: str) -> str:
    return lane.rpartition(":")[0]


def _origin(target: str) -> str:
    """Where a target is, without its path and query: they may hold secrets."""
    try:
        place = place_of(target)
    except ValueError:
        return "a bad address"
    return f"{place.scheme}://{place.authority}"


def _said(answer: Answer, sent_at: float) -> bytes:
    """An answer as it is kept, to what was sent then."""
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
            "seconds": answer.seconds,
            "sentAt": instant(milliseconds(sent_at)),
        }
    )
