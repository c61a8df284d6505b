"""What is left to do after a commit, done in small steps until nothing is left.

    bell "afterwards" or a minute  ->  settle uploads that were cut off  ->  end what conversations that are gone left
                                   ->  and what authors that are gone said  ->  and apps, and integrations
                                   ->  drop what webhooks that are gone were sent, or still to be
                                   ->  and what was told and answered of any of these (erasing.py)
                                   ->  clear what is kept no longer: messages, events with their deliveries, and
                                       of what has arrived all but the newest of each webhook
                                   ->  sweep messages behind their mark  ->  remove bytes of attachments that went
                                   ->  forget answers and codes whose time is up, and meters of what is full
                                   ->  and what was counted of apps long ago
                                   ->  find the words of messages that were written before there were words

Nothing of it lives in memory: a crash costs nothing but the time until the next start. Several processes may do it at
once; each step is one write, and what one has done the other does not find.
"""

from __future__ import annotations

import asyncio
import logging
from itertools import takewhile

import msgspec

from ...wire import Message
from ...wire.reading import tolerant
from .. import rows
from ..ports import AFTERWARDS, Clock, Database, Held, Media, Refused, Unavailable, Write, milliseconds, passes
from ..rules.events import KEPT
from ..rules.rates import SECOND
from ..rules.statistics import KEPT as COUNTED, MINUTE
from ..rules.words import texts_of, words_of
from ..seldom import Seldom
from .erasing import Erasing

log = logging.getLogger("parhelion.afterwards")
POLL = 60.0  # seconds
SEVERAL = 100  # at a time
PATIENCE = 3  # files in a row that cannot be removed, until those behind them wait for the next time
LOOK = 500  # conversations that are looked at before others come in between
FEW = 20  # webhooks whose arrivals are looked at before others come in between
ROUNDS = 20  # of that many messages whose words are found, until it is looked what else there is to do
LEAP = 10 * 60.0  # seconds by which a clock does not go ahead by itself
BELIEVED = 60 * 60.0  # seconds after which a clock that did is believed
LATE = 60 * 60  # seconds that events are kept beyond their time, for who is reading them; and meters, for slow clocks


class Afterwards:
    """The worker. `run` for ever, or `once` until nothing is left."""

    def __init__(
        self,
        database: Database,
        media: Media,
        clock: Clock,
        *,
        everywhere: bool = False,
        pulse: Clock | None = None,
    ) -> None:
        """`everywhere`: what other processes leave to do is heard of, too. `pulse`: seconds as they really pass, by
        which a clock is known that was set; None: the clock is believed.
        """
        self._pulse = pulse or clock
        self._seen, self._doubted = (clock(), self._pulse()), float("-inf")
        self._database, self._media, self._clock, self._everywhere = database, media, clock, everywhere
        self._waits = Seldom(log, "what is left to do waits")
        self._erasing = Erasing(database, clock)
        self._last: dict[str, float] = {}  # when it was last looked at what is kept no longer

    async def run(self) -> None:
        while True:
            await self.once()
            await self._database.bell(AFTERWARDS, POLL, everywhere=self._everywhere)

    async def once(self) -> None:
        """Do what there is to do. What cannot be done now is told, holds up nothing else, and is tried again."""
        by_age, in_doubt = {self._retain, self._expire, self._forget, self._forget_counts}, self._is_in_doubt()
        for task in (
            self.settle,
            self._end_conversations,
            self._end_authors,
            self._end_apps,
            self._end_integrations,
            self._end_webhooks,
            self._retain,
            self._erase,
            self._expire,
            self._sweep,
            self._remove,
            self._forget,
            self._forget_meters,
            self._forget_counts,
            self._read_words,
        ):
            if in_doubt and task in by_age:
                continue
            try:
                await task()
            except Exception as trouble:
                if passes(trouble):
                    self._waits.count(str(trouble) or type(trouble).__name__)
                else:
                    log.exception("%s could not be done", task.__name__.strip("_"))

    async def settle(self) -> None:
        """Uploads that were committed and then cut off are kept; those that were not are gone."""

        async def committed(id: str) -> bool:
            return await rows.attachments.find(self._database, id) is not None

        await self._media.recover(committed)

    async def _end_conversations(self) -> None:
        gone = rows.gone
        while found := await gone.conversations(self._database, SEVERAL):
            for app, conversation in found:
                while (last := await gone.up_to(self._database, app, conversation, "")) is not None:
                    await self._done(gone.messages(app, conversation, last))
                while await self._done(gone.files(app, conversation)):
                    pass
                await self._done(gone.conversation_done(app, conversation))

    async def _end_authors(self) -> None:
        gone = rows.gone
        while found := await gone.authors(self._database, SEVERAL):
            for app, conversation, user, after in found:
                come = after
                while (last := await gone.up_to(self._database, app, conversation, come)) is not None:
                    if not await self._done(gone.by_author(app, conversation, user, come, last)):
                        break  # another process is ahead: what it has left is found again
                    come = last
                else:
                    await self._done(gone.author_done(app, conversation, user, come))

    async def _end_apps(self) -> None:
        last = ""
        while found := await rows.apps.gone(self._database, last, SEVERAL):
            for app in found:
                for some in rows.apps.sweeps(app):
                    while await self._done(some):
                        pass
                await self._forget_answers(app)
                await self._done(rows.apps.swept(app))
            last = found[-1]

    async def _forget_answers(self, app: str) -> None:
        """Of a gone app. They are remembered for whoever asked, and so are looked through."""
        last = ("", "")
        while (up_to := await rows.answered.up_to(self._database, *last, LOOK)) is not None:
            await self._done(rows.answered.forget(app, *last, *up_to))
            last = up_to

    async def _end_integrations(self) -> None:
        while found := await rows.integrations.gone(self._database, SEVERAL):
            for app, integration in found:
                while await self._done(rows.integrations.sweep(app, integration)):
                    pass
                await self._done(rows.integrations.swept(app, integration))

    async def _end_webhooks(self) -> None:
        while found := await rows.deliveries.gone(self._database, SEVERAL):
            for app, webhook in found:
                while await self._done(rows.deliveries.sweep(webhook)):
                    pass
                while await self._done(rows.deliveries.forget_arrivals(app, webhook)):
                    pass
                await self._done(rows.deliveries.swept(app, webhook))

    async def _retain(self) -> None:
        """It looks at every conversation of the apps that ask for it."""
        if not self._is_time("retain"):
            return
        now = self._clock()
        for app, seconds, since in await rows.gone.retaining(self._database):
            idle, cursor = milliseconds(now) - seconds * 1000, ""
            while found := await rows.gone.activity(self._database, app, cursor, LOOK):
                for conversation, several, last in found:
                    if several and since <= last <= idle:
                        await self._done(rows.gone.expire(app, conversation, last, seconds, milliseconds(now)))
                cursor = found[-1][0]
                await asyncio.sleep(0)

    async def _erase(self) -> None:
        await self._erasing.once()

    async def _expire(self) -> None:
        """Events, then what was still to be sent of them, and leases that nobody came back for; and arrivals."""
        if not self._is_time("expire"):
            return
        now = self._clock()
        await self._expire_events(milliseconds(now - KEPT - LATE), milliseconds(now))
        for webhook in await rows.deliveries.outlived(self._database):
            while await self._done(rows.deliveries.outlive(webhook)):
                pass
        while await self._done(rows.deliveries.forget_leases(milliseconds(now - LATE), SEVERAL)):
            pass
        await self._forget_arrivals()

    async def _forget_arrivals(self) -> None:
        app = webhook = ""
        while found := await rows.deliveries.arrivals(self._database, app, webhook, FEW):
            for app, webhook, oldest, beyond, outlived in found:
                up_to = max(beyond or 0, outlived)
                if oldest is not None and oldest <= up_to:
                    while await self._done(rows.deliveries.forget_arrivals(app, webhook, up_to)):
                        pass
            await asyncio.sleep(0)

    async def _expire_events(self, before: int, now: int) -> None:
        """What is old, and what lies before it: no position says more than that it was told earlier.

            position    1  2  3  4  5  6  7  8
            made       [old   future  old] new  old    7 and 8 stay: a clock that was slow makes nobody's events old

        Events of the future were made by a clock that was fast: they are looked past, to what is known of later ones.
        """
        newest = await rows.events.times(self._database, await rows.events.newest(self._database) - 1, 1)
        cursor = 0
        while found := await rows.events.times(self._database, cursor, LOOK):
            passed = list(takewhile(lambda row: not before <= row[1] <= now, found))
            if old := [position for position, made in passed if made < before]:
                while await self._done(rows.events.expire(old[-1], SEVERAL)):
                    pass
            elif newest and newest[0][1] > now:
                break  # it is this clock that is slow, or nothing is known yet
            if len(passed) < len(found):
                break
            cursor = found[-1][0]
            await asyncio.sleep(0)

    async def _sweep(self) -> None:
        while found := await rows.messages.to_sweep(self._database, SEVERAL):
            for app, conversation in found:
                while await self._done(rows.messages.sweep(app, conversation)):
                    pass  # each step is awaited, so others come in between
                await self._done(rows.messages.swept_clean(app, conversation))

    async def _remove(self) -> None:
        last, failed = "", 0
        while found := await rows.attachments.to_remove(self._database, last, SEVERAL):
            for id in found:
                try:
                    await self._media.remove(id)
                    await self._database.write(rows.attachments.removed(id))
                    failed = 0
                except Held:
                    return
                except OSError:
                    log.exception("the bytes of attachment %s could not be removed", id)
                except Unavailable as trouble:
                    log.warning("the bytes of attachment %s could not be removed: %s", id, trouble)
                    failed += 1
                    if failed == PATIENCE:
                        return
            last = found[-1]

    async def _forget(self) -> None:
        for expire in (rows.answered.expire, rows.oauth.expire):
            while await self._done(expire(milliseconds(self._clock()), SEVERAL)):
                pass

    async def _forget_meters(self) -> None:
        if not self._is_time("forget meters", LATE):
            return
        after, before = "", int((self._clock() - LATE) * SECOND)
        while found := await rows.meters.page(self._database, after, LOOK):
            last = found[-1][0]
            if any(moment <= before for _, moment in found):
                await self._done(rows.meters.forget(after, last, before))
            after = last
            await asyncio.sleep(0)

    async def _forget_counts(self) -> None:
        if self._is_time("forget counts", LATE):
            before = int(self._clock() // MINUTE) - COUNTED
            while await self._done(rows.tally.sweep(before, SEVERAL)):
                pass

    async def _read_words(self) -> None:
        for _ in range(ROUNDS):
            found = await rows.search.unread(self._database, SEVERAL)
            writes = (rows.search.read(each[0], each[1], each[2], _words(bytes(each[3]))) for each in found)
            await asyncio.gather(*map(self._done, writes))
            if len(found) < SEVERAL:
                return
        self._database.ring(AFTERWARDS)  # others have their turn, and then it goes on

    def _is_in_doubt(self) -> bool:
        """Whether the clock was set far ahead a short while ago. It may be put right again, and what was deleted for
        seeming old would not come back.
        """
        now, pulse = self._clock(), self._pulse()
        ahead = (now - self._seen[0]) - (pulse - self._seen[1])
        self._seen = now, pulse
        if ahead > LEAP:
            self._doubted = pulse + BELIEVED
            log.warning("the clock was set %.0f seconds ahead: for an hour nothing is deleted for its age", ahead)
        elif ahead < -LEAP:
            self._doubted = pulse
        return pulse < self._doubted

    def _is_time(self, task: str, every: float = POLL) -> bool:
        """Whether to do what is done once in a while, not at every bell."""
        now, last = self._clock(), self._last.get(task)
        if last is not None and abs(now - last) < every:
            return False
        self._last[task] = now
        return True

    async def _done(self, write: Write) -> bool:
        try:
            await self._database.write(write)
        except Refused:
            return False
        return True


def _words(body: bytes) -> str:
    """Of a message; none, where it cannot be read."""
    try:
        message = tolerant(body, Message)
    except (msgspec.DecodeError, RecursionError):
        return ""
    return words_of(texts_of(message.content, message.author))
