"""What can be asked here, said by the table itself: for programs at /openapi.json, for people at /docs."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import cached_property
from typing import Any

import msgspec

from ... import __version__
from ...operations import CONTROLS, TABLE, Declared, operations
from ...operations.openapi import document
from .manual import POLICY, manual
from .pages import HTML, NO_REFERRER, Asked, Shown, fresh_or

JSON = (b"content-type", b"application/json; charset=utf-8")


class Reference:
    """Both are made when they are first asked for, and known by a tag from then on."""

    def __init__(self, served: Collection[Declared[Any]]) -> None:
        self._operations = [each for each in operations(*TABLE, *CONTROLS) if each in served]

    @cached_property
    def _document(self) -> dict[str, Any]:
        return document(self._operations, title="Parhelion", version=__version__)

    @cached_property
    def _json(self) -> bytes:
        return msgspec.json.encode(self._document)

    @cached_property
    def _html(self) -> bytes:
        return manual(self._document)

    async def openapi(self, asked: Asked) -> Shown:
        """The OpenAPI document, with the address under which it was asked for."""
        asked.only("GET", "HEAD")
        servers = msgspec.json.encode([{"url": asked.base}])
        body = b'%b,"servers":%b}' % (self._json[:-1], servers)
        return fresh_or(asked, _tag(body), [JSON], body)

    async def docs(self, asked: Asked) -> Shown:
        """The reference to read."""
        asked.only("GET", "HEAD")
        return fresh_or(asked, _tag(self._html), [HTML, POLICY, NO_REFERRER], self._html)


def _tag(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
