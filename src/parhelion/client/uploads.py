"""A file on its way out, as multipart/form-data, never held whole in memory.

source      a path | bytes | an open file | an iterable of bytes | an async iterable of bytes | an UploadFile of these
replayable  whether it can be sent again: everything but a begun iterator and a file that cannot seek
length      known for what has a size, and then kept to; otherwise the body goes out chunked

The parts are read as `head`, then the source's bytes in `blocks`, then `tail`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Generator, Iterable, Iterator
from pathlib import Path
from typing import IO, cast

from ..operations import AsyncFile, UploadFile

BLOCK = 64 * 1024
NAMELESS = "file"  # without an extension: what these bytes are is not ours to invent
Piece = bytes | memoryview


class Multipart:
    """One form part holding a file."""

    def __init__(self, part: str, given: AsyncFile) -> None:
        file = given if isinstance(given, UploadFile) else UploadFile(given)
        self._source = _understood(file.source)
        self._progress = file.progress
        self._start = 0
        self._once = self._begun = False
        self.size: int | None = None
        name = NAMELESS
        match self._source:
            case memoryview():
                self.size = len(self._source)
            case Path():
                self.size, name = self._source.stat().st_size, self._source.name
            case Iterator() | AsyncIterator():
                self._once = True
            case Iterable() | AsyncIterable():
                pass
            case opened:
                name = _name_of(opened.file)
                self._once = not opened.file.seekable()
                if not self._once:
                    self._start = opened.file.tell()
                    self.size = max(0, opened.file.seek(0, os.SEEK_END) - self._start)
                    opened.file.seek(self._start)
        name = name if file.name is None else file.name
        boundary = os.urandom(16).hex()
        self.content_type = f"multipart/form-data; boundary={boundary}"
        disposition = f'form-data; name="{part}"; filename="{_quoted(name)}"'
        head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: {media_type(name)}\r\n\r\n"
        # A file name that is not text (undecodable bytes on disk) still has to travel as some name.
        self.head, self.tail = head.encode(errors="replace"), f"\r\n--{boundary}--\r\n".encode()
        self.length = None if self.size is None else len(self.head) + self.size + len(self.tail)

    @property
    def replayable(self) -> bool:
        """Whether it can be sent (again)."""
        return not (self._once and self._begun)

    @property
    def is_async(self) -> bool:
        """Whether only `async for` can read the source."""
        return isinstance(self._source, AsyncIterable)

    @property
    def blocks_others(self) -> bool:
        """Whether reading the source may take a while, as a disk does."""
        return not isinstance(self._source, memoryview)

    def told(self, sent: int) -> None:
        """Tell who wants to know how many bytes of the source have gone."""
        if self._progress is not None:
            self._progress(sent, self.size)

    def chunks(self) -> Iterator[Piece]:
        """The whole body, in pieces; none of them is empty."""
        yield self.head
        sent = 0
        self.told(sent)
        for block in self.blocks():
            yield block
            sent += len(block)
            self.told(sent)
        yield self.tail

    def blocks(self) -> Generator[Piece]:
        """The source's bytes, in pieces. Touches the disk."""
        self._begun = True
        match self._source:
            case memoryview():
                memory = cast("memoryview[int]", self._source)
                for start in range(0, len(memory), BLOCK):
                    yield memory[start : start + BLOCK]
            case Path():
                with self._source.open("rb") as file:
                    yield from self._read(file)
            case Iterable():
                yield from filter(None, map(_bytes, self._source))  # an empty chunk would end a chunked body
            case AsyncIterable():
                raise TypeError("An async iterable needs an AsyncClient")
            case opened:
                if not self._once:
                    opened.file.seek(self._start)
                yield from self._read(opened.file)

    async def awaited_blocks(self) -> AsyncGenerator[bytes]:
        """The bytes of an async source, in pieces."""
        self._begun = True
        async for block in cast("AsyncIterable[bytes]", self._source):
            if _bytes(block):
                yield block

    def _read(self, file: IO[bytes]) -> Iterator[bytes]:
        left = self.size
        while left is None or left:
            block = _bytes(file.read(BLOCK if left is None else min(BLOCK, left)))
            if block:
                left = None if left is None else left - len(block)
                yield block
            elif left is None:
                return
            else:  # its length was promised to the server
                raise ValueError(f"The file became shorter while it was sent: {left} of {self.size} bytes are missing")


class _Open:
    """An open file. Not taken as the iterable of lines that it is too."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file


def _understood(source: object) -> memoryview[int] | Path | Iterable[bytes] | AsyncIterable[bytes] | _Open:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return memoryview(cast("bytes", source)).cast("B")
    if isinstance(source, (str, os.PathLike)):
        return Path(cast("str", source))
    if hasattr(source, "read"):
        return _Open(cast("IO[bytes]", source))
    if isinstance(source, (Iterable, AsyncIterable)):
        return cast("Iterable[bytes]", source)
    raise TypeError(f"A file is a path, bytes, an open file or an iterable of bytes, not {type(source).__name__}")


def media_type(name: str) -> str:
    """The type that a file name's extension stands for."""
    import mimetypes  # only programs that upload pay for it

    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _name_of(file: object) -> str:
    """An open file's name; a number or "<stdin>" is none."""
    name: object = getattr(file, "name", None)
    if not isinstance(name, str) or name.startswith("<"):
        return NAMELESS
    return Path(name).name or NAMELESS


def _bytes(block: object) -> bytes:
    if not isinstance(block, (bytes, bytearray, memoryview)):
        raise TypeError(f"A file is made of bytes, and this one gave {type(block).__name__}; open it in binary mode")
    return cast("bytes", block)


def _quoted(name: str) -> str:
    """As browsers do it."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
