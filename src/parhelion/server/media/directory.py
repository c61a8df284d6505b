"""Attachments in a directory.

    incoming/ID.part     while it comes in, locked by the process that writes it
    XX/ID                once it is committed; XX are the id's last two characters, so that no folder grows too long
    held                 locked while nothing may be removed; there since that was asked for the first time

Paths of files are strings: Python 3.12's pathlib keeps every part of every path that it was ever given.
A name given by anyone never reaches the file system: files are called by their ids. Disks block, so everything here
runs in threads. Needs a POSIX system (for flock).
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from ..ports import Held, Unavailable, unavailable

log = logging.getLogger("parhelion.media")
P = ParamSpec("P")
R = TypeVar("R")
READ = 256 * 1024
KEPT = 2 * 1024 * 1024
PATIENCE = 10.0  # seconds for another one who holds the files
SEVERAL = 512  # pieces that one call may write: systems take up to 1,024


class Directory:
    """A place for files."""

    holds = 0
    patience = 0.0

    def __init__(self, root: Path) -> None:
        self._root = root
        # glibc gives freed memory back to the system from twice the largest block on that was ever freed: without this,
        # every piece of a file would be read into memory that the system has to provide, and clear, anew.
        bytes(KEPT)
        self._incoming, self._held = root / "incoming", f"{root}/held"
        for folder in (root, self._incoming):
            folder.mkdir(mode=0o700, exist_ok=True)

    async def receive(self, id: str) -> DirectoryPart:
        return await _or_unavailable(_create, self._part(id), self._place(id))

    async def read(self, id: str, start: int, length: int) -> AsyncIterator[bytes]:
        try:
            file = await _in_thread(_opened, self._place(id))
        except FileNotFoundError:  # perhaps it could not be moved yet: see `keep`
            file = await _in_thread(_left, self._part(id))
        try:
            file.seek(start)
            while length and (piece := await asyncio.to_thread(file.read, min(READ, length))):
                length -= len(piece)
                yield piece
        finally:
            file.close()

    async def remove(self, id: str) -> None:
        await asyncio.to_thread(_check_not_held, self._held)
        await asyncio.to_thread(_remove, self._place(id))

    async def check(self) -> None:
        try:
            await asyncio.to_thread(_try, f"{self._incoming}/check.{os.getpid()}")
        except OSError as trouble:  # its own words hold the path
            said = f"the media folder cannot be written: {os.strerror(trouble.errno or 0)}"
            raise unavailable(said, trouble.errno) from None

    @asynccontextmanager
    async def holding(self) -> AsyncGenerator[None]:
        # Who removes looks before, and the row went before that: who has looked already removes nothing that counts.
        file = await _or_unavailable(_hold, self._held)
        try:
            yield
        finally:
            os.close(file)

    def link(self, id: str, media_type: str, disposition: str) -> None:
        """There is none."""

    async def recover(self, committed: Callable[[str], Awaitable[bool]]) -> None:
        for path in await asyncio.to_thread(lambda: list(self._incoming.glob("*.part"))):
            left = await asyncio.to_thread(_abandoned, str(path), self._place(path.stem))
            if left is None:
                continue
            try:
                await (left.keep() if await committed(path.stem) else left.discard())
            except Unavailable as trouble:  # it stays for the next time, and holds up none behind it
                log.warning("an upload could not be settled: %s", trouble)
            finally:
                left.leave()

    def _part(self, id: str) -> str:
        return f"{self._incoming}/{id}.part"

    def size(self, id: str) -> int | None:
        """Of a file that is kept; None when there is none."""
        with suppress(FileNotFoundError):
            return os.stat(self._place(id)).st_size
        return None

    def _place(self, id: str) -> str:
        return f"{self._root}/{id[-2:]}/{id}"


class DirectoryPart:
    """A file on its way in. The lock says that somebody is still busy with it."""

    def __init__(self, path: str, place: str, file: int) -> None:
        self._path, self._place, self._file = path, place, file
        self._folder = os.path.dirname(place)
        self._settled = False

    async def write(self, *pieces: bytes) -> None:
        await _or_unavailable(_write_all, self._file, pieces)

    async def seal(self) -> None:
        await _or_unavailable(self._seal)

    async def keep(self) -> None:
        self._settled = True
        try:
            await _or_unavailable(self._keep)
        except Unavailable as trouble:  # its row is committed, so it is there: read as a part until `recover` moves it
            log.warning("a file stays among those that come in for now: %s", trouble)

    async def discard(self) -> None:
        if self._settled:
            return
        self._settled = True
        try:
            await _or_unavailable(self._discard)
        except Unavailable as trouble:  # whoever throws it away has another trouble to tell
            log.warning("an upload is taken away later: %s", trouble)

    def leave(self) -> None:
        """Let go of the file, whatever became of it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _seal(self) -> None:
        _make_folder(self._folder)  # what can fail, fails before the commit
        os.fsync(self._file)

    def _keep(self) -> None:
        try:
            _make_folder(self._folder)
            os.replace(self._path, self._place)
            _sync_directory(self._folder)
        finally:
            self.leave()

    def _discard(self) -> None:
        try:
            _remove(self._path)
        finally:
            self.leave()


def _create(path: str, place: str) -> DirectoryPart:
    """Between its making and its locking, `recover` may have taken a new file for an abandoned one: then once more."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_CREAT, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        if _is_at(file, path):
            return DirectoryPart(path, place, file)
        os.close(file)


def _abandoned(path: str, place: str) -> DirectoryPart | None:
    with suppress(FileNotFoundError, BlockingIOError):  # settled since it was listed; or somebody is busy with it
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise
        if _is_at(file, path):
            return DirectoryPart(path, place, file)
        os.close(file)
    return None


def _opened(path: str) -> BinaryIO:
    return open(path, "rb")


def _left(path: str) -> BinaryIO:
    """A part that is whole, and that nobody is busy with. FileNotFoundError"""
    file = _opened(path)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(file, fcntl.LOCK_UN)
    except BlockingIOError:
        file.close()
        raise FileNotFoundError(path) from None
    return file


def _is_at(file: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(file), os.stat(path))
    except FileNotFoundError:
        return False


def _try(path: str) -> None:
    """Whether a file can be made, and have something in it."""
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_CREAT, 0o600)
    try:
        os.write(file, bytes(4096))
    finally:
        os.close(file)
        _remove(path)


def _hold(path: str) -> int:
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_CREAT, 0o600)
    os.fchmod(file, 0o644)  # who backs up may be another user than who removes, and looks at it
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < until:
                time.sleep(0.01)
                continue
            os.close(file)
            raise Unavailable("somebody else is backing up the same attachments: try again when that is done") from None
        return file


def _check_not_held(path: str) -> None:
    with suppress(FileNotFoundError):
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held("attachments are being backed up, and go after that") from None
        finally:
            os.close(file)


def _make_folder(path: str) -> None:
    with suppress(FileExistsError):
        os.mkdir(path, 0o700)


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


async def _in_thread(act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return await asyncio.to_thread(act, *args, **kwargs)
    except RuntimeError as trouble:
        raise Unavailable(f"the media folder cannot be reached: {trouble}") from trouble  # the system starts no thread


async def _or_unavailable(act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return await _in_thread(act, *args, **kwargs)
    except OSError as trouble:
        raise unavailable(f"the media folder cannot be written: {trouble}", trouble.errno) from trouble


def _write_all(file: int, pieces: Sequence[bytes]) -> None:
    """As they are: to join them first would copy them."""
    for at in range(0, len(pieces), SEVERAL):
        some = pieces[at : at + SEVERAL]
        left = sum(map(len, some)) - os.writev(file, some)
        rest = memoryview(b"".join(some))[-left:] if left else b""
        while rest:
            rest = rest[os.write(file, rest) :]


def _sync_directory(path: str) -> None:
    directory = os.open(path, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
