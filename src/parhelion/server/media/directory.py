"""Attachments in a directory.

    incoming/ID.part     while it comes in, locked by the process that writes it
    XX/ID                once it is committed; XX are the id's last two characters, so that no folder grows too long

A name given by anyone never reaches the file system: files are called by their ids. Disks block, so everything here
runs in threads. Needs a POSIX system (for flock).
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

from ..ports import Unavailable

P = ParamSpec("P")
R = TypeVar("R")
READ = 256 * 1024


class Directory:
    """A place for files."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        for folder in (root, self._incoming):
            folder.mkdir(mode=0o700, exist_ok=True)

    async def receive(self, id: str) -> DirectoryPart:
        return await _or_unavailable(DirectoryPart, self._incoming / f"{id}.part", self._place(id))

    async def read(self, id: str, start: int, length: int) -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(self._place(id).open, "rb")
        try:
            file.seek(start)
            while length and (piece := await asyncio.to_thread(file.read, min(READ, length))):
                length -= len(piece)
                yield piece
        finally:
            file.close()

    async def remove(self, id: str) -> None:
        await asyncio.to_thread(self._place(id).unlink, missing_ok=True)

    async def recover(self, committed: Callable[[str], Awaitable[bool]]) -> None:
        for path in await asyncio.to_thread(lambda: list(self._incoming.glob("*.part"))):
            left = await asyncio.to_thread(_abandoned, path, self._place(path.stem))
            if left is not None:
                await (left.keep() if await committed(path.stem) else left.discard())

    def _place(self, id: str) -> Path:
        return self._root / id[-2:] / id


class DirectoryPart:
    """A file on its way in. The lock says that somebody is still busy with it."""

    def __init__(self, path: Path, place: Path, flags: int = os.O_CREAT | os.O_EXCL) -> None:
        self._path, self._place = path, place
        self._file = os.open(path, os.O_RDWR | os.O_CLOEXEC | flags, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BaseException:
            os.close(self._file)
            raise

    async def write(self, piece: bytes) -> None:
        await _or_unavailable(_write_all, self._file, piece)

    async def seal(self) -> None:
        await _or_unavailable(os.fsync, self._file)

    async def keep(self) -> None:
        await asyncio.to_thread(self._keep)

    async def discard(self) -> None:
        await asyncio.to_thread(self._discard)

    def _keep(self) -> None:
        self._place.parent.mkdir(mode=0o700, exist_ok=True)
        self._path.replace(self._place)
        _sync_directory(self._place.parent)
        os.close(self._file)

    def _discard(self) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._file)


async def _or_unavailable(act: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return await asyncio.to_thread(act, *args, **kwargs)
    except OSError as trouble:
        raise Unavailable(f"the media folder cannot be written: {trouble}") from trouble


def _abandoned(path: Path, place: Path) -> DirectoryPart | None:
    with suppress(BlockingIOError, FileNotFoundError):  # somebody is busy with it, or has just finished
        return DirectoryPart(path, place, flags=0)
    return None


def _write_all(file: int, piece: bytes) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[os.write(file, rest) :]


def _sync_directory(path: Path) -> None:
    directory = os.open(path, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
