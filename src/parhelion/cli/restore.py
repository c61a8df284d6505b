"""parhelion restore: a store out of a folder of backups.

NEW/parhelion.db      a database that says of which backup it is the unfinished copy: no server takes it
NEW/media/XX/ID       read, written and read again; what is there already is compared, and left as it is
NEW/master.key        if it is in the backup, or was given
NEW/parhelion.db      put in the place of the first one, when all else is there and on the disk
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from contextlib import AsyncExitStack
from itertools import islice
from pathlib import Path

from ..server.assemble import Store, fingerprint_of, media_of, tables_of
from ..server.databases import migrations
from ..server.media.copying import SEVERAL, checksum, moved
from ..server.media.directory import Directory
from ..server.ports import Media, Shape, Unavailable, UnusableStore
from . import backups
from .backups import Backups, Snapshot, several, some_of
from .progress import Progress

ROOM = 16 * 1024 * 1024  # bytes beside what is copied
FRESH = "unfinished"
OTHERS = {backups.KEY, "lost+found", FRESH}  # may be in a folder that is to be a store's


def show(folder: Path) -> int:
    """The backups that are there, the oldest first."""
    with Backups(folder, write=False) as place:
        found = place.all()
    if not found:
        print(f"{folder} has no backup that is complete.")
        return 1
    print(f"{'backup':24} {'rows':>12} {'bytes':>16} {'attachments':>12} {'bytes':>16}  master key")
    for each in found:
        rows, files = each.about.rows, each.about.media
        said = ("-", "-") if rows is None else (f"{sum(rows.counts.values()):,}", f"{rows.bytes:,}")
        key = "in it" if each.about.has_key else "not in it"
        print(f"{each.name:24} {said[0]:>12} {said[1]:>16} {files.count:>12,} {files.bytes:>16,}  {key}")
    return 0


def restore(folder: Path, store: Store, at: str | None, key: Path | None) -> int:
    """One of them, or the newest, as `store`. `key`: a file that holds the master key."""
    try:
        return asyncio.run(_restore(folder, store, at, key))
    except KeyboardInterrupt:
        print("\nparhelion: interrupted. Run the same again: it goes on where it was.", file=sys.stderr)
        raise
    except (Unavailable, OSError) as trouble:
        raise OSError(f"{trouble}. Nothing is served that is not complete: run the same again") from trouble


async def _restore(folder: Path, store: Store, at: str | None, key: Path | None) -> int:
    progress = Progress()
    async with AsyncExitStack() as open_:
        open_.callback(progress.end)  # so that what went wrong is told on a line of its own
        place = open_.enter_context(Backups(folder, write=False))
        snapshot = _chosen(place, at)
        about = snapshot.about
        if about.rows is not None and store.database is not None:
            raise ValueError(
                f"the backup {snapshot.name} holds its rows as a file: restore it without --database, then move it by "
                "`parhelion copy`"
            )
        key = _key(snapshot, store, key)
        _check_list(snapshot)
        if about.rows is not None:
            migrations.plan(Shape(about.rows.version, about.rows.oldest))
            await _begin(store, snapshot)
        elif store.bucket is None:
            (store.data / "media").mkdir(mode=0o700, parents=True, exist_ok=True)
        media = media_of(store.bucket or store.data / "media")
        damaged = await _files(snapshot, Directory(place.media), media, progress)
        if key is not None and key != store.key:
            await asyncio.to_thread(_put_key, key, store.key)
        if about.rows is not None:
            progress.told("messages", 0, 1)
            await _finish(store, snapshot)
            progress.told("messages", 1, 1)
        progress.end()
        return _farewell(snapshot, store, damaged, has_key=store.key.exists())


def _chosen(place: Backups, at: str | None) -> Snapshot:
    found = place.all()
    if not found:
        raise ValueError(f"{place.folder} has no backup that is complete")
    if at is None:
        return found[-1]
    if named := [each for each in found if each.name == at]:
        return named[0]
    raise ValueError(f"{place.folder} has no backup {at!r}; it has {some_of(each.name for each in reversed(found))}")


def _key(snapshot: Snapshot, store: Store, given: Path | None) -> Path | None:
    """The file of the master key, if there is one at all. It is that of the store."""
    kept = snapshot.folder / backups.KEY
    path = given or (store.key if store.key.exists() else kept if snapshot.about.has_key else None)
    if path is None:
        return None
    if snapshot.about.fingerprint is not None and fingerprint_of(path) != snapshot.about.fingerprint:
        raise ValueError(f"{path} is not the master key of this store: with it none of its keys would work")
    if given is not None and store.key.exists() and store.key.read_bytes() != given.read_bytes():
        raise ValueError(f"there is another master key at {store.key}: take it away first, or leave out --master-key")
    return path


def _check_list(snapshot: Snapshot) -> None:
    if backups.sha256(snapshot.folder / backups.SUMS) != snapshot.about.media.sha256:
        raise ValueError(
            f"{snapshot.folder / backups.SUMS} is not as it was written: take another backup (--at, --list)"
        )


async def _begin(store: Store, snapshot: Snapshot) -> None:
    """The folder is this snapshot's unfinished copy from now on. ValueError where something is there already."""
    database = store.data / "parhelion.db"
    if database.exists():
        tables = tables_of(store, source=False)
        try:
            mark = await tables.mark()
        finally:
            await tables.close()
        if mark != _mark(snapshot):
            what = "a store" if mark is None else f"the unfinished copy of something else ({mark})"
            raise ValueError(f"{store.data} has {what} in it, which was left as it is: say --data NEW-FOLDER")
        return
    store.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    others = {each.name for each in store.data.iterdir()} - OTHERS
    if others:
        raise ValueError(f"{store.data} has other things in it ({some_of(sorted(others))}): say --data NEW-FOLDER")
    needed = _needed(store, snapshot)
    if (free := shutil.disk_usage(store.data).free) < needed:
        raise ValueError(f"there is not enough room at {store.data}: {free:,} bytes are free, and it takes {needed:,}")
    fresh = Store(store.data / FRESH)
    shutil.rmtree(fresh.data, ignore_errors=True)
    fresh.data.mkdir(mode=0o700)
    os.close(os.open(fresh.data / "parhelion.db", os.O_CREAT | os.O_CLOEXEC, 0o600))
    tables = tables_of(fresh, source=False)
    await tables.begin(_mark(snapshot))
    await tables.close()
    (fresh.data / "parhelion.db").rename(database)
    fresh.data.rmdir()
    backups.sync(store.data)


def _needed(store: Store, snapshot: Snapshot) -> int:
    rows, files = snapshot.about.rows, snapshot.about.media
    return (rows.bytes if rows else 0) + (files.bytes if store.bucket is None else 0) + ROOM


def _mark(snapshot: Snapshot) -> str:
    return f"the backup {snapshot.name}"


async def _files(snapshot: Snapshot, source: Directory, target: Media, progress: Progress) -> list[str]:
    """Answers those that are not in the backup as they were written: they are not restored."""
    damaged, done, lines = list[str](), 0, iter(snapshot.sums())
    while some := list(islice(lines, SEVERAL)):
        whole = await asyncio.gather(*(_is_whole(source, target, *each) for each in some))
        damaged += [id for (id, _), is_whole in zip(some, whole, strict=True) if not is_whole]
        done += len(some)
        progress.told("attachments", done, snapshot.about.media.count)
    return damaged


async def _is_whole(source: Directory, target: Media, id: str, wanted: str) -> bool:
    """One file is in its place."""
    size = source.size(id)
    if size is None or await checksum(source, id, size) != wanted:
        return False
    if (there := await checksum(target, id, size)) not in {None, wanted}:
        raise UnusableStore(f"the attachment {id} is there already, and is {there} instead of {wanted}: it was left")
    return await moved(source, target, id, size) == wanted


def _put_key(key: Path, place: Path) -> None:
    fresh = place.with_name(f"{place.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(key.read_bytes())
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(place)
    backups.sync(place.parent)


async def _finish(store: Store, snapshot: Snapshot) -> None:
    """The database takes the place of the one that says that it is not there yet."""
    place, rows = store.data / "parhelion.db", snapshot.about.rows
    fresh = store.data / "parhelion.db.new"
    os.close(os.open(fresh, os.O_CREAT | os.O_CLOEXEC, 0o600))
    read = await asyncio.to_thread(backups.sha256, snapshot.folder / backups.ROWS, fresh)
    if rows is None or read != rows.sha256:
        fresh.unlink()
        raise ValueError(
            f"{snapshot.folder / backups.ROWS} is not as it was written: take another backup (--at, --list), into "
            "another folder"
        )
    backups.sync(fresh)
    if await asyncio.to_thread(backups.sha256, fresh) != read:
        raise OSError(f"{fresh} is not as it was written: the disk cannot be relied on")
    tables = tables_of(store, source=False)
    try:
        await tables.hold()  # somebody may have tried to serve it
    finally:
        await tables.close()
    for end in ("-wal", "-shm", "-journal"):
        place.with_name(place.name + end).unlink(missing_ok=True)
    fresh.replace(place)
    backups.sync(store.data)


def _farewell(snapshot: Snapshot, store: Store, damaged: list[str], *, has_key: bool) -> int:
    about = snapshot.about
    where = store.bucket or store.data
    files = several(about.media.count - len(damaged), "attachment")
    if about.rows is None:
        print(f"Restored {files} of the backup {snapshot.name} into {where}, compared by checksum.")
        print("Restore the rows with PostgreSQL's own tools (pg_restore), then serve both with their master key.")
    else:
        print(
            f"Restored the backup {snapshot.name} into {store}: {sum(about.rows.counts.values()):,} rows and {files},"
        )
        print(f"compared by checksum. It is all that was answered before {about.moment}, and nothing since.")
        if not has_key:
            print(f"Next put the master key of this store at {store.key}: without it the server does not start. Then:")
        print(f"Next:  parhelion serve --data {store.data}" if has_key else f"  parhelion serve --data {store.data}")
    for ids, what in ((about.media.missing, "missing since it was made"), (damaged, "damaged in the backup")):
        if ids:
            print(f"parhelion: {several(len(ids), 'attachment')} {what}: {some_of(ids)}", file=sys.stderr)
    return 1 if damaged else 0
