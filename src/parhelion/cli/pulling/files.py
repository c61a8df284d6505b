"""Files that messages show, copied into FILE.media under an id: nothing of a name from outside becomes a path.

    an address of the account, or of a host that was allowed  ->  FILE.media/ID.part, bounded  ->  FILE.media/ID
    an address elsewhere                                      ->  stays as it is: it may be anybody's

The account is asked without a key first, and with it where it says that it wants to know (private attachments). Where
it redirects to is judged anew; a key never goes along.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urljoin

from ...client import Timeout
from ...client.flow import passing
from ...server.ids import ULID
from ...server.rules.files import clean_name, media_type_of
from ...server.rules.targets import Place, place_of
from ...wire import NoAnswer
from ...wire.export import file_id_of
from .line import Answer, Line
from .report import Trouble

HOPS = 4  # addresses that lead to one another
_OURS = re.compile(rf"/attachments/v2/({ULID.pattern})/[^/?#]+\Z")  # as an import reads it
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")


class File(NamedTuple):
    """A file that lies in FILE.media."""

    id: str
    name: str
    media_type: str
    size: int


class Home(NamedTuple):
    """The account: where it is, and how it is told who asks."""

    origin: str
    authorization: Callable[[], str]


class Files:
    """Fetches. `hosts` may be asked besides the account, `most` is in bytes."""

    def __init__(
        self,
        line: Line,
        home: Home,
        hosts: frozenset[str],
        folder: Path,
        most: int,
        attempts: int,
        timeout: Timeout,
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._line, self._home, self._hosts, self._folder, self._most = line, home, hosts, folder, most
        self._attempts, self._timeout, self._sleep = attempts, timeout, sleep
        self._place = place_of(home.origin)

    def is_wanted(self, address: str) -> bool:
        """Whether a file lies where files are fetched."""
        try:
            return self._may(place_of(_sendable(address)))
        except ValueError:
            return False

    async def fetch(self, address: str, said_type: str | None) -> File:
        """The file at a wanted address, fetched unless it is there already. Errors: Trouble; OSError of the disk."""
        place = place_of(_sendable(address))
        path = place.path.partition("?")[0]
        own = _OURS.search(address)
        id = own[1] if own else file_id_of(address)
        name = clean_name(unquote(path.rpartition("/")[2]))
        target = self._folder / id
        kind = said_type if said_type and _TYPE.fullmatch(said_type) else media_type_of(name)
        if kind is None or not target.is_file():
            kind = await self._tried(place, target, kind)
        return File(id, name, kind, target.stat().st_size)

    async def _tried(self, place: Place, target: Path, kind: str | None) -> str:
        for attempt in range(1, self._attempts + 1):
            try:
                return await self._fetched(place, target, kind)
            except Trouble as trouble:
                if not trouble.passing or attempt == self._attempts:
                    raise
            await self._sleep(min(0.5 * 2.0**attempt, 30.0))
        raise AssertionError("there is one attempt at least")

    async def _fetched(self, place: Place, target: Path, kind: str | None) -> str:
        """Its media type. The key is told to the account alone, and only when it asks."""
        known = False
        for _ in range(HOPS):
            is_home = place[:3] == self._place[:3]
            authorization = self._home.authorization() if known and is_home else None
            try:
                async with self._line.fetch(place, authorization, self._timeout) as answer:
                    if answer.status in (401, 403) and is_home and not known:
                        known = True
                        continue
                    if answer.status in (301, 302, 303, 307, 308):
                        place, known = self._led(place, answer), False
                        continue
                    _judge(answer)
                    await self._kept(answer, target)
                    return kind or _type_of(answer)
            except NoAnswer as lost:
                raise Trouble("failed", str(lost), passing=True) from None
        raise Trouble("elsewhere", f"its address leads from one to the next, {HOPS} times")

    async def _kept(self, answer: Answer, target: Path) -> None:
        said = answer.headers.get("content-length", "")
        if said.isdigit() and int(said[:15]) > self._most:
            raise Trouble("too large", f"it has {int(said[:15]):,} bytes, more than {self._most:,}")
        part = target.with_name(f"{target.name}.part")
        size = 0
        try:
            with part.open("wb") as file:
                async for piece in answer.pieces:
                    size += file.write(piece)
                    if size > self._most:
                        raise Trouble("too large", f"it has more than {self._most:,} bytes")
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        finally:
            with contextlib.suppress(FileNotFoundError):
                part.unlink()

    def _led(self, place: Place, answer: Answer) -> Place:
        there = urljoin(f"{place.scheme}://{place.authority}{place.path}", answer.headers.get("location", ""))
        try:
            found = place_of(_sendable(there))
        except ValueError:
            raise Trouble("elsewhere", "it is redirected to what is no address") from None
        if not self._may(found):
            raise Trouble("elsewhere", f"it is redirected to {found.authority}, which is not allowed (--media-host)")
        if place.scheme == "https" and found.scheme != "https":
            raise Trouble("elsewhere", f"it is redirected from https to http ({found.authority})")
        return found

    def _may(self, place: Place) -> bool:
        return place[:3] == self._place[:3] or place.authority in self._hosts


def _sendable(address: str) -> str:
    """An address as it is sent: letters beyond ASCII, and spaces, are percent-encoded."""
    return quote(address, safe="".join(map(chr, range(0x21, 0x7F))))


def _judge(answer: Answer) -> None:
    status = answer.status
    if status == 200:
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise Trouble("unreadable", "it came compressed, though it was asked for as it is")
        return
    if status in (404, 410):
        raise Trouble("gone", f"it is not there any more ({status})")
    if status in (401, 403):
        raise Trouble("forbidden", f"it is not for this key ({status})")
    raise Trouble("failed" if passing(status) else "refused", f"it was answered with {status}", passing=passing(status))


def _type_of(answer: Answer) -> str:
    said = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return said if _TYPE.fullmatch(said) else "application/octet-stream"
