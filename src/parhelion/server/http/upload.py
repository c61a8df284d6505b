"""A file coming in as multipart/form-data: it goes to media piece by piece, and is never whole in memory.

    receive -> parser -> pieces of the wanted part -> (a thread) -> media
                         while one piece is written, the next is parsed

Only the part called `source` counts; others are passed over. What is too large is refused while it streams.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from ...wire import BadRequest, PayloadTooLarge, UnsupportedMediaType
from ..ids import Ids
from ..ports import Media, Part, Received
from ..rules.files import HEAD
from .asgi import Receive, piece_of

LIMIT = 50 * 1024 * 1024  # "50mb"
AROUND = 64 * 1024  # what boundaries, headers and other parts may add
PIECE = 512 * 1024  # written at once


async def receive_file(name: str, headers: Mapping[bytes, bytes], receive: Receive, media: Media, ids: Ids) -> Received:
    """The part of that name, received. The caller keeps or discards it."""
    kind, options = parse_options_header(headers.get(b"content-type", b""))
    if kind != b"multipart/form-data":
        raise UnsupportedMediaType("content-type should be multipart/form-data")
    if not options.get(b"boundary"):
        raise BadRequest("content-type: a boundary is missing")
    said = headers.get(b"content-length", b"0")
    if said.isdigit() and int(said) > LIMIT + AROUND:
        raise _too_large()
    form = _Form(name.encode())
    file: _File | None = None
    try:
        parser = MultipartParser(options[b"boundary"], form.callbacks())
        more, size = True, 0
        while more:
            piece, more = await piece_of(receive)
            size += len(piece)
            parser.write(piece)
            if form.size > LIMIT:
                raise _too_large()
            if size - form.size > AROUND:
                raise PayloadTooLarge(f"What is around the file is limited to {AROUND} bytes.")
            if form.found and file is None:
                id = ids.unguessable()
                file = _File(id, await media.receive(id))
            if file is not None and (form.waiting >= PIECE or not more):
                await file.write(form.take())
        parser.finalize()
        if file is None or not form.ended:
            raise BadRequest(f"should have required property '{name}'")
        await file.written()
        return Received(file.id, form.file_name, file.part, form.size, form.head)
    except Exception as error:  # not when cancelled: a thread may be writing, and `recover` takes the part away
        if file is not None:
            await file.discard()
        if isinstance(error, FormParserError):
            raise BadRequest(f"The multipart body is malformed: {error}") from None
        raise


def _too_large() -> PayloadTooLarge:
    return PayloadTooLarge(f"A file is limited to {LIMIT} bytes.")


class _File:
    """The part on its way to media: one piece is written while the next is parsed."""

    def __init__(self, id: str, part: Part) -> None:
        self.id, self.part = id, part
        self._writing: asyncio.Task[None] | None = None

    async def write(self, pieces: list[bytes]) -> None:
        await self.written()
        if pieces:
            self._writing = asyncio.ensure_future(self.part.write(*pieces))

    async def written(self) -> None:
        if self._writing is not None:
            await self._writing
            self._writing = None

    async def discard(self) -> None:
        if self._writing is not None:
            with suppress(Exception):  # it is thrown away all the same
                await self._writing
        await self.part.discard()


class _Form:
    """python-multipart tells what it meets; the wanted part's bytes wait here to be taken."""

    def __init__(self, part: bytes) -> None:
        self._part = part
        self.found = self.ended = False
        self.file_name: str | None = None
        self.head = b""
        self.size = self.waiting = 0
        self._open = False
        self._pieces: list[bytes] = []
        self._name = self._value = b""
        self._headers: dict[bytes, bytes] = {}

    def take(self) -> list[bytes]:
        """What came since the last time."""
        pieces, self._pieces, self.waiting = self._pieces, [], 0
        return pieces

    def callbacks(self) -> Any:
        """What the parser calls."""
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _part_begin(self) -> None:
        self._headers = {}

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._open = options.get(b"name") == self._part and not self.found
        if self._open:
            self.found = True
            said = options.get(b"filename")
            self.file_name = None if said is None else said.decode(errors="replace")

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._open:
            piece = data[start:end]
            if len(self.head) < HEAD:
                self.head += piece[: HEAD - len(self.head)]
            self._pieces.append(piece)
            self.size += end - start
            self.waiting += end - start

    def _part_end(self) -> None:
        self._open = False

    def _end(self) -> None:
        self.ended = True
