"""Putting the server together: the only file that knows every room.

DIR/
parhelion.db        messages and all else that is not a file (SQLite)
media/              attachments
master.key          what the keys' secrets are made of: keep it as safe as the database, and apart from it
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from .commands import Engines, handlers
from .databases import migrations
from .databases.sqlite import Sqlite
from .dispatch.afterwards import Afterwards
from .dispatch.posting import Poster
from .dispatch.stream import Stream
from .dispatch.webhooks import Webhooks
from .http import Application
from .ids import Ids
from .media.directory import Directory
from .ports import Clock, UnusableStore
from .rules.targets import OUTSIDE, Reach
from .vault import Vault


@asynccontextmanager
async def engines(data: Path, clock: Clock = time.time, reach: Reach = OUTSIDE) -> AsyncGenerator[Engines]:
    """The engines over a data folder, made when it does not exist. Any number of processes may have it open."""
    vault = await asyncio.to_thread(_prepared, data)
    database = Sqlite(data / "parhelion.db")
    try:
        await database.migrate(migrations.scripts())
        yield Engines(database, Directory(data / "media"), clock, Ids(clock), vault, Stream(database, clock), reach)
    finally:
        await database.close()


@asynccontextmanager
async def serving(
    data: Path, public_url: str | None = None, clock: Clock = time.time, reach: Reach = OUTSIDE
) -> AsyncGenerator[Application]:
    """The application at work: engines open, what a crash left behind settled, what comes after commits done, and
    events on their way to webhooks and to who listens. `reach`: which targets webhooks may have beside those on the
    outside.
    """
    async with engines(data, clock, reach) as opened:
        afterwards = Afterwards(opened.database, opened.media, clock)
        await afterwards.settle()
        poster = Poster(reach)
        webhooks = Webhooks(opened.database, opened.vault, clock, poster)
        work = [asyncio.create_task(each.run()) for each in (afterwards, webhooks, opened.live)]
        try:
            yield Application(handlers, opened, public_url=public_url)
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await webhooks.close()
            await poster.close()


def _prepared(data: Path) -> Vault:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    key, store = data / "master.key", data / "parhelion.db"
    if store.exists() and not key.exists():
        raise UnusableStore(f"{key} is missing, and without it no key of this store works: put it back")
    return Vault.at(key)
