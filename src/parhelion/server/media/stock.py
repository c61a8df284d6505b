"""What there is of files, by who changes nothing: for `parhelion check`.

files    all that lie where they stay, some at a time, with size and time; others than ours are passed over
size     of one; None where it is not there
waits    whether one is still on its way in
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from .s3 import S3

SEVERAL = 500
_ID = re.compile(r"[0-9A-Z]{26}")  # see ids.py


class File(NamedTuple):
    """One that lies where it stays."""

    id: str
    size: int  # bytes
    changed_at: float  # seconds since 1970


class Stock(Protocol):
    """A place for files. OSError or `Unavailable` when it does not say."""

    def files(self) -> AsyncIterator[list[File]]: ...
    async def size(self, id: str) -> int | None: ...
    async def waits(self, id: str) -> bool: ...


class InFolder:
    """Those in a directory. It need not be there."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def files(self) -> AsyncIterator[list[File]]:
        found = self._found()
        while some := await asyncio.to_thread(lambda: list(islice(found, SEVERAL))):
            yield some

    async def size(self, id: str) -> int | None:
        try:
            return (await asyncio.to_thread(os.stat, f"{self._root}/{id[-2:]}/{id}")).st_size
        except FileNotFoundError:
            return None

    async def waits(self, id: str) -> bool:
        return await asyncio.to_thread(os.path.exists, f"{self._root}/incoming/{id}.part")

    def _found(self) -> Iterator[File]:
        if not self._root.is_dir():
            return
        with os.scandir(self._root) as folders:
            for folder in folders:
                if folder.name == "incoming" or not folder.is_dir(follow_symlinks=False):
                    continue
                with os.scandir(folder.path) as files:
                    for each in files:
                        if _ID.fullmatch(each.name) and each.name.endswith(folder.name):
                            try:
                                state = each.stat()
                            except FileNotFoundError:  # removed since it was listed
                                continue
                            yield File(each.name, state.st_size, state.st_mtime)


class InBucket:
    """Those in a bucket."""

    def __init__(self, bucket: S3, prefix: str) -> None:
        self._bucket, self._prefix = bucket, prefix

    async def files(self) -> AsyncIterator[list[File]]:
        pages = aiter(self._bucket.store.list(self._prefix, chunk_size=SEVERAL))  # pyright: ignore[reportUnknownMemberType] - Arrow's are not here
        while page := await self._bucket.answered(anext(pages, None)):
            yield [
                File(id, each["size"], each["last_modified"].timestamp())
                for each in page
                for folder, _, id in [each["path"].removeprefix(self._prefix).partition("/")]
                if _ID.fullmatch(id) and id.endswith(folder)
            ]

    async def size(self, id: str) -> int | None:
        return await self._head(f"{self._prefix}{id[-2:]}/{id}")

    async def waits(self, id: str) -> bool:
        return await self._head(f"{self._prefix}incoming/{id}") is not None

    async def _head(self, key: str) -> int | None:
        try:
            return int((await self._bucket.answered(self._bucket.store.head_async(key)))["size"])
        except FileNotFoundError:
            return None
