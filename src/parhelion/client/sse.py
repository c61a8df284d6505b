r"""Server-sent events: bytes in, frames out. No IO.

    parser.feed(b"id: 7\ndata: {")   ->  nothing yet
    parser.feed(b"}\n\n")           ->  Frame(event="message", data="{}", id="7")

After the standard (https://html.spec.whatwg.org/multipage/server-sent-events.html): a line ends with CR, LF or both, a
frame with an empty line; a line that begins with a colon is a comment; what is unknown is passed over; what is not
UTF-8 becomes U+FFFD; a frame that the end cuts off is dropped. Where the pieces begin and end does not matter.

Two things are ours. A frame that has an id and no data is told too, for an id says how far a stream has come; the
standard's user agents remember it and stay silent. And a line or a frame's data has a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LIMIT = 4 * 1024 * 1024  # bytes of a line, and of the data of a frame: many times what an event can have
_END = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"


class TooLongError(Exception):
    """A line or an event that has no end. What it belongs to cannot be read on."""


class Frame(NamedTuple):
    """What an empty line ends."""

    event: str  # "message", unless the frame says otherwise
    data: str | None  # its lines with LF between them; None when there is none
    id: str | None  # its own; None when it says none, and then the one before still holds


class Parser:
    """Reads one connection."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.retry: int | None = None  # milliseconds, as last said
        self._limit = limit
        self._line = bytearray()  # the beginning of one
        self._first = True
        self._after_cr = False  # an LF that comes next belongs to the line before
        self._clear()

    def feed(self, piece: bytes) -> Iterator[Frame]:
        """The frames that end in this piece. Take them all before the next piece. Errors: TooLongError."""
        for line in self._lines(piece):
            if not line:
                if self._data or self._id is not None:
                    data = b"\n".join(self._data).decode(errors="replace") if self._data else None
                    yield Frame(self._event or "message", data, self._id)
                self._clear()
            else:
                self._field(line)

    def _clear(self) -> None:
        self._event = ""
        self._data: list[bytes] = []
        self._size = 0
        self._id: str | None = None

    def _lines(self, piece: bytes) -> Iterator[bytes]:
        start = 1 if self._after_cr and piece.startswith(b"\n") else 0
        if piece:
            self._after_cr = piece.endswith(b"\r")
        for end in _END.finditer(piece, start):
            self._keep(piece[start : end.start()])
            start = end.end()
            line = bytes(self._line)
            self._line.clear()
            yield self._begun(line)
        self._keep(piece[start:])

    def _keep(self, part: bytes) -> None:
        if len(self._line) + len(part) > self._limit:
            raise TooLongError(f"A line of more than {self._limit} bytes")
        self._line += part

    def _begun(self, line: bytes) -> bytes:
        if self._first:
            self._first = False
            return line.removeprefix(_BOM)
        return line

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._size += len(value) + 1
            if self._size > self._limit:
                raise TooLongError(f"An event of more than {self._limit} bytes")
            self._data.append(value)
        elif name == b"event":
            self._event = value.decode(errors="replace")
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode(errors="replace")
        elif name == b"retry" and value.isdigit():
            self.retry = int(value[:9])  # eleven days are as good as more
