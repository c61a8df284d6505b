"""Moving files from one place to another. Each is compared by what is in it, so it can be run again at any time."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterable, Callable
from typing import NamedTuple

from ..ports import Media, Part

SEVERAL = 8  # files at a time


class Moved(NamedTuple):
    """What became of all files."""

    there: int  # in the target now, compared
    missing: tuple[str, ...]  # those that the source has not got


async def copy(
    files: AsyncIterable[list[tuple[str, int]]], source: Media, target: Media, told: Callable[[int], None]
) -> Moved:
    """All of these files, by id and size. `told`: how many. `Unavailable`"""
    there, missing = 0, list[str]()
    async for some in files:
        for at in range(0, len(some), SEVERAL):
            now = some[at : at + SEVERAL]
            done = await asyncio.gather(*(_moved(source, target, id, size) for id, size in now))
            missing += [id for (id, _), is_there in zip(now, done, strict=True) if not is_there]
            there += sum(done)
            told(there)
    return Moved(there, tuple(missing))


async def _moved(source: Media, target: Media, id: str, size: int) -> bool:
    """False when the source has not got it."""
    wanted = await _read(source, id, size)
    if wanted is None:
        return False
    if await _read(target, id, size) != wanted:
        part = await target.receive(id)
        try:
            if await _read(source, id, size, part) != wanted:
                raise OSError(f"the file {id} went while it was copied: run this again")
            await part.seal()
            await part.keep()
        finally:
            await part.discard()
        if await _read(target, id, size) != wanted:
            raise OSError(f"the file {id} is not in the target as it was written: run this again")
    return True


async def _read(media: Media, id: str, size: int, into: Part | None = None) -> bytes | None:
    """What is in a file, as a checksum; None when there is no such file."""
    digest = hashlib.blake2b()
    try:
        async for piece in media.read(id, 0, size):
            digest.update(piece)
            if into is not None:
                await into.write(piece)
    except FileNotFoundError:
        return None
    return digest.digest()
