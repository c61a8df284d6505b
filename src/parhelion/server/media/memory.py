"""Attachments in memory, for tests: what was kept is there until it is removed, or the process ends."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from ..ports import Held

READ = 256 * 1024


class MediaInMemory:
    """A place for files that is none."""

    holds = 0
    patience = 0.0

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        """`files`: of another one, to begin with."""
        self._kept = dict(files or {})
        self._held = 0
        self._sealed: dict[str, bytes] = {}  # whole, and on their way to be kept

    def files(self) -> Mapping[str, bytes]:
        """All that is kept, and what may be in the next moment: its row may be committed by now."""
        return {**self._sealed, **self._kept}

    async def receive(self, id: str) -> MemoryPart:
        return MemoryPart(id, self._sealed, self._kept)

    async def read(self, id: str, start: int, length: int) -> AsyncIterator[bytes]:
        if id not in self._kept:
            raise FileNotFoundError(id)
        whole = memoryview(self._kept[id])[start : start + length]
        for at in range(0, len(whole), READ):
            yield bytes(whole[at : at + READ])

    async def remove(self, id: str) -> None:
        if self._held:
            raise Held("attachments are being backed up, and go after that")
        self._kept.pop(id, None)

    async def check(self) -> None:
        """It is there."""

    @asynccontextmanager
    async def holding(self) -> AsyncGenerator[None]:
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1

    def link(self, id: str, media_type: str, disposition: str) -> None:
        """There is none."""

    async def recover(self, committed: Callable[[str], Awaitable[bool]]) -> None:
        """No crash leaves anything: what comes in goes with the process."""


class MemoryPart:
    """A file on its way in."""

    def __init__(self, id: str, sealed: dict[str, bytes], kept: dict[str, bytes]) -> None:
        self._id, self._sealed, self._kept = id, sealed, kept
        self._pieces: list[bytes] = []

    async def write(self, *pieces: bytes) -> None:
        self._pieces += pieces

    async def seal(self) -> None:
        self._sealed[self._id] = b"".join(self._pieces)
        self._pieces.clear()

    async def keep(self) -> None:
        self._kept[self._id] = self._sealed.pop(self._id)

    async def discard(self) -> None:
        self._pieces.clear()
        self._sealed.pop(self._id, None)

    def leave(self) -> None:
        """It goes with the process."""
