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
            done = await asyncio.gather(*(moved(source, target, id, size) for id, size in now))
            missing += [id for (id, _), found in zip(now, done, strict=True) if found is None]
            there += len(done) - done.count(None)
            told(there)
    return Moved(there, tuple(missing))


async def moved(source: Media, target: Media, id: str, size: int) -> str | None:
    """One file: a checksum of what is in it, on both sides. None when the source has not got it."""
    there = await checksum(target, id, size)
    if there is not None and there == await checksum(source, id, size):
        return there
    part = await target.receive(id)
    try:
        wanted = await checksum(source, id, size, part)
        if wanted is None:
            return None
        await part.seal()
        await part.keep()
    finally:
        await part.discard()
    if await checksum(target, id, size) != wanted:
        raise OSError(f"the file {id} is not in the target as it was written: run this again")
    return wanted


async def checksum(media: Media, id: str, size: int, into: Part | None = None) -> str | None:
    """What is in a file, as SHA-256; None when there is no such file. `into`: is written what is read."""
    digest = hashlib.sha256()
    try:
        async for piece in media.read(id, 0, size):
            digest.update(piece)
            if into is not None:
                await into.write(piece)
    except FileNotFoundError:
        return None
    return digest.hexdigest()
