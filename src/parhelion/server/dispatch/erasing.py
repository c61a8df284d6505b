"""What was told and answered about what is gone: events and what became of them, remembered answers, names in messages.

    a mark that is due  ->  answers  ->  for a person, messages of theirs  ->  events, some at a time  ->  done
                                                                               | something is still to be told: later

Each step is a write of its own under a guard. A mark says how far its events have come; what comes before them is
quickly gone through again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress

from .. import rows
from ..ports import Clock, Database, Refused, Write, milliseconds, passes
from ..rows.answered import REMEMBERED
from ..rules.erasing import LAST_WORDS, Erasure, answer_after, event_after, message_after

log = logging.getLogger("parhelion.erasing")
SEVERAL = 100  # marks that are found at once


class Erasing:
    """The work of one process. Others may be at it, too."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def once(self) -> None:
        """All that is due."""
        while found := await rows.erasures.due_by(self._database, milliseconds(self._clock()), SEVERAL):
            for what in found:
                try:
                    await self._erase(what)
                except Refused:
                    continue  # another process is ahead, or something of it goes anew: what is left is found again
                except Exception as trouble:  # one that cannot be done holds up no other
                    if passes(trouble):
                        raise
                    log.exception("what was told of %s could not be erased", what.conversation or what.user)
                    await self._later(what)

    async def _erase(self, what: Erasure) -> None:
        await self._answers(what)
        if what.kind == "person" and what.conversation:
            await self._messages(what)
        what, waits = await self._events(what)
        if waits:
            await self._later(what)
        else:
            await self._database.write(rows.erasures.done(what))

    async def _later(self, what: Erasure) -> None:
        with suppress(Refused):
            await self._database.write(rows.erasures.again(what, milliseconds(self._clock())))

    async def _answers(self, what: Erasure) -> None:
        first, last = (milliseconds(each + REMEMBERED) for each in what.seconds)
        at = (first, "", "")
        while found := await rows.erasures.answers(self._database, what, at, last):
            writes = list[Write]()
            for _, owner, key, stored in found:
                before = bytes(stored)
                if (after := answer_after(before, what) or b"") != before:
                    writes.append(rows.erasures.reword(owner, key, before, after))
            await self._all(writes)
            at = (found[-1][0], found[-1][1], found[-1][2])

    async def _messages(self, what: Erasure) -> None:
        app, conversation, come = what.app, what.conversation, ""
        while (last := await rows.gone.up_to(self._database, app, conversation, come)) is not None:
            found = [(id, bytes(body)) for id, body in await rows.erasures.said(self._database, what, come, last)]
            told = ((id, before, message_after(before, what.user)) for id, before in found)
            await self._all(rows.erasures.resay(app, conversation, *each) for each in told if each[1] != each[2])
            come = last

    async def _events(self, what: Erasure) -> tuple[Erasure, bool]:
        """How far it has come, and whether any of it is still to be told."""
        waits = False
        while found := await rows.erasures.events(self._database, what, what.swept):
            writes = list[Write]()
            webhooks = await rows.erasures.webhooks(self._database, what.app)
            for _, position, type, stored in found:
                before = bytes(stored)
                after = event_after(before, what)
                if after == before:
                    continue
                if type in LAST_WORDS and await rows.erasures.is_still_told(self._database, position, webhooks):
                    waits = True
                elif after is None:
                    writes.append(rows.erasures.untell(what.app, position, webhooks))
                else:
                    writes.append(rows.erasures.retell(what.app, position, before, after, webhooks))
            await self._all(writes)
            await self._database.write(rows.erasures.advance(what, found[-1][0]))
            what = what._replace(swept=found[-1][0])
        return what, waits

    async def _all(self, writes: Iterable[Write]) -> None:
        """In one commit, as a rule. What another process has changed is looked at again."""
        for outcome in await asyncio.gather(*map(self._database.write, writes), return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome
