"""An attachment going out: whole or a range, never run by a browser as anything but what it is.

Its address is its permission, as with the hosted service: the id in it cannot be guessed. The bytes under an id never
change, so the id is the ETag.

Where media lets clients fetch from a store of its own, GET is sent there. What that store does not say (`nosniff`, the
sandbox) is made up for: only what no browser runs is shown there, everything else is saved.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping

from ...wire import AttachmentNotFound, MethodNotAllowed
from ..commands import Engines
from ..ports import Unavailable
from ..rows import attachments
from ..rules import files
from .asgi import Gone, Headers, Receive, Send, hang_up

log = logging.getLogger("parhelion.http")
_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")
_SAFE: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"cache-control", b"public, max-age=900"),  # as long as the hosted service's cache may keep a deleted file
    (b"accept-ranges", b"bytes"),
]


async def fetch(
    engines: Engines,
    id: str,
    name: str,
    method: str,
    asked: Mapping[bytes, bytes],
    receive: Receive,
    send: Send,
    more: Headers,
) -> None:
    """Answer GET or HEAD for an attachment."""
    if method not in ("GET", "HEAD"):
        raise MethodNotAllowed(headers={"allow": "GET, HEAD"})
    found = await attachments.find(engines.database, id)
    if found is None or found[1] != name:
        raise AttachmentNotFound
    _, name, media_type, size = found
    tag = f'"{id}"'.encode()
    headers = [
        *_SAFE,
        (b"etag", tag),
        (b"content-type", media_type.encode()),
        (b"content-disposition", files.disposition(name, media_type).encode()),
        *more,
    ]
    if tag in asked.get(b"if-none-match", b"").replace(b"W/", b"").replace(b" ", b"").split(b","):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    span = part_of(asked.get(b"range"), size) if asked.get(b"if-range", tag) == tag else (0, size)
    if span is None:
        headers = [*headers, (b"content-range", b"bytes */%d" % size), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 416, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    start, length = span
    status = 200 if length == size else 206
    headers.append((b"content-length", b"%d" % length))
    if status == 206:
        headers.append((b"content-range", b"bytes %d-%d/%d" % (start, start + length - 1, size)))
    if method == "HEAD":
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    if link := engines.media.link(id, media_type, files.disposition(name, media_type, alone=True)):
        there = [(b"location", link.encode()), (b"content-length", b"0"), (b"cache-control", b"public, max-age=60")]
        await send({"type": "http.response.start", "status": 307, "headers": [*there, *more]})
        await send({"type": "http.response.body", "body": b""})
        return
    started = False
    left = asyncio.ensure_future(hang_up(receive))
    try:
        async for piece in engines.media.read(id, start, length):
            if not started:  # only now is it known that the file is there
                await send({"type": "http.response.start", "status": status, "headers": headers})
                started = True
            if left.done():
                raise Gone
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except FileNotFoundError:  # deleted since its row was read
        raise AttachmentNotFound from None
    except OSError as trouble:
        if not started:
            raise Unavailable(f"an attachment cannot be read: {trouble}") from trouble
        log.exception("an attachment broke off while it was sent")
        raise Gone from trouble  # the length that was promised is not kept, so the connection ends
    finally:
        left.cancel()
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def part_of(asked: bytes | None, size: int) -> tuple[int, int] | None:
    """(start, length) of what is asked for; None when it lies outside.

    Several ranges at once, or words that are not ranges, are answered with the whole, as RFC 9110 allows.
    """
    match = _RANGE.fullmatch(asked.strip()) if asked else None
    if match is None or match[0] == b"bytes=-":
        return 0, size
    first, last = match[1], match[2]
    if not first:
        length = min(int(last), size)
        return (size - length, length) if length else None
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return 0, size
    return (start, end - start + 1) if start < size else None
