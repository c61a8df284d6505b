"""parhelion backup: a store as it is at one moment, while it is served.

    attachments that are there now          -> DIR/media      as long as it takes; nobody waits
    removals are held                          what a client deletes from here on keeps its bytes
    rows, and the moment is their end       -> DIR/snapshots/unfinished/parhelion.db
    attachments that these rows have        -> DIR/media      the few that are new since
    removals go on
    the rows checked, a list of the files, what it is, all on the disk, renamed -> DIR/snapshots/MOMENT
    snapshots beyond --keep, and files that none of the rest has, are taken away

Where the rows are in a PostgreSQL, its own tools back them up, before this: here are the attachments of the rows as
they are now.
"""

from __future__ import annotations

import asyncio
import errno
import shutil
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from .. import __version__
from ..server.assemble import Store, fingerprint_of, media_of, tables_of, unopened
from ..server.databases import migrations, snapshot
from ..server.media.copying import SEVERAL, moved
from ..server.media.directory import Directory
from ..server.ports import Database, Media, Shape, Unavailable, UnusableStore
from ..server.rows import attachments, master_key
from . import backups
from .backups import About, Backups, Files, Rows, Snapshot, Sums, several, some_of
from .progress import Progress

PAGE = 500
PATIENCE = 10.0  # seconds for uploads whose row is committed, and which are just being put in their place
ROOM = 16 * 1024 * 1024  # bytes beside what is copied


@dataclass
class Told:
    """What became of the attachments."""

    count: int = 0
    bytes: int = 0
    missing: list[str] = field(default_factory=list[str])


def backup(store: Store, folder: Path, *, keep: int, with_key: bool, verify_all: bool) -> int:
    """Into `folder`, of which the newest `keep` are kept. `verify_all`: trust no file of an earlier one."""
    _check_apart(store, folder)
    if with_key and not store.key.is_file():
        raise ValueError(f"{store.key} is not there: --with-key puts the master key into the backup")
    try:
        return asyncio.run(_backup(store, folder, keep=keep, with_key=with_key, verify_all=verify_all))
    except KeyboardInterrupt:
        print(
            "\nparhelion: interrupted. Earlier backups are as they were; what was copied is used by the next one.",
            file=sys.stderr,
        )
        raise
    except Unavailable as trouble:
        raise OSError(f"{_reason(trouble, folder)}. Earlier backups are as they were: run this again") from None
    except OSError as trouble:
        raise OSError(f"{_reason(trouble, folder)}. Earlier backups are as they were") from trouble


async def _backup(store: Store, folder: Path, *, keep: int, with_key: bool, verify_all: bool) -> int:
    begun = time.time()
    progress = Progress()
    async with AsyncExitStack() as open_:
        open_.callback(progress.end)  # so that what went wrong is told on a line of its own
        rows = await open_.enter_async_context(unopened(store))
        shape = await rows.shape()
        if not shape.version:
            raise UnusableStore(f"{store.rows} is empty: there is nothing to back up")
        migrations.plan(shape)
        fingerprint = await master_key.fingerprint(rows) if shape.version >= master_key.SINCE else None
        if with_key and fingerprint is not None and fingerprint_of(store.key) != fingerprint:
            raise ValueError(
                f"{store.key} is not the master key of this store: put that there, or leave out --with-key"
            )
        place = open_.enter_context(Backups(folder, write=True))
        earlier = place.all()
        _check_same(earlier, fingerprint, folder)
        unfinished = place.begin()
        _check_room(store, unfinished)
        open_.callback(place.give_up)
        media = media_of(store.bucket or store.data / "media")
        copying = _Copying(rows, media, place, progress, verify_all=verify_all)
        await copying.begin()

        before, lists = unfinished / "before.sums", unfinished / backups.SUMS
        await copying.all(_now(rows), earlier[-1].sums() if earlier else Sums(None), before)
        async with media.holding():
            moment = time.time() if store.database is not None else await _rows(store, unfinished, progress)
            files = _now(rows) if store.database is not None else _of(unfinished)
            copying.patient()
            told = await copying.all(files, Sums(before), lists)
        before.unlink()
        told.missing = [id for id in told.missing if await attachments.find(rows, id) is not None]  # not just deleted
        if with_key:
            shutil.copyfile(store.key, unfinished / backups.KEY)
            (unfinished / backups.KEY).chmod(0o600)
        kept = None if store.database is not None else await _checked(store, unfinished, shape, progress)
        about = About(
            format=backups.FORMAT,
            program=__version__,
            begun=backups.rfc3339(begun),
            moment=backups.rfc3339(moment),
            ended=backups.rfc3339(time.time()),
            rows=kept,
            media=Files(await asyncio.to_thread(backups.sha256, lists), told.count, told.bytes, told.missing),
            fingerprint=fingerprint,
            has_key=with_key,
        )
        done = await asyncio.to_thread(place.finish, about)
        gone = await asyncio.to_thread(place.keep, keep, done)
        progress.end()
        _farewell(store, folder, done, copying.copied, (len(place.all()), keep, *gone))
        return 1 if told.missing else 0


class _Copying:
    """Attachments on their way into the folder. Each is read on both sides, unless an earlier snapshot says what is in
    it: what has an id is never changed.
    """

    def __init__(self, rows: Database, source: Media, place: Backups, progress: Progress, *, verify_all: bool) -> None:
        self._rows, self._source, self._target = rows, source, Directory(place.media)
        self._progress, self._verify_all = progress, verify_all
        self._until = 0.0  # others are waited for
        self.copied = 0

    async def begin(self) -> None:
        """What a backup that was cut off left on its way in goes."""

        async def committed(_: str) -> bool:
            return False

        await self._target.recover(committed)

    def patient(self) -> None:
        """From now on what is missing was not deleted: it is waited for, for a while, all together."""
        self._until = time.monotonic() + PATIENCE

    async def _is_committed(self, id: str) -> bool:
        return await attachments.find(self._rows, id) is not None

    async def all(self, files: AsyncIterator[tuple[int, list[tuple[str, int]]]], known: Sums, into: Path) -> Told:
        """All of these, (id, size) in the order of ids, some at a time, each time with how many there are. `into`: the
        list of them.
        """
        told = Told()
        with into.open("w", encoding="ascii") as lines:
            async for total, some in files:
                for at in range(0, len(some), SEVERAL):
                    now = [(id, size, known.of(id)) for id, size in some[at : at + SEVERAL]]
                    sums = await asyncio.gather(*(self._one(*each) for each in now))
                    for (id, size, _), checksum in zip(now, sums, strict=True):
                        if checksum is None:
                            told.missing.append(id)
                        else:
                            lines.write(backups.line(id, checksum))
                            told.count, told.bytes = told.count + 1, told.bytes + size
                    done = told.count + len(told.missing)
                    self._progress.told("attachments", done, max(done, total))  # others go on uploading
        self._verify_all = False  # once is enough
        return told

    async def _one(self, id: str, size: int, known: str | None) -> str | None:
        """Its checksum. None: it is not there, or not whole."""
        if known is not None and not self._verify_all and self._target.size(id) == size:
            return known
        before = self._target.size(id)
        try:
            while (checksum := await moved(self._source, self._target, id, size)) is None:
                if time.monotonic() > self._until:
                    return None
                await self._source.recover(self._is_committed)  # it may be on its way to where it stays
                await asyncio.sleep(0.02)
        except OSError as trouble:
            if trouble.errno != errno.EIO:
                raise
            return None  # the disk has lost it: the rest is all the more to be saved
        if self._target.size(id) != size:
            return None
        self.copied += before is None
        return checksum


async def _now(rows: Database) -> AsyncIterator[tuple[int, list[tuple[str, int]]]]:
    """The attachments of a store that is served, read a page at a time."""
    last, total = "", await attachments.count(rows)
    while found := await attachments.page(rows, last, PAGE):
        yield total, found
        last = found[-1][0]


async def _of(folder: Path) -> AsyncIterator[tuple[int, list[tuple[str, int]]]]:
    """Those of a store that nobody else has."""
    tables = tables_of(Store(folder), source=True)
    try:
        [table] = [each for each in await tables.tables() if each.name == "attachment"]
        id, size, total = table.columns.index("id"), table.columns.index("size"), await tables.count(table)
        async for some in tables.read(table):
            yield total, [(row[id], row[size]) for row in some]
    finally:
        await tables.close()


async def _rows(store: Store, folder: Path, progress: Progress) -> float:
    """A copy of the store's file. Answers the moment that it is of."""
    (folder / backups.ROWS).touch(0o600)  # messages are nobody else's to read
    return await snapshot.take(store.data / backups.ROWS, folder / backups.ROWS, time.time, progress.told)


async def _checked(store: Store, folder: Path, shape: Shape, progress: Progress) -> Rows:
    """What is in the copy: every page is looked at, and the file is read as it is on the disk."""
    file = folder / backups.ROWS
    progress.told("checked", 0, 1)
    await snapshot.check(file, store.data / backups.ROWS)
    tables = tables_of(Store(folder), source=True)
    try:
        counts = {table.name: await tables.count(table) for table in await tables.tables()}
    finally:
        await tables.close()
    backups.sync(file)
    checksum = await asyncio.to_thread(backups.sha256, file)
    progress.told("checked", 1, 1)
    return Rows(file.stat().st_size, checksum, shape.version, shape.oldest, counts)


def _check_apart(store: Store, folder: Path) -> None:
    data, there = store.data.resolve(), folder.resolve()
    if store.has_folder and (there == data or data in there.parents):
        raise ValueError(f"{folder} is in the data folder {store.data}: a backup belongs on another disk, or machine")


def _check_room(store: Store, folder: Path) -> None:
    """For the rows: of attachments nobody knows yet how many are new."""
    needed = sum(each.stat().st_size for each in store.data.glob(f"{backups.ROWS}*") if each.is_file()) + ROOM
    if store.database is None and (free := shutil.disk_usage(folder).free) < needed:
        raise ValueError(f"there is not enough room at {folder}: {free:,} bytes are free, and it takes {needed:,}")


def _check_same(earlier: list[Snapshot], fingerprint: str | None, folder: Path) -> None:
    if any(each.about.fingerprint != fingerprint for each in earlier if each.about.fingerprint is not None):
        raise ValueError(f"{folder} has the backups of another store: give this one a folder of its own")


def _reason(trouble: Exception, folder: Path) -> str:
    """What went wrong with the target, as people say it. Nothing else is written to."""
    cause = trouble.__cause__ if isinstance(trouble.__cause__, OSError) else trouble
    match getattr(cause, "errno", None):
        case errno.ENOSPC | errno.EDQUOT:
            return f"the disk of {folder} is full"
        case errno.EROFS:
            return f"the disk of {folder} can only be read"
        case errno.EACCES | errno.EPERM:
            return f"{cast('OSError', cause).filename or folder}: this user may not do that here"
        case _:
            return str(trouble)


def _farewell(store: Store, folder: Path, done: Snapshot, copied: int, kept: tuple[int, int, int, int]) -> None:
    about, (there, keep, gone, files) = done.about, kept
    print(f"Backed up {store} into {done.folder}.")
    if about.rows is not None:
        print(
            f"  rows          {sum(about.rows.counts.values()):,} in {len(about.rows.counts)} tables, "
            f"{about.rows.bytes:,} bytes, every page checked"
        )
    print(f"  attachments   {about.media.count:,}, {about.media.bytes:,} bytes; new here: {copied:,}")
    if about.rows is None:
        print("These are the attachments of all rows that were there at the end. The rows are not in it: they are")
        print("PostgreSQL's to back up, before this (pg_dump). See docs/guides/backup.md.")
    else:
        print(f"It has all that was answered before {about.moment}.")
    went = f"; {gone:,} older went, with {several(files, 'attachment')} that no other has" if gone or files else ""
    print(f"{folder} has {there:,} of at most {keep:,}{went}.")
    if about.has_key:
        print("The master key is in it: whoever gets at this folder can be anybody. Keep it as safe as the store.")
    else:
        print(f"The master key is NOT in it. Keep a copy of {store.key} in another place, such as a password store:")
        print("without it no key of an app works any more, and with it a backup is as good as all keys.")
    if about.media.missing:
        print(
            f"parhelion: {several(len(about.media.missing), 'attachment')} missing at "
            f"{store.bucket or store.data / 'media'}, or not whole there: {some_of(about.media.missing)}. All else is "
            "in the backup",
            file=sys.stderr,
        )
