"""Exports: an app as lines, written down one after the other, whoever asks for them.

    header -> app -> users, with clients and devices -> attachments, with their bytes -> conversations, with
    participants and messages -> end

Each is told as of when it was read, a page at a time, and nothing is kept but the page. Any line is a place to go on
after. Users and conversations that came after the beginning are left out (`until`), and so is who takes part that
is not among the users: so what a line refers to is in it. Messages are told up to the newest when their turn comes.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from ...operations import Exports
from ...wire import (
    BadRequest,
    ClientAssociation,
    ExportedBytes,
    ExportEnd,
    ExportHeader,
    Participant,
    StoredFile,
    TooManyRequests,
    instant,
)
from ...wire.export import FILE_ID, ID, PIECE, VERSION, Files
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Clock, Database, Media, Row, Subscription, milliseconds
from ._serves import Context, Engines, serves
from .conversations import as_said

AT_ONCE = 2  # exports of an app in a process
PARENTS = 100  # users or conversations of a page
PAGE = 500  # of what is below them
SOME = 64 * 1024  # bytes of lines that go out together
BEYOND = "~"  # after every id
_PLACE = re.compile(
    rf"(?P<whole>export|app|end)|(?P<top>user|conversation):(?P<it>{ID})"
    rf"|(?P<kind>client|device|participant|message):(?P<parent>{ID}):(?P<id>{ID})"
    rf"|(?P<file>attachment|bytes):(?P<in>(?:{ID})?):(?P<its>{FILE_ID})(?::(?P<offset>[0-9]{{1,16}}))?"
)
_TOKEN = re.compile(rf"(?P<place>[^@]*)(?:@(?P<until>{ID}))?")
_STAGES = {
    **dict.fromkeys(("", "export", "app", "user", "client", "device"), 0),
    **dict.fromkeys(("attachment", "bytes"), 1),
    **dict.fromkeys(("conversation", "participant", "message"), 2),
    "end": 3,
}


class Place(NamedTuple):
    """After which line to go on; the kind is "" at the beginning."""

    kind: str = ""
    parent: str = ""
    id: str = ""
    offset: int = 0


BEGINNING = Place()


@dataclass(slots=True)
class Wanted:
    """What is to be written down. `counts`: of lines so far, when the last line is to tell them."""

    app: str
    files: Files = "none"
    after: Place = BEGINNING
    until: str | None = None
    counts: Counter[str] | None = None


def place(said: str) -> Place:
    """Where to go on, as wire/export.py says it. Errors: ValueError."""
    found = _PLACE.fullmatch(said)
    if found is None:
        raise ValueError(f"{said!r} is no place in an export")
    if found["whole"]:
        return Place(found["whole"])
    if found["top"]:
        return Place(found["top"], "", found["it"])
    if found["kind"]:
        return Place(found["kind"], found["parent"], found["id"])
    return Place(found["file"], found["in"], found["its"], int(found["offset"] or 0))


@serves(Exports.lines)
async def lines(context: Context, *, after: str | None = None, embed: bool | None = None) -> Subscription:
    wanted = Wanted(context.app_id, "embedded" if embed else "none")
    if after is None:
        wanted.counts = Counter()
    else:
        said = _TOKEN.fullmatch(after)
        try:
            wanted.after = place(said["place"] if said else after)
        except ValueError:
            raise BadRequest("after: should be a place as this export told it") from None
        wanted.until = said["until"] if said else None
    running = context.engines.exports
    if running[context.app_id] >= AT_ONCE:
        raise TooManyRequests(
            f"The app has {AT_ONCE} exports under way: wait until one is done", headers={"retry-after": "10"}
        )
    return _Lines(context.engines, wanted)


class _Lines:
    """An export under way: counted from here on until it is over."""

    def __init__(self, engines: Engines, wanted: Wanted) -> None:
        self._engines, self._wanted = engines, wanted
        self._ended = False
        self._counts = True
        engines.exports[wanted.app] += 1

    async def __aiter__(self) -> AsyncGenerator[bytes]:
        engines = self._engines
        async with aclosing(written(engines.database, engines.media, engines.clock, self._wanted)) as pieces:
            async for piece in pieces:
                if self._ended:
                    return
                yield piece

    def end(self, last: bytes = b"") -> None:  # noqa: ARG002 - a line more would be taken for one of the export
        self._ended = True
        if self._counts:
            self._counts = False
            self._engines.exports[self._wanted.app] -= 1


async def written(database: Database, media: Media, clock: Clock, wanted: Wanted) -> AsyncGenerator[bytes]:
    """The lines, some of them at a time, each piece ending with a whole one."""
    stage = _STAGES[wanted.after.kind]
    if wanted.until is None:
        wanted.until = await rows.exporting.until(database, wanted.app) or "0" * 24
    ready, size = list[bytes](), 0
    async with aclosing(_lines(database, media, clock, wanted, stage)) as told:
        async for kind, line in told:
            if wanted.counts is not None and kind not in ("export", "end"):
                wanted.counts[kind] += 1
            ready.append(line)
            size += len(line)
            if size >= SOME:
                yield b"".join(ready)
                ready, size = [], 0
    if ready:
        yield b"".join(ready)


async def _lines(
    database: Database, media: Media, clock: Clock, wanted: Wanted, stage: int
) -> AsyncGenerator[tuple[str, bytes]]:
    app, after, until = wanted.app, wanted.after, wanted.until or ""
    if not after.kind:
        header = ExportHeader(
            version=VERSION,
            app_id=app,
            exported_at=instant(milliseconds(clock())),
            files=wanted.files,
            until=until,
        )
        yield "export", to_json(header) + b"\n"
    if after.kind in ("", "export") and (body := await rows.apps.find(database, app)) is not None:
        yield "app", b'{"kind":"app","data":%b}\n' % body
    if stage == 0:
        clients, devices = (
            partial(rows.exporting.clients, database, app),
            partial(rows.exporting.devices, database, app),
        )
        people = _Family(
            partial(rows.exporting.users, database, app),
            partial(rows.exporting.user, database, app),
            lambda row: b'{"kind":"user","data":%b}\n' % row[1],
            {"user": None, "client": (clients, _of_user("client")), "device": (devices, _of_user("device"))},
        )
        async for each in people.told(after, until):
            yield each
    if stage <= 1:
        async for each in _files(database, media, wanted, after if stage == 1 else BEGINNING):
            yield each
    if stage <= 2:
        talks = _Family(
            partial(rows.exporting.conversations, database, app),
            partial(rows.exporting.conversation, database, app),
            _conversation,
            {
                "conversation": None,
                "participant": (partial(_participants, database, app, until), _participant),
                "message": (partial(rows.exporting.messages, database, app), _message),
            },
        )
        async for each in talks.told(after if stage == 2 else BEGINNING, until):
            yield each
    yield "end", to_json(ExportEnd(counts=None if wanted.counts is None else dict(wanted.counts))) + b"\n"


Page = Callable[[str, str, str, int], Awaitable[list[Row]]]  # after (parent, id), up to a parent, so many
Spell = Callable[[Row], bytes]


class _Family:
    """Things, each with what is below it, kind after kind."""

    def __init__(
        self,
        page: Callable[[str, str, int], Awaitable[list[Row]]],
        one: Callable[[str], Awaitable[list[Row]]],
        spell: Spell,
        kinds: dict[str, tuple[Page, Spell] | None],
    ) -> None:
        """`kinds`: in their order, the first one that of the things themselves."""
        self._page, self._one, self._spell = page, one, spell
        self._kind, *self._below = kinds
        self._children = {kind: each for kind, each in kinds.items() if each is not None}

    async def told(self, after: Place, until: str) -> AsyncIterator[tuple[str, bytes]]:
        cursor, begun = "", list[Row]()
        starts: dict[str, tuple[str, str]] = dict.fromkeys(self._below, ("", ""))
        if after.kind == self._kind or after.kind in self._below:
            cursor = after.id if after.kind == self._kind else after.parent
            begun = await self._one(cursor)
            for kind in self._below[: self._below.index(after.kind) if after.kind in self._below else 0]:
                starts[kind] = (cursor, BEYOND)
            if after.kind in self._below:
                starts[after.kind] = (cursor, after.id)
        follow = {kind: _Following(self._children[kind][0], starts[kind]) for kind in self._below}
        page = begun
        while True:
            for row in page:
                if page is not begun:
                    yield self._kind, self._spell(row)
                for kind in self._below:
                    spell = self._children[kind][1]
                    async for found in follow[kind].of(row[0], page[-1][0]):
                        for each in found:
                            yield kind, spell(each)
            if page is not begun:
                if len(page) < PARENTS:
                    return
                cursor = page[-1][0]
            page = await self._page(cursor, until, PARENTS)
            if not page:
                return


class _Following:
    """What is below the things of a page, in their order."""

    def __init__(self, page: Page, after: tuple[str, str]) -> None:
        self._page, self._after = page, after
        self._ready = deque[Row]()
        self._known = ""  # up to which parent there is no more than what is ready

    async def of(self, parent: str, last: str) -> AsyncIterator[list[Row]]:
        """What is below one of them. `last`: of the page."""
        while True:
            found = list[Row]()
            while self._ready and self._ready[0][0] <= parent:
                row = self._ready.popleft()
                if row[0] == parent:
                    found.append(row)
            if found:
                yield found
            if self._ready or self._known >= parent:
                return
            page = await self._page(*max(self._after, (self._known, BEYOND)), last, PAGE)
            self._ready.extend(page)
            if len(page) < PAGE:
                self._known = last
            else:
                self._after = (page[-1][0], page[-1][1])


def _of_user(kind: str) -> Spell:
    begin = b'{"kind":"%b","userId":"' % kind.encode()
    return lambda row: b'%b%b","data":%b}\n' % (begin, row[0].encode(), row[2])


def _conversation(row: Row) -> bytes:
    *said, last = row
    high = b'"lastMessageId":"%b",' % last.encode() if last else b""
    return b'{"kind":"conversation",%b"data":%b}\n' % (high, as_said(said))


def _message(row: Row) -> bytes:
    return b'{"kind":"message","conversationId":"%b","data":%b}\n' % (row[0].encode(), row[2])


async def _participants(
    database: Database, app: str, until: str, parent: str, id: str, last: str, several: int
) -> list[Row]:
    """With the clients that they use."""
    found = await rows.exporting.participants(database, app, parent, id, last, several, until)
    used: dict[tuple[str, str], list[ClientAssociation]] = {}
    if found:
        for conversation, user, type, client in await rows.exporting.used(database, app, found[0][0], found[-1][0]):
            used.setdefault((conversation, user), []).append(ClientAssociation(type=type, client_id=client))
    return [(*row, used.get((row[0], row[2]), [])) for row in found]


def _participant(row: Row) -> bytes:
    conversation, id, user, external, mark, read, unread, used = row
    said = Participant(
        id=id,
        user_id=user,
        user_external_id=external,
        unread_count=unread,
        client_associations=used,
        last_read=instant(read) if read else None,
    )
    begin = b'{"kind":"participant","conversationId":"%b","lastReadMessageId":"%b"' % (
        conversation.encode(),
        mark.encode(),
    )
    return b'%b,"data":%b}\n' % (begin, to_json(said))


async def _files(database: Database, media: Media, wanted: Wanted, after: Place) -> AsyncIterator[tuple[str, bytes]]:
    embed = wanted.files == "embedded"
    if after.kind and embed:
        for row in await rows.exporting.file(database, wanted.app, after.id):
            async for line in _bytes(media, row, after.offset):
                yield "bytes", line
    parent, id = after.parent, after.id
    while page := await rows.exporting.files(database, wanted.app, parent, id, PARENTS):
        for row in page:
            yield "attachment", b'{"kind":"attachment","data":%b}\n' % to_json(_file(row))
            if embed:
                async for line in _bytes(media, row, 0):
                    yield "bytes", line
        parent, id = page[-1][:2]


def _file(row: Row) -> StoredFile:
    conversation, id, name, media_type, size, for_message, created = row
    return StoredFile(
        id=id,
        name=name,
        media_type=media_type,
        size=size,
        conversation_id=conversation or None,
        for_="message" if for_message else None,
        created_at=instant(created),
    )


async def _bytes(media: Media, row: Row, offset: int) -> AsyncIterator[bytes]:
    """Of a file that is gone meanwhile there are none, or no more."""
    conversation, id, _, _, size, *_ = row
    held = bytearray()
    try:
        if offset < size:
            async for piece in media.read(id, offset, size - offset):
                held += piece
                while len(held) >= PIECE:
                    yield _piece(id, conversation, offset, held[:PIECE])
                    offset += PIECE
                    del held[:PIECE]
    except FileNotFoundError:
        return
    if held:
        yield _piece(id, conversation, offset, held)


def _piece(id: str, conversation: str, offset: int, data: bytearray) -> bytes:
    line = ExportedBytes(attachment_id=id, conversation_id=conversation or None, offset=offset, data=bytes(data))
    return to_json(line) + b"\n"
