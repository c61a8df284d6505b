"""Attachments in a bucket: Amazon's, or that of whatever else speaks S3.

    PREFIX/incoming/ID   a marker, empty: this file is on its way in
    PREFIX/held          nothing may be removed, if it is younger than HELD
    PREFIX/XX/ID         the file, where it stays; XX are the id's last two characters, as in a directory

    receive    the marker is put
    write      pieces are put together to parts of 5 MiB; at most two of them are held, and under way
    seal       the object is there, and durable
                   (its row is committed)
    keep       the marker is deleted
    discard    parts are given up, an object is deleted; then the marker is

A bucket knows no renaming, so nothing is moved: a file that has no row is asked for by nobody. Who dies on the way
leaves the marker, and whoever comes by later settles it by asking the rows: never before it is older than LEASE, since
another node may be busy with it. An upload that takes longer than LONGEST is given up by its own node, which leaves the
time in between to commits that wait and to clocks that differ: by a quarter of an hour at most, or S3 lets nobody in.

What the store does not answer in time is `Unavailable`. Its own words are not passed on: they quote requests.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from obstore import open_writer_async
from obstore.exceptions import BaseError
from obstore.store import S3Store

from ..ports import Clock, Full, Held, Unavailable
from .bucket import Bucket
from .leftovers import give_up
from .presigning import presigned

if TYPE_CHECKING:
    from obstore import AsyncWritableFile

log = logging.getLogger("parhelion.media")
P = ParamSpec("P")
T = TypeVar("T")
READ = 256 * 1024
PART = 5 * 1024 * 1024  # S3 takes no smaller ones, but for the last
PARTS = 2  # held at a time
PATIENCE = 30.0  # seconds that the store has for an answer; twice that, where it is asked again or for more at once
LONGEST = 60 * 60.0  # seconds from the marker to the seal
LEASE = 2 * LONGEST
ASKED = 10.0  # seconds from one question whether it is there to the next: each has its price, too

HELD = 30 * 60.0  # seconds that files are held, unless that is said again; clocks differ by half of it at most
AGAIN = 60.0  # seconds until it is
LOOK = 10 * 60.0  # seconds from one look at the markers to the next: each has its price
LASTS = 5 * 60  # seconds that an address is given out for; it is good for as long again
FAREWELL = 5.0  # seconds for what can be done later, while somebody waits
NO_ROOM = {"QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "507"}  # as Ceph and MinIO say it
DOWN = 3  # failures in a row after which the store is taken to be down


class S3:
    """A bucket as a place for files."""

    holds = PARTS * PART
    patience = inf  # what needs no file goes on without it, and other servers have it no better

    def __init__(self, bucket: Bucket, clock: Clock, patience: float = PATIENCE) -> None:
        self._bucket, self._clock, self._patience = bucket, clock, patience
        self._looked: float | None = None
        self._well = -inf  # when it was last asked whether it is there, and was
        keys = bucket.keys
        self.store = S3Store(
            bucket.name,
            endpoint=bucket.endpoint,
            region=bucket.region,
            virtual_hosted_style_request=False,
            config={"access_key_id": keys.id, "secret_access_key": keys.secret} if keys else {},
            client_options={
                "allow_http": bucket.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=5),
                "read_timeout": timedelta(seconds=patience),
                "timeout": timedelta(days=1),  # of a whole answer: a client may read it as slowly as it is let
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=patience / 2)},
        )

    async def receive(self, id: str) -> S3Part:
        marker = self._marker(id)
        begun = self._clock()
        await self.answered(self.store.put_async(marker, b"", use_multipart=False))
        return S3Part(self, self._place(id), marker, begun)

    async def read(self, id: str, start: int, length: int) -> AsyncIterator[bytes]:
        if not length:
            return
        asked = self.store.get_async(self._place(id), options={"range": (start, start + length)})
        try:
            found = await self.answered(asked)
            pieces = aiter(found.stream(min_chunk_size=READ))
            while piece := await self.answered(anext(pieces, None)):
                for at in range(0, len(piece), READ):
                    yield piece[at : at + READ] if len(piece) > READ else piece
        except Unavailable as trouble:
            raise OSError(str(trouble)) from None

    async def remove(self, id: str) -> None:
        if await self._is_held():
            raise Held("attachments are being backed up, and go after that")
        await self.delete(self._place(id))

    async def check(self) -> None:
        if time.monotonic() - self._well < ASKED:
            return
        try:
            with suppress(FileNotFoundError):
                await self.answered(self.store.get_async(self._marker("check")))
        except Unavailable:  # whose words name the bucket
            raise Unavailable("the bucket cannot be used, or does not answer") from None
        self._well = time.monotonic()

    @asynccontextmanager
    async def holding(self) -> AsyncGenerator[None]:
        await self._hold()
        again = asyncio.create_task(self._go_on_holding())
        try:
            yield
        finally:
            again.cancel()
            with suppress(Unavailable):  # then it ends by itself
                await self.delete(self._mark())

    async def _hold(self) -> None:
        await self.answered(self.store.put_async(self._mark(), b"", use_multipart=False))

    async def _go_on_holding(self) -> None:
        while True:
            await asyncio.sleep(AGAIN)
            with suppress(Unavailable):
                await self._hold()

    async def _is_held(self) -> bool:
        try:
            mark = await self.answered(self.store.head_async(self._mark()))
        except FileNotFoundError:
            return False
        return self._clock() - mark["last_modified"].timestamp() < HELD

    def link(self, id: str, media_type: str, disposition: str) -> str | None:
        keys = self._bucket.keys
        if self._bucket.public is None or keys is None:
            return None
        begins = int(self._clock()) // LASTS * LASTS  # the same for a while, so that caches know it again
        said = {"response-content-type": media_type, "response-content-disposition": disposition}
        there = replace(self._bucket, endpoint=self._bucket.public)
        return presigned(there, keys, self._place(id), begins, 2 * LASTS, said)

    async def recover(self, committed: Callable[[str], Awaitable[bool]]) -> None:
        now, failed = self._clock(), 0
        if self._looked is not None and abs(now - self._looked) < LOOK:
            return
        self._looked = now
        try:
            abandoned = await self._abandoned(now)
        except Unavailable as trouble:
            log.warning("nobody knows which uploads were cut off: %s", trouble)
            return
        for id in abandoned:
            kept = await committed(id)
            try:
                if not kept:
                    await self._clear(self._place(id))
                await self.delete(self._marker(id))
                failed = 0
            except Unavailable as trouble:
                log.warning("an upload that was cut off could not be settled: %s", trouble)
                failed += 1
                if failed == DOWN:
                    return

    async def _clear(self, key: str) -> None:
        """Nothing is there, and no part of what was to come there."""
        await self.delete(key)
        if keys := self._bucket.keys:  # without them the bucket has to clean up by itself
            await self.answered(asyncio.to_thread(give_up, self._bucket, keys, key, time.time(), self._patience))

    async def delete(self, key: str) -> None:
        """It is not there any more, if it ever was."""
        with suppress(FileNotFoundError):
            await self.answered(self.store.delete_async(key))

    async def _abandoned(self, now: float) -> list[str]:
        found: list[str] = []
        pages = aiter(self.store.list(self._marker(""), chunk_size=1000))  # pyright: ignore[reportUnknownMemberType] - Arrow's are not here
        while page := await self.answered(anext(pages, None)):
            found += [
                each["path"].rpartition("/")[2] for each in page if now - each["last_modified"].timestamp() > LEASE
            ]
        return found

    async def answered(self, asked: Awaitable[T]) -> T:
        """What the store answers, or `Unavailable`; FileNotFoundError where there is no such object."""
        try:
            async with asyncio.timeout(2 * self._patience):
                return await asked
        except FileNotFoundError as missing:
            if "NoSuchBucket" not in str(missing):
                raise FileNotFoundError("no such object") from None
            raise Unavailable(f"{self._bucket}: there is no such bucket") from None
        except TimeoutError:
            raise Unavailable(f"{self._bucket} does not answer") from None
        except (BaseError, OSError) as trouble:
            gist = _gist(trouble)
            kind = Full if gist in NO_ROOM else Unavailable
            raise kind(f"{self._bucket} cannot be used: {gist}") from None

    def is_late(self, begun: float) -> bool:
        """Whether others may soon take it for abandoned."""
        return self._clock() - begun > LONGEST

    def _place(self, id: str) -> str:
        return f"{self._bucket.prefix}{id[-2:]}/{id}"

    def _mark(self) -> str:
        return f"{self._bucket.prefix}held"

    def _marker(self, id: str) -> str:
        return f"{self._bucket.prefix}incoming/{id}"


class S3Part:
    """A file on its way in."""

    def __init__(self, media: S3, place: str, marker: str, begun: float) -> None:
        self._media, self._place, self._marker, self._begun = media, place, marker, begun
        self._writer: AsyncWritableFile = open_writer_async(media.store, place, buffer_size=PART, max_concurrency=PARTS)
        self._unknown = False  # what became of the last that the store was asked
        self._closed = self._settled = False

    async def write(self, *pieces: bytes) -> None:
        if whole := pieces[0] if len(pieces) == 1 else b"".join(pieces):
            await self._ask(self._writer.write, whole)

    async def seal(self) -> None:
        self._closed = True
        await self._ask(self._writer.close)

    async def keep(self) -> None:
        self._settled = True
        try:
            async with asyncio.timeout(FAREWELL):
                await self._media.delete(self._marker)
        except (Unavailable, TimeoutError) as trouble:  # the file is where it stays: the marker is `recover`'s
            log.warning("a file is kept, and its marker for now too: %s", trouble)

    async def discard(self) -> None:
        if self._settled:
            return
        self._settled = True
        try:
            async with asyncio.timeout(FAREWELL):
                if self._closed:
                    await self._media.delete(self._place)
                else:  # that is how a writer is told to give up
                    gone = self._writer.__aexit__(asyncio.CancelledError, None, None)  # pyright: ignore[reportUnknownMemberType] - it has none
                    await self._media.answered(gone)
                if not self._unknown:  # otherwise something may yet come to be, and `recover` sees to it
                    await self._media.delete(self._marker)
        except (Unavailable, TimeoutError) as trouble:
            log.warning("an upload is taken away later: %s", trouble)

    def leave(self) -> None:
        """The marker says that it is there."""

    async def _ask(self, act: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> None:
        if self._media.is_late(self._begun):
            raise Unavailable(f"an upload took longer than {LONGEST:.0f} seconds")
        self._unknown = True
        await self._media.answered(act(*args, **kwargs))
        self._unknown = False


# What is worth saying of an error that quotes the request and its answer, the likeliest to help first.
_GIST = (
    re.compile(r"<Code>(\w{1,64})</Code>"),
    re.compile(r'kind: \w+,\s+message: "([^"\\]{1,100})"'),  # of the system
    re.compile(r"(failed to lookup address information|invalid peer certificate: \w+|InvalidCertificate\(\s*\w+)"),
    re.compile(r"HttpError \{\s+kind: (\w+)"),
    re.compile(r"status(?: code)?: (\d{3})"),
    re.compile(r"(HTTP error)"),
)


def _gist(trouble: Exception) -> str:
    said = str(trouble)
    return next((match[1] for each in _GIST if (match := each.search(said))), type(trouble).__name__)
