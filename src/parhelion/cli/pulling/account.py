"""A hosted account, asked over its API. What it answers is kept as the bytes that came, whatever is new in them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import msgspec

from ...client import AsyncClient
from ...client.flow import UNREADABLE, passing
from ...operations import Declared
from ...wire import ApiError, Forbidden, Meta, NoAnswer, NotFound, Page, Unauthorized
from ...wire.reading import tolerant
from .report import Stopped, Trouble

IN_VAIN = 25  # requests in a row, each of them sent several times


class Account:
    """Errors of every method: `Trouble`, or `Stopped` when nothing is answered any more, or nothing to us."""

    def __init__(self, client: AsyncClient, pages: int) -> None:
        self._client, self._pages = client, pages
        self._in_vain = 0

    async def one(self, name: str, operation: Declared[Any], arguments: dict[str, Any]) -> bytes:
        """The object called `name` in an answer."""
        found = await self._ask(operation, arguments)
        if not found.get(name, b"").startswith(b"{"):
            raise Trouble("unreadable", f"the answer holds no {name}", passing=True)
        return found[name]

    async def several(self, name: str, operation: Declared[Any], arguments: dict[str, Any]) -> list[bytes]:
        """The objects in the list called `name`, where a list has no pages."""
        return _items(name, await self._ask(operation, arguments))

    async def pages(
        self, name: str, operation: Declared[Any], arguments: dict[str, Any], *, back: bool = False
    ) -> AsyncGenerator[list[bytes]]:
        """The same, page by page; `back` begins with the last page. It ends, whatever the account says."""
        cursor: str | None = None
        met: set[str | None] = set()
        while len(met) < self._pages:
            met.add(cursor)
            page = Page(size=None if back else 100, before=cursor if back else None, after=None if back else cursor)
            found = await self._ask(operation, {**arguments, "page": page})
            items = _items(name, found)
            yield items
            meta = _meta(found)
            cursor = meta.before_cursor if back else meta.after_cursor
            if meta.has_more is False or (meta.has_more is None and not (cursor and items)):
                return
            if not cursor or not items or cursor in met:
                raise Trouble("unreadable", f"the list of {name} says there is more, and not where", passing=True)
        raise Trouble("unreadable", f"the list of {name} has no end", passing=True)

    async def _ask(self, operation: Declared[Any], arguments: dict[str, Any]) -> dict[str, bytes]:
        """The answer, a level deep."""
        try:
            answer = await self._client.call_raw(operation, arguments)
        except ValueError as error:  # an id that cannot be in an address
            raise Trouble("no id", str(error)) from None
        except Unauthorized as error:
            raise Stopped(f"the key is not taken (401): {error.title}") from None
        except (ApiError, NoAnswer) as error:
            raise self._judged(error) from None
        self._in_vain = 0
        return _opened(answer.body)

    def _judged(self, error: ApiError | NoAnswer) -> Trouble | Stopped:
        if isinstance(error, ApiError) and not passing(error.status) and error.code != UNREADABLE:
            self._in_vain = 0
            if isinstance(error, NotFound):
                return Trouble("gone", str(error))
            return Trouble("forbidden" if isinstance(error, Forbidden) else "refused", str(error))
        self._in_vain += 1
        if self._in_vain >= IN_VAIN:
            return Stopped(f"{IN_VAIN} requests in a row came to nothing, the last of them so: {error}")
        if isinstance(error, ApiError) and not passing(error.status):
            return Trouble("unreadable", str(error), passing=True)
        return Trouble("failed", str(error), passing=True)


def _opened(body: bytes) -> dict[str, bytes]:
    """What an object holds, by name. Where JSON is broken in a way that can be mended, mended."""
    try:
        return {name: bytes(raw) for name, raw in msgspec.json.decode(body, type=dict[str, msgspec.Raw]).items()}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            mended: dict[str, Any] = tolerant(body, dict[str, Any])
            return {name: msgspec.json.encode(value) for name, value in mended.items()}
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise Trouble("unreadable", f"the answer is not JSON: {error}", passing=True) from None


def _items(name: str, found: dict[str, bytes]) -> list[bytes]:
    try:
        return [bytes(each) for each in msgspec.json.decode(found.get(name, b""), type=list[msgspec.Raw])]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Trouble("unreadable", f"the answer holds no list of {name}", passing=True) from None


def _meta(found: dict[str, bytes]) -> Meta:
    try:
        meta: Meta = tolerant(found.get("meta", b"{}"), Meta)
    except msgspec.DecodeError:
        return Meta()
    return meta
