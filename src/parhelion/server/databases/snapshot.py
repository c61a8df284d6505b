"""An SQLite file as it is at one moment, in a file of its own, while others go on writing.

    begin                 a read transaction: from here on the log is added to, and nothing in it is written over
    pages  -> copy        SQLite's own backup of what this transaction sees; it never begins anew
    the moment
    log    -> copy-wal    whatever was committed before the moment is in it
    end                   the servers' log may be carried home again: it is done here, so that no write waits for it
    copy + copy-wal       opened as after a crash: SQLite takes the log over, up to the last commit that is whole
    copy                  one file, which has the last numbers that had been given at the moment

So the moment is the end of the copying and not its beginning, and nobody is kept waiting. What is copied of the log is
what a crash at that moment would have left; see docs/decisions/0026-backup.md.
"""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import apsw

from ..ports import Clock, UnusableStore

T = TypeVar("T")
PAGES = 1024  # 4 MB at a time
PATIENCE = 10_000  # milliseconds for somebody who has it for himself, as when the last server goes
_NUMBERS = "select name, seq from sqlite_sequence"
Told = Callable[[str, int, int], None]


async def take(source: Path, target: Path, clock: Clock, told: Told) -> float:
    """All that is committed in `source`, in `target`, a new file, which is still to be checked. Answers the moment:
    what was answered before it is there. `told`: what is done, how much of how much. `UnusableStore` when the source is
    damaged, or cannot be had; `OSError` when the target takes no more.
    """
    log = target.with_name(f"{target.name}-wal")
    with _explained(source, target):
        with closing(_opened(source)) as connection:
            _run(connection, "pragma journal_mode=wal")  # as servers have it, also where none has been yet
            _run(connection, "begin")
            _run(connection, "select count(*) from sqlite_master")  # from here on
            await _copy_pages(connection, target, told)
            with closing(_opened(source)) as now:
                moment = clock()
                numbers = dict(_run(now, _NUMBERS))
            await asyncio.to_thread(shutil.copyfile, source.with_name(f"{source.name}-wal"), log)
            _run(connection, "rollback")
            with suppress(apsw.FullError):  # there is no room beside the source; the copy has all
                await _interruptible(connection, "pragma wal_checkpoint(passive)")
        with closing(_opened(target)) as copy:
            _run(copy, "pragma locking_mode=exclusive")  # no memory to share: it may lie on another machine
            if await _interruptible(copy, "pragma journal_mode=delete") != [("delete",)]:
                raise UnusableStore(f"the copy of {source} cannot be made one file: somebody has opened {target}")
            found = dict(_run(copy, _NUMBERS))
            if behind := [name for name, number in numbers.items() if found.get(name, 0) < number]:
                raise UnusableStore(f"the copy of {source} lacks the last rows of {', '.join(behind)}: run this again")
    return moment


async def check(copy: Path, source: Path) -> None:
    """Every page, row and index of a copy. `UnusableStore`"""
    with _explained(source, copy), closing(_opened(copy)) as connection:
        faults = [row[0] for row in await _interruptible(connection, "pragma integrity_check(3)")]
    if faults != ["ok"]:
        raise UnusableStore(f"{source} is damaged, and was not backed up: {'; '.join(faults)}")


async def _copy_pages(connection: apsw.Connection, target: Path, told: Told) -> None:
    with closing(apsw.Connection(str(target))) as copy:
        _run(copy, "pragma synchronous=off")  # it is on the disk when all is done
        with copy.backup("main", connection, "main") as backup:
            while not backup.done:
                await _to_its_end(lambda: backup.step(PAGES))
                told("pages", backup.page_count - backup.remaining, backup.page_count)


def _opened(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    connection.set_busy_timeout(PATIENCE)
    return connection


def _run(connection: apsw.Connection, sql: str) -> list[Any]:
    cursor: Any = connection.cursor()
    rows: list[Any] = cursor.execute(sql).fetchall()
    return rows


async def _interruptible(connection: apsw.Connection, sql: str) -> list[Any]:
    """What takes long, in a thread; Ctrl-C ends it."""
    return await _to_its_end(lambda: _run(connection, sql), connection.interrupt)


async def _to_its_end(act: Callable[[], T], interrupt: Callable[[], None] = lambda: None) -> T:
    """A connection is one thread's at a time: nothing else is done with it before this is over."""
    work = asyncio.ensure_future(asyncio.to_thread(act))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        interrupt()
        await asyncio.wait([work])
        raise


@contextmanager
def _explained(source: Path, target: Path) -> Generator[None]:
    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise UnusableStore(f"{source} is damaged, and was not backed up: {error}") from error
    except apsw.FullError:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target)) from None
    except (apsw.BusyError, apsw.LockedError) as error:
        raise UnusableStore(f"{source} is in use by somebody who lets nobody in: try again later") from error
    except apsw.Error as error:
        raise OSError(f"{source} could not be copied to {target}: {error}") from error
