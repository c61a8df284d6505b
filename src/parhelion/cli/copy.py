"""parhelion copy: a store into another database, its attachments to another place."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

from ..server.assemble import Store, media_of, tables_of, unopened
from ..server.databases import migrations
from ..server.databases.copying import Tables, copy as copy_rows
from ..server.media.bucket import Bucket
from ..server.media.copying import copy as copy_files
from ..server.ports import Unavailable, UnusableStore
from ..server.rows import master_key
from .progress import Progress


def copy(source: Store, target: Store | None, media: tuple[Path | Bucket, Path | Bucket] | None) -> int:
    """Rows to `target`, if any, and attachments from one place to the other, if any."""
    if target is not None and source.rows == target.rows:
        raise ValueError("--from and --to are the same")
    if media is not None and media[0] == media[1]:
        raise ValueError("--media-from and --media-to are the same")
    try:
        return asyncio.run(_copy(source, target, media))
    except Unavailable as trouble:
        raise OSError(f"{trouble}. What was copied is kept: run this again") from None


async def _copy(source: Store, target: Store | None, media: tuple[Path | Bucket, Path | Bucket] | None) -> int:
    progress = Progress()
    version = max(migrations.names())
    async with AsyncExitStack() as open_:
        open_.callback(progress.end)  # so that what went wrong is told on a line of its own
        async with unopened(source) as rows:
            if not (found := (await rows.shape()).version):
                raise UnusableStore(f"{source.rows} is empty: there is nothing to copy")
            fingerprint = await master_key.fingerprint(rows) if found >= master_key.SINCE else None
            identity = fingerprint or source.rows
        here = tables_of(source, source=True)
        open_.push_async_callback(here.close)
        there: Tables | None = None
        if target is not None:
            there = await _prepared(target)
            open_.push_async_callback(there.close)
            copied = await copy_rows(here, there, version, identity, progress.told)
            progress.end()
            for each in copied:
                if each.rows:
                    print(f"{each.name:30} {each.rows:>12,} rows  {each.checksum}")
            print(f"{sum(not each.rows for each in copied)} other tables are empty on both sides.")
        missing = await _files(here, media, progress) if media is not None else 0
        if there is not None and target is not None:
            await there.finish(await here.numbers())
            _farewell(source, target)
    return 1 if missing else 0


async def _prepared(target: Store) -> Tables:
    """With tables to copy into."""
    if not target.is_there:
        target.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    elif (mark := await _mark(target)) is not None:
        return mark
    async with unopened(target, make=True) as rows:
        if not (await rows.shape()).version:
            await rows.migrate(migrations.scripts())
    return tables_of(target, source=False)


async def _mark(target: Store) -> Tables | None:
    """What a copy was begun into."""
    there = tables_of(target, source=False)
    try:
        if await there.mark() is not None:
            return there
    except BaseException:
        await there.close()
        raise
    await there.close()
    return None


async def _files(here: Tables, media: tuple[Path | Bucket, Path | Bucket], progress: Progress) -> int:
    """How many are missing in the source."""
    if isinstance(media[0], Path) and not media[0].is_dir():
        raise ValueError(f"{media[0]} is no folder: attachments are in the folder `media` of a data folder")
    if isinstance(media[1], Path):
        media[1].mkdir(mode=0o700, parents=True, exist_ok=True)
    [attachments] = [table for table in await here.tables() if table.name == "attachment"]
    total = await here.count(attachments)
    id, size = attachments.columns.index("id"), attachments.columns.index("size")

    async def files() -> AsyncIterator[list[tuple[str, int]]]:
        async for rows in here.read(attachments):
            yield [(row[id], row[size]) for row in rows]

    def told(done: int) -> None:
        progress.told("files", done, total)

    moved = await copy_files(files(), media_of(media[0]), media_of(media[1]), told)
    progress.end()
    print(f"{moved.there:,} files are at {media[1]}, compared by checksum.")
    if moved.missing:
        some = ", ".join(moved.missing[:3]) + (", ..." if len(moved.missing) > 3 else "")
        print(f"parhelion: {len(moved.missing):,} files are not at {media[0]}: {some}", file=sys.stderr)
    return len(moved.missing)


def _farewell(source: Store, target: Store) -> None:
    print(f"Everything in {source.rows} is in {target.rows}, compared by count and checksum.")
    if target.database is None:
        print(
            f"Its keys are made of the master.key it had: put that at {target.data / 'master.key'} before serving it."
        )
    elif source.database is None:
        print(f"Go on with --data {source.data} --database ...: master.key is there, and must stay with its store.")
    else:
        print("Go on with the same --data: master.key is there, and must stay with its store.")
