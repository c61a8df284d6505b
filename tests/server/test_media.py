"""The port: what every place for files must hold. One suite, run over every adapter."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from parhelion.server.media.directory import Directory
from parhelion.server.media.memory import READ, MediaInMemory
from parhelion.server.ports import Held, Media
from tests.buckets import Place

ONE, OTHER = "01ARZ3NDEKTSV4RRFFQ69G5FA1", "01ARZ3NDEKTSV4RRFFQ69G5FA2"
Story = Callable[[Media], Coroutine[Any, Any, Any]]


@pytest.fixture(params=["directory", "memory", pytest.param("s3", marks=pytest.mark.engine("s3"))])
def tell(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Story], Any]:
    """Runs a story over an empty place."""

    def empty() -> Media:
        match request.param:
            case "directory":
                return Directory(tmp_path)
            case "memory":
                return MediaInMemory()
            case _:
                from parhelion.server.media.s3 import S3

                return S3(request.getfixturevalue("place").bucket, time.time)

    media = empty()
    return lambda story: asyncio.run(story(media))


async def keep(media: Media, id: str, *pieces: bytes) -> None:
    part = await media.receive(id)
    for piece in pieces:
        await part.write(piece)
    await part.seal()
    await part.keep()


async def read(media: Media, id: str, start: int, length: int) -> bytes:
    return b"".join([piece async for piece in media.read(id, start, length)])


def test_what_was_kept_is_read_whole_and_in_part(tell: Callable[[Story], Any]) -> None:
    async def story(media: Media) -> Any:
        await keep(media, ONE, b"abc", b"", b"defg")
        return [await read(media, ONE, *span) for span in ((0, 7), (2, 3), (6, 1), (0, 0), (5, 100))]

    assert tell(story) == [b"abcdefg", b"cde", b"g", b"", b"fg"]


def test_it_says_that_files_can_come_and_go(tell: Callable[[Story], Any]) -> None:
    async def story(media: Media) -> None:
        await media.check()
        await media.check()
        found: list[str] = []

        async def committed(id: str) -> bool:
            found.append(id)
            return True

        await media.recover(committed)
        assert not found  # nothing of it is left

    tell(story)


def test_a_large_file_comes_in_pieces(tell: Callable[[Story], Any]) -> None:
    async def story(media: Media) -> Any:
        await keep(media, ONE, *[bytes([number]) * READ for number in range(3)], b"end")
        return [len(piece) async for piece in media.read(ONE, 1, 3 * READ + 2)]

    sizes = tell(story)
    assert sum(sizes) == 3 * READ + 2
    assert max(sizes) <= READ


def test_many_pieces_are_written_at_once(tell: Callable[[Story], Any]) -> None:
    pieces = [b"%d " % number for number in range(3000)]

    async def story(media: Media) -> Any:
        part = await media.receive(ONE)
        await part.write(*pieces)
        await part.write()
        await part.write(b"end")
        await part.seal()
        await part.keep()
        return await read(media, ONE, 0, 100_000)

    assert tell(story) == b"".join(pieces) + b"end"


def test_what_a_disk_takes_in_parts_is_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "writev", lambda file, pieces: os.write(file, b"".join(pieces)[:5]))

    async def story(media: Media) -> Any:
        part = await media.receive(ONE)
        await part.write(b"abc", b"defg", b"hi")
        await part.seal()
        await part.keep()
        return await read(media, ONE, 0, 100)

    assert asyncio.run(story(Directory(tmp_path))) == b"abcdefghi"


def test_what_is_not_there_is_not_found(tell: Callable[[Story], Any]) -> None:
    async def story(media: Media) -> Any:
        part = await media.receive(ONE)
        await part.write(b"half")
        with pytest.raises(FileNotFoundError):
            await read(media, ONE, 0, 4)
        await part.discard()
        await keep(media, OTHER, b"whole")
        await media.remove(OTHER)
        with pytest.raises(FileNotFoundError):
            await read(media, OTHER, 0, 5)

    tell(story)


def test_what_is_removed_or_discarded_twice_is_gone_once(tell: Callable[[Story], Any]) -> None:
    async def story(media: Media) -> Any:
        await keep(media, ONE, b"kept")
        await media.remove(OTHER)
        part = await media.receive(OTHER)
        await part.seal()
        await part.discard()
        await part.discard()
        await media.recover(lambda _: asyncio.sleep(0, result=True))
        return await read(media, ONE, 0, 4)

    assert tell(story) == b"kept"


def test_nothing_is_removed_while_it_is_held(tell: Callable[[Story], Any]) -> None:
    async def story(media: Media) -> Any:
        await keep(media, ONE, b"held")
        async with media.holding():
            with pytest.raises(Held, match="backed up"):
                await media.remove(ONE)
            await keep(media, OTHER, b"uploads go on")
            assert await read(media, ONE, 0, 4) == b"held"
        await media.remove(ONE)
        with pytest.raises(FileNotFoundError):
            await read(media, ONE, 0, 4)

    tell(story)


def test_who_holds_files_and_is_killed_holds_them_no_more(tmp_path: Path) -> None:
    program = f"""
import asyncio, os, signal
from pathlib import Path
from parhelion.server.media.directory import Directory

async def hold():
    async with Directory(Path({str(tmp_path)!r})).holding():
        print("held", flush=True)
        signal.pause()

asyncio.run(hold())
"""
    media = asyncio.run(_with_a_file(tmp_path))
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Held):
            asyncio.run(media.remove(ONE))
        holder.kill()
    asyncio.run(media.remove(ONE))
    assert media.size(ONE) is None


async def _with_a_file(root: Path) -> Directory:
    media = Directory(root)
    await keep(media, ONE, b"here")
    assert media.size(ONE) == 4
    return media


@pytest.mark.engine("s3")
def test_a_bucket_whose_holder_died_is_held_for_half_an_hour(place: Place) -> None:
    from parhelion.server.media.s3 import HELD, S3

    now = time.time()
    holder, other = S3(place.bucket, time.time), S3(place.bucket, lambda: now)

    async def story() -> None:
        nonlocal now
        await keep(holder, ONE, b"held")
        holding = holder.holding()
        await holding.__aenter__()  # and never comes back
        with pytest.raises(Held):
            await other.remove(ONE)
        now += HELD + 5
        await other.remove(ONE)
        with pytest.raises(FileNotFoundError):
            await read(other, ONE, 0, 4)

    asyncio.run(story())


def test_one_who_reads_is_not_disturbed_by_who_removes(tell: Callable[[Story], Any]) -> None:
    async def story(media: Media) -> Any:
        await keep(media, ONE, *[bytes([number]) * READ for number in range(2)])
        pieces: list[bytes] = []
        async for piece in media.read(ONE, 0, 2 * READ):
            pieces.append(piece)
            await media.remove(ONE)
        return b"".join(pieces)

    assert tell(story) == b"\0" * READ + b"\1" * READ


def test_files_of_any_size_come_back_as_they_were(tell: Callable[[Story], Any]) -> None:
    part = 5 * 1024 * 1024
    whole = bytes(range(256)) * (11 * 1024 * 4) + b"end"  # 11 MB and three bytes
    sizes = [1, part - 1, part, part + 1, 2 * part, len(whole)]

    async def story(media: Media) -> Any:
        for number, size in enumerate(sizes):
            pieces = [whole[at : min(at + 500_000, size)] for at in range(0, size, 500_000)]
            await keep(media, ONE[:-1] + str(number), *pieces)
        return [
            [
                await read(media, ONE[:-1] + str(number), *span)
                for span in ((0, size), (max(0, size - 5), 5), (size // 2, 9))
            ]
            for number, size in enumerate(sizes)
        ]

    for size, found in zip(sizes, tell(story), strict=True):
        assert found[0] == whole[:size]
        assert found[1:] == [whole[max(0, size - 5) : size], whole[size // 2 : min(size, size // 2 + 9)]]


def test_what_was_written_again_after_it_was_discarded_is_there(tell: Callable[[Story], Any]) -> None:
    async def story(media: Media) -> Any:
        part = await media.receive(ONE)
        await part.write(bytes(READ))
        await part.discard()
        await keep(media, ONE, b"second")
        return await read(media, ONE, 0, 6)

    assert tell(story) == b"second"


def test_files_in_memory_can_be_handed_on_and_are_then_their_own() -> None:
    async def story() -> Any:
        media = MediaInMemory()
        await keep(media, ONE, b"one")
        part = await media.receive(OTHER)
        await part.write(b"other")
        half = media.files()
        await part.seal()  # its row may be committed from here on
        copy = MediaInMemory(media.files())
        await part.keep()
        await media.remove(ONE)
        return list(half), await read(copy, ONE, 0, 3), await read(copy, OTHER, 0, 5), list(media.files())

    assert asyncio.run(story()) == ([ONE], b"one", b"other", [OTHER])
