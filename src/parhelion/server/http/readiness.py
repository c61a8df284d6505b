"""/healthz: whether the process answers. /readyz: whether requests are to be sent here, and what is wrong if anything.

    leaving                               503   it is about to stop: whoever asks somewhere else loses nothing
    a part in trouble, beyond patience    503   it is this server's own, or nobody has done without it for so long
    a part in trouble, within patience    200   with a line for it: requests are answered meanwhile
    no room left, or read only            200   with a line for it: whoever reads is answered all the same
    none                                  200

    part         what is asked                                                                           patience
    store        is it read; if the last write failed, is another one possible                  none: a file
                                                                                         30 s: a PostgreSQL
    media        a file is written and removed again; or the bucket is asked            none: a folder
                                                                                         for ever: a bucket
    bus          are bells of other servers heard: without, all is told late, and told           for ever
    migrations   has the store become one that takes a newer program                             none

What servers share takes none of them out at once: they would all go together, and a failover that requests wait out
would be an outage. Who wants to know of any trouble asks `/readyz?strict`: 503 at once. See docs/decisions/0025.

A part that does not answer for two seconds is in trouble. None is asked more than once a second, however many ask here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from math import inf
from time import monotonic
from typing import NamedTuple

from ..ports import Clock, Database, Full, Media, ReadOnly, Unavailable
from .pages import NO_STORE, TEXT, Asked, Shown

PATH, HEALTH = "/readyz", "/healthz"
STRICT = b"strict"
FRESH = 1.0  # seconds
DEADLINE = 2.0  # seconds
JSON = (b"content-type", b"application/json; charset=utf-8")
Check = Callable[[], Awaitable[None]]  # or `Unavailable`


class Part(NamedTuple):
    """Something that requests need."""

    check: Check
    patience: Callable[[], float]  # seconds for which requests do without it


class Trouble(NamedTuple):
    """What is wrong with it."""

    words: str
    reads: bool = False  # whoever only reads is answered all the same


class Readiness:
    """Asks the parts of a server."""

    def __init__(
        self, database: Database, media: Media, newest: int, pulse: Clock = monotonic, deadline: float = DEADLINE
    ) -> None:
        """`newest`: the last version of a store that this program knows. `pulse`: what patience goes by."""
        self._database, self._newest, self._pulse, self._deadline = database, newest, pulse, deadline
        self._parts = {
            "store": Part(self._store, lambda: database.patience),
            "media": Part(media.check, lambda: media.patience),
            "bus": Part(self._bus, lambda: inf),
            "migrations": Part(self._migrations, lambda: 0.0),
        }
        self._oldest = 0  # the version that the store asks for
        self._troubles: dict[str, Trouble] = {}
        self._since: dict[str, float] = {}
        self._asked = -inf
        self._asking: asyncio.Task[None] | None = None

    async def readyz(self, asked: Asked) -> Shown:
        asked.only("GET", "HEAD")
        if self._asking is None and not self._asked <= self._pulse() < self._asked + FRESH:
            self._asking = asyncio.create_task(self._ask())
            self._asking.add_done_callback(self._answered)
        if self._asking is not None:
            await asyncio.shield(self._asking)
        now, strict = self._pulse(), asked.query == STRICT
        out = [name for name in self._troubles if strict or self._is_out(name, now)]
        word = "leaving" if asked.leaving else "not ready" if out else "ready"
        status = 200 if word == "ready" else 503
        told = {name: trouble.words for name, trouble in self._troubles.items()}
        if b"application/json" in asked.headers.get(b"accept", b""):
            said = {"status": word, "parts": dict.fromkeys(self._parts, "ok") | told}
            return Shown(status, [JSON, NO_STORE], json.dumps(said).encode())
        lines = [word, *(f"{name}: {trouble}" for name, trouble in told.items())]
        return Shown(status, [TEXT, NO_STORE], "".join(f"{line}\n" for line in lines).encode())

    def _is_out(self, name: str, now: float) -> bool:
        return not self._troubles[name].reads and now - self._since[name] >= self._parts[name].patience()

    async def _ask(self) -> None:
        *first, last = self._parts.values()
        found = await asyncio.gather(*map(self._trouble, first))
        found.append(await self._trouble(last))  # migrations: the store has said of what shape it is
        now = self._pulse()
        self._troubles = {name: trouble for name, trouble in zip(self._parts, found, strict=True) if trouble}
        self._since = {name: self._since.get(name, now) for name in self._troubles}
        self._asked = now

    def _answered(self, _: asyncio.Task[None]) -> None:
        self._asking = None

    async def _trouble(self, part: Part) -> Trouble | None:
        try:
            async with asyncio.timeout(self._deadline):
                await part.check()
        except (Full, ReadOnly) as trouble:
            return Trouble(str(trouble), reads=True)
        except Unavailable as trouble:
            return Trouble(str(trouble))
        except TimeoutError:
            return Trouble(f"no answer within {self._deadline:g} seconds")
        except Exception as problem:  # noqa: BLE001 - whatever it is, it does not work; its words may name a place
            return Trouble(f"it failed ({type(problem).__name__})")
        return None

    async def _store(self) -> None:
        self._oldest = (await self._database.check()).oldest

    async def _migrations(self) -> None:
        if self._oldest > self._newest:
            raise Unavailable("the store has been brought to a version that takes a newer program")

    async def _bus(self) -> None:
        if not self._database.hears:
            raise Unavailable("what other servers do is heard late, at the next poll")


async def healthz(asked: Asked) -> Shown:
    """The process is there, and its loop goes round."""
    asked.only("GET", "HEAD")
    return Shown(200, [TEXT, NO_STORE], b"ok\n")
