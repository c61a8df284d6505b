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
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from .commands import Engines, handlers
from .databases import migrations
from .databases.sqlite import Sqlite
from .dispatch.afterwards import Afterwards
from .http import Application
from .ids import Ids
from .media.directory import Directory
from .ports import Clock, UnusableStore
from .vault import Vault


@asynccontextmanager
async def engines(data: Path, clock: Clock = time.time) -> AsyncGenerator[Engines]:
    """The engines over a data folder, made when it does not exist. Any number of processes may have it open."""
    vault = await asyncio.to_thread(_prepared, data)
    database = Sqlite(data / "parhelion.db")
    try:
        await database.migrate(migrations.scripts())
        yield Engines(database, Directory(data / "media"), clock, Ids(clock), vault)
    finally:
        await database.close()


@asynccontextmanager
async def serving(data: Path, public_url: str | None = None, clock: Clock = time.time) -> AsyncGenerator[Application]:
    """The application at work: engines open, what a crash left behind settled, and what comes after commits done."""
    async with engines(data, clock) as opened:
        afterwards = Afterwards(opened.database, opened.media, clock)
        await afterwards.settle()
        work = asyncio.create_task(afterwards.run())
        try:
            yield Application(handlers, opened, public_url=public_url)
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work


def _prepared(data: Path) -> Vault:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    key, store = data / "master.key", data / "parhelion.db"
    if store.exists() and not key.exists():
        raise UnusableStore(f"{key} is missing, and without it no key of this store works: put it back")
    return Vault.at(key)
