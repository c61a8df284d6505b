"""Bringing an app in, from the lines that an export wrote down. See wire/export.py.

    line -> read strictly, judged as a request would be -> a write that is refused where anything is there
         -> taken in | there already, and the same | refused, with the reason

Nothing is told to webhooks or listeners, and nothing goes over what is there. A file is not trusted: it says nothing of
other apps, no id that lies ahead of the clock, and no more than what a request could say.

Lines are under way side by side, so many at most; users before conversations, as these refer to them. Lines of one
conversation keep their order, and its messages go in sixteen to a write.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from ...wire import (
    ApiError,
    App,
    AppSettings,
    AppUpdateBody,
    CarouselMessage,
    Client,
    Content,
    Conversation,
    ConversationCreateBody,
    Device,
    ExportedApp,
    ExportedAttachment,
    ExportedBytes,
    ExportedClient,
    ExportedConversation,
    ExportedDevice,
    ExportedMessage,
    ExportedParticipant,
    ExportedUser,
    ExportEnd,
    ExportHeader,
    ExportLine,
    FileMessage,
    ImageMessage,
    ListMessage,
    Message,
    StoredFile,
    User,
    UserCreateBody,
    instant,
)
from ...wire.export import ID, LONGEST_LINE, VERSION, file_id_of, kind_of
from ...wire.reading import Fault, Unreadable, decoder, strict
from ...wire.writing import write as to_json
from .. import rows
from ..ids import ULID
from ..ports import Part, Refused, Write, milliseconds
from ..rows.importing import SEVERAL, Said
from ..rules import content, files, metadata, settings
from ..rules.addresses import web_faults
from ..rules.words import texts_of, words_of
from ._serves import Engines
from .attachments import PATH
from .users import email_of

AHEAD = 3600  # seconds that an id may lie in the future: later ones have to follow it
UNDER_WAY = 64  # writes
HELD = 8 * 1024 * 1024  # bytes of lines under way
CLIENTS = 50  # of a participant
_ID = re.compile(ID)
_OURS = re.compile(rf"{PATH}({ULID.pattern})/[^/?#]+\Z")
_PEOPLE = (ExportedUser, ExportedClient, ExportedDevice)

Tell = Callable[[int, str, str], None]  # a line's number, its kind, why it was refused
Beside = Callable[[str], AsyncIterator[bytes]]  # what is in the file of that id; FileNotFoundError


class RefusedLineError(Exception):
    """Why a line is not taken in."""


class Importer:
    """Takes lines, one after the other, into an app."""

    def __init__(
        self, engines: Engines, header: ExportHeader, app: str, tell: Tell, public_url: str | None, beside: Beside
    ) -> None:
        """`app`: into which. `public_url`: where files are to be fetched; None: where they were. `beside`: reads those
        that the header says are beside the lines.
        """
        self.taken, self.there, self.refused, self.left_out = (Counter[str]() for _ in range(4))
        self.end: ExportEnd | None = None
        self._engines, self._database, self._app = engines, engines.database, app
        self._tell, self._public, self._beside, self._files = tell, public_url, beside, header.files
        self._under_way: dict[asyncio.Task[None], int] = {}
        self._people: bool | None = None  # whether the last line was about one
        self._met = False  # whether the last messages were there already
        self._talk = ""  # the conversation of the messages that wait to go together
        self._waiting: dict[str, tuple[int, Said]] = {}  # by their ids
        self._waiting_size = 0
        self._coming: _Coming | None = None

    async def take(self, number: int, said: bytes) -> None:
        """A line. Errors: `Unavailable` when the store cannot be written: what was taken in is there."""
        kind = "line"
        try:
            line = _read(said)
            kind = kind_of(line)
            if not isinstance(line, ExportedBytes):
                await self._leave_file()
            await self._take(number, line, len(said))
        except RefusedLineError as why:
            self._refuse(number, kind, str(why))

    async def finish(self) -> None:
        """Returns when all is done."""
        await self._leave_file()
        await self._all_done()

    async def abandon(self) -> None:
        """Leave what is still under way, when it came to an end before its time."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        if self._coming is not None:
            await self._coming.part.discard()
            self._coming = None

    @property
    def lines(self) -> Counter[str]:
        """How many there were of each kind."""
        return self.taken + self.there + self.refused + self.left_out

    async def _take(self, number: int, line: ExportLine, size: int) -> None:
        people = isinstance(line, _PEOPLE)
        if people is not self._people:
            await self._all_done()
            self._people = people
        if isinstance(line, ExportedMessage):
            await self._take_message(number, line, size)
            return
        match line:
            case ExportHeader():
                raise RefusedLineError("a file has one first line")
            case ExportEnd():
                self.end = line
            case ExportedApp():
                self.there["app"] += 1  # who began to read has made it
            case ExportedAttachment():
                await self._take_file(number, line.data)
            case ExportedBytes():
                await self._take_bytes(line)
            case ExportedConversation():
                await self._go_together()
                await self._start(self._one(number, line, *self._conversation(line)), size)
            case ExportedParticipant():
                await self._start(self._one(number, line, *await self._participant(line)), size)
            case ExportedUser():
                await self._start(self._one(number, line, *self._user(line.data)), size)
            case ExportedClient():
                await self._start(self._one(number, line, *self._client(line)), size)
            case ExportedDevice():
                await self._start(self._one(number, line, *self._device(line)), size)

    # -- what is under way --------------------------------------------------------------------------------------------

    async def _start(self, work: Any, size: int) -> None:
        task = asyncio.ensure_future(work)
        self._under_way[task] = size
        await asyncio.sleep(0)  # so that it hands its write over before the next does
        while len(self._under_way) > UNDER_WAY or sum(self._under_way.values()) > HELD:
            await self._some_done()

    async def _some_done(self) -> None:
        done, _ = await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            del self._under_way[task]
            task.result()

    async def _all_done(self) -> None:
        await self._go_together()
        while self._under_way:
            await self._some_done()

    def _refuse(self, number: int, kind: str, why: str) -> None:
        self.refused[kind] += 1
        self._tell(number, kind, why)

    async def _one(
        self, number: int, line: ExportLine, write: Write, compare: Callable[[], Awaitable[str | None]]
    ) -> None:
        """`compare`: why it was refused, asked afterwards; None where the same is there."""
        kind = kind_of(line)
        try:
            await self._database.write(write)
        except Refused:
            why = await compare()
            if why is None:
                self.there[kind] += 1
            else:
                self._refuse(number, kind, why)
        else:
            self.taken[kind] += 1

    # -- people -------------------------------------------------------------------------------------------------------

    def _user(self, user: User) -> tuple[Write, Callable[[], Awaitable[str | None]]]:
        _check_id(user.id)
        _stamp(user, "signed_up_at")
        body = to_json(user)
        picture = user.profile.avatar_url if user.profile else None
        _check(_limits(body, UserCreateBody), web_faults(picture, "data.profile.avatarUrl"))
        _check(metadata.faults(user.metadata, "data.metadata", "User"))
        if b"\\u0000" in body:
            raise RefusedLineError("data: should have no character U+0000 in it")
        write = rows.users.create(
            self._app,
            user.id,
            user.external_id,
            user.brand_id or "",
            email_of(user),
            body,
            zendesk=user.zendesk_id or "",
        )

        async def compare() -> str | None:
            found = await rows.users.by_id(self._database, self._app, user.id)
            if found is not None:
                return _same(bytes(found[2]), body)
            return f"another user has the external id {user.external_id!r}"

        return write._replace(key=user.id), compare

    def _client(self, line: ExportedClient) -> tuple[Write, Callable[[], Awaitable[str | None]]]:
        client = line.data
        _check_id(client.id)
        _stamp(client, "last_seen", "linked_at")
        _check_word(client.type, "data.type")
        _check(web_faults(client.avatar_url, "data.avatarUrl"))
        body = to_json(client)
        if b"\\u0000" in body:
            raise RefusedLineError("data: should have no character U+0000 in it")
        write = rows.importing.client(
            self._app,
            line.user_id,
            client.id,
            client.type,
            client.integration_id or "",
            client.external_id or "",
            body,
        )

        async def compare() -> str | None:
            found = await rows.clients.find(self._database, self._app, line.user_id, client.id)
            return _same(found, body) if found is not None else await self._no_user(line.user_id)

        return write, compare

    def _device(self, line: ExportedDevice) -> tuple[Write, Callable[[], Awaitable[str | None]]]:
        device = line.data
        _check_id(device.id)
        seen = _stamp(device, "last_seen")
        body = to_json(device)
        write = rows.devices.create(self._app, line.user_id, device.id, seen, body)

        async def compare() -> str | None:
            found = await rows.devices.find(self._database, self._app, line.user_id, device.id)
            return _same(found, body) if found is not None else await self._no_user(line.user_id)

        return write, compare

    async def _no_user(self, user: str) -> str:
        found = await rows.users.by_id(self._database, self._app, user)
        return f"there is no user {user}" if found is None else "it could not be taken in: try again"

    # -- conversations ------------------------------------------------------------------------------------------------

    def _conversation(self, line: ExportedConversation) -> tuple[Write, Callable[[], Awaitable[str | None]]]:
        said = line.data
        _check_id(said.id)
        if line.last_message_id is not None:
            self._check_not_ahead(line.last_message_id, "lastMessageId")
        created = _stamp(said, "created_at")
        updated = _stamp(said, "last_updated_at") or created or _moment(said.id)
        active, pending = said.active_switchboard_integration, said.pending_switchboard_integration
        read = _stamp(said, "business_last_read")
        said.active_switchboard_integration = said.pending_switchboard_integration = None
        said.last_updated_at = said.business_last_read = None
        body = to_json(said)
        _check(_limits(body, ConversationCreateBody), web_faults(said.icon_url, "data.iconUrl"))
        _check(metadata.faults(said.metadata, "data.metadata", "Conversation"))
        write = rows.importing.conversation(
            self._app,
            said.id,
            said.type,
            body,
            default=bool(said.is_default) and said.type == "personal",
            last=line.last_message_id or "",
            updated=updated,
            read=read,
            active=_plain(active.id if active else ""),
            pending=_plain(pending.id if pending else ""),
        )

        async def compare() -> str | None:
            found = await rows.conversations.find(self._database, self._app, said.id)
            if found is None:
                return "it was deleted here just now: try again later"
            return _same(bytes(found[0]), body)

        return write, compare

    async def _participant(self, line: ExportedParticipant) -> tuple[Write, Callable[[], Awaitable[str | None]]]:
        said, here = line.data, line.conversation_id
        _check_id(said.id)
        _check_id(said.user_id, "data.userId")
        mark = line.last_read_message_id
        if mark:
            self._check_not_ahead(mark, "lastReadMessageId")
        read = _stamp(said, "last_read")
        if mark is None and (read or said.unread_count == 0):
            mark = _before(read or await self._updated(here))
        used = [each.client_id for each in said.client_associations or () if each.client_id is not None]
        if len(used) > CLIENTS:
            raise RefusedLineError(f"data.clientAssociations: should have at most {CLIENTS} items")
        write = rows.importing.participant(
            self._app, here, said.user_id, said.id, mark or "", read, [each for each in used if _ID.fullmatch(each)]
        )

        async def compare() -> str | None:
            found = await rows.participants.find(self._database, self._app, here, user=said.user_id)
            if found is not None:
                return None if found[0] == said.id else "differs from what is there: the user takes part already"
            if await rows.importing.state(self._database, self._app, here) is None:
                return f"there is no conversation {here}"
            user = await rows.users.by_id(self._database, self._app, said.user_id)
            if user is None:
                return f"there is no user {said.user_id}"
            count, *_ = await rows.participants.state(self._database, self._app, here, said.user_id)
            if count:
                return "the conversation has as many participants as it may have"
            return f"the user has another default conversation, {user[1]}"

        return write, compare

    async def _updated(self, conversation: str) -> int:
        """It was handed over before, and may be under way."""
        found = await rows.importing.state(self._database, self._app, conversation)
        if found is None:
            await self._all_done()
            found = await rows.importing.state(self._database, self._app, conversation)
        return int(found[2]) if found is not None else 0

    async def _take_message(self, number: int, line: ExportedMessage, size: int) -> None:
        message = line.data
        _check_id(message.id)
        self._check_not_ahead(message.id, "data.id")
        if _stamp(message, "received") < 0:
            raise RefusedLineError("data.received: should be after 1970")
        author = message.author
        if author.type not in ("business", "user"):
            raise RefusedLineError("data.author.type: should be one of business, user")
        by = author.user_id or "" if author.type == "user" else ""
        if by or author.type == "user":
            _check_id(by, "data.author.userId")
        _check(web_faults(author.avatar_url, "data.author.avatarUrl"))
        _check(Fault(f"data.{each.place}", each.why) for each in content.kept_faults(message.content, message.metadata))
        shown = await self._shown(message.content)
        said = Said(message.id, by, to_json(message), words_of(texts_of(message.content, author)))
        if shown:
            await self._go_together()
            await self._start(self._messages(line.conversation_id, [(number, said)], shown), size)
            return
        full = len(self._waiting) >= SEVERAL or self._waiting_size > HELD // UNDER_WAY
        if line.conversation_id != self._talk or full or said.id in self._waiting:
            await self._go_together()
            self._talk = line.conversation_id
        self._waiting[said.id] = (number, said)
        self._waiting_size += size

    async def _go_together(self) -> None:
        if self._waiting:
            waiting, size = list(self._waiting.values()), self._waiting_size
            self._waiting, self._waiting_size = {}, 0
            await self._start(self._messages(self._talk, waiting), size)

    async def _messages(self, conversation: str, left: list[tuple[int, Said]], shown: Iterable[str] = ()) -> None:
        """Some messages of one conversation, in one write. It is looked what is there only where something may be."""
        look = self._met
        while left:
            if look:
                left = await self._new(conversation, left)
                if not left:
                    return
            try:
                write = rows.importing.messages(self._app, conversation, [each for _, each in left], list(shown))
                await self._database.write(write)
            except Refused as refused:
                if refused.why != rows.importing.NO_CONVERSATION:
                    look = self._met = True  # what was under way before is done by now
                    continue
                for number, _ in left:
                    self._refuse(number, "message", f"there is no conversation {conversation}")
            else:
                self.taken["message"] += len(left)
            return

    async def _new(self, conversation: str, several: list[tuple[int, Said]]) -> list[tuple[int, Said]]:
        """Those that can be taken in. Of the others it is told what they are."""
        state = await rows.importing.state(self._database, self._app, conversation)
        there = await rows.importing.there(self._database, self._app, conversation, [each.id for _, each in several])
        self._met = bool(there)
        new = list[tuple[int, Said]]()
        for number, said in several:
            if said.id in there:
                why = _same(there[said.id], said.body)
                if why is None:
                    self.there["message"] += 1
                else:
                    self._refuse(number, "message", why)
            elif state is not None and said.id <= state[1]:
                self._refuse(number, "message", "it was deleted here, with all messages of the conversation")
            elif state is not None and state[0] + len(new) >= rows.messages.CAP:
                self._refuse(number, "message", f"the conversation has {rows.messages.CAP:,} messages already")
            else:
                new.append((number, said))
        return new

    async def _shown(self, said: Content) -> list[str]:
        """Which files of the app it shows. Their addresses are made ours, where it is known what ours are."""
        found = dict[str, str]()
        for address in content.addresses(said):
            ours = _OURS.search(address)
            id = ours[1] if ours else file_id_of(address)
            row = await rows.attachments.find(self._database, id)
            if row is not None and row[0] == self._app:
                found[address] = id
                if self._public is not None:
                    _point(said, address, f"{self._public}{PATH}{id}/{quote(row[1])}", id)
        return list(dict.fromkeys(found.values()))

    def _check_not_ahead(self, id: str, place: str) -> None:
        if int(id[:8], 16) > self._engines.clock() + AHEAD:
            raise RefusedLineError(f"{place}: lies in the future, and new ids would have to follow it")

    # -- files --------------------------------------------------------------------------------------------------------

    async def _take_file(self, number: int, file: StoredFile) -> None:
        await self._all_done()
        if self._files == "none":
            self.left_out["attachment"] += 1
            return
        found = await rows.attachments.find(self._database, file.id)
        if found is not None:
            app, _, _, size = found
            if app != self._app:
                raise RefusedLineError("data.id: is taken in another app")
            if size != file.size:
                raise RefusedLineError("differs from what is there")
            self.there["attachment"] += 1
            return
        self._coming = _Coming(number, file, await self._engines.media.receive(file.id))
        if self._files == "beside":
            try:
                async for piece in self._beside(file.id):
                    await self._coming.put(piece)
            except FileNotFoundError:
                await self._leave_file("its bytes are not beside the file")
            else:
                await self._leave_file()
        elif not file.size:
            await self._leave_file()

    async def _take_bytes(self, line: ExportedBytes) -> None:
        coming = self._coming
        if coming is None or coming.file.id != line.attachment_id:
            self.left_out["bytes"] += 1  # of a file that is there, or was refused
            return
        if line.offset != coming.size:
            raise RefusedLineError(f"offset: should be {coming.size}, where the bytes before it end")
        self.taken["bytes"] += 1
        await coming.put(line.data)
        if coming.size >= coming.file.size:
            await self._leave_file()

    async def _leave_file(self, why: str | None = None) -> None:
        """Nothing more comes of the file that was coming: it is whole, or refused."""
        coming, self._coming = self._coming, None
        if coming is None:
            return
        file, part = coming.file, coming.part
        if why is None and coming.size != file.size:
            why = f"it has {coming.size:,} bytes, and should have {file.size:,}"
        name = media_type = ""
        if why is None:
            try:
                name, media_type = files.judge(files.clean_name(file.name), bytes(coming.head))
            except ApiError as refused:
                why = refused.title
        if why is None:
            await part.seal()
            created = _stamp(file, "created_at") or milliseconds(self._engines.clock())
            write = rows.importing.attachment(
                self._app,
                file.id,
                file.conversation_id or "",
                name,
                media_type,
                file.size,
                created,
                for_message=file.for_ is not None,
            )
            try:
                await self._database.write(write)
            except Refused:
                why = "its id was used by a file that is being removed: try again later"
            except BaseException:
                part.leave()  # its row may be there
                raise
        if why is not None:
            await part.discard()
            self._refuse(coming.number, "attachment", why)
            return
        await part.keep()
        self.taken["attachment"] += 1


class _Coming:
    """A file on its way in."""

    def __init__(self, number: int, file: StoredFile, part: Part) -> None:
        self.number, self.file, self.part = number, file, part
        self.size, self.head = 0, bytearray()

    async def put(self, piece: bytes) -> None:
        self.head += piece[: files.HEAD - len(self.head)]
        self.size += len(piece)
        if self.size <= self.file.size:  # what is more is counted, and refused
            await self.part.write(piece)


def new_app(line: ExportedApp, id: str, now: int) -> Write:
    """The app itself, as a line says it, under an id. Errors: `RefusedLineError`."""
    app: App = msgspec.structs.replace(line.data, id=id, subdomain=None)
    said = app.settings or AppSettings()
    body = to_json(app)
    _check(_limits(body, AppUpdateBody), settings.faults(AppSettings(), said))
    _check(metadata.faults(app.metadata, "data.metadata", "App"))
    return rows.apps.create(id, body, said.conversation_retention_seconds or 0, now)


def header_of(said: bytes) -> ExportHeader:
    """The first line. Errors: `RefusedLineError` when it is none that is understood."""
    line = _read(said)
    if not isinstance(line, ExportHeader):
        raise RefusedLineError("the first line should be of kind export")
    if line.version != VERSION:
        raise RefusedLineError(f"version: {line.version} is not known here, but {VERSION}")
    return line


def app_of(said: bytes) -> ExportedApp | None:
    """The app, if that is what the line says."""
    try:
        line = _read(said)
    except RefusedLineError:
        return None
    return line if isinstance(line, ExportedApp) else None


def _read(said: bytes) -> ExportLine:
    if len(said) > LONGEST_LINE:
        raise RefusedLineError(f"is longer than {LONGEST_LINE:,} bytes")
    try:
        line: ExportLine = strict(said, ExportLine)
    except Unreadable as fault:
        raise RefusedLineError(str(fault)) from None
    return line


def _check(*several: Iterable[Fault]) -> None:
    faults = [str(each) for some in several for each in some]
    if faults:
        raise RefusedLineError("; ".join(faults[:5]))


def _limits(body: bytes, hint: Any) -> list[Fault]:
    """What a request could not say."""
    try:
        decoder(hint).decode(body)
    except msgspec.DecodeError:
        try:
            strict(body, hint)
        except Unreadable as unreadable:
            return [Fault(f"data.{each.place}" if each.place else "data", each.why) for each in unreadable.faults]
    return []


def _check_id(id: str, place: str = "data.id") -> None:
    if not _ID.fullmatch(id):
        raise RefusedLineError(f"{place}: should be 24 hexadecimal digits")


def _check_word(word: str, place: str) -> None:
    if not 1 <= len(word) <= 128:
        raise RefusedLineError(f"{place}: should have 1 to 128 characters")


def _plain(id: str) -> str:
    return id if _ID.fullmatch(id) else ""


def _same(there: bytes, said: bytes) -> str | None:
    return None if there == said else "differs from what is there"


def _stamp(said: User | Client | Device | Conversation | Message | StoredFile | Any, *names: str) -> int:
    """Put times as they are written, in milliseconds. Answers the first one's, 0 where it is not told."""
    first = 0
    for place, name in enumerate(names):
        moment: datetime | None = getattr(said, name)
        if moment is None:
            continue
        try:
            told = milliseconds(moment.timestamp())
            setattr(said, name, instant(told))
        except (ValueError, OverflowError):
            field = "".join(part.title() if at else part for at, part in enumerate(name.split("_")))
            raise RefusedLineError(f"data.{field}: should be a moment of the years 1 to 9999 in UTC") from None
        first = first if place else told
    return first


def _moment(id: str) -> int:
    """When an id was made, in milliseconds."""
    return int(id[:8], 16) * 1000


def _before(moment: int) -> str:
    """Above every message's id up to a moment, and below those of later."""
    return f"{max(0, moment + 1) * 65536 // 1000:012x}"[-12:].ljust(24, "0")


def _point(said: Content, address: str, to: str, id: str) -> None:
    match said:
        case ImageMessage() | FileMessage():
            said.media_url, said.attachment_id = to, id
        case CarouselMessage() | ListMessage():
            for item in said.items:
                if item.media_url == address:
                    item.media_url = to
        case _:
            pass
