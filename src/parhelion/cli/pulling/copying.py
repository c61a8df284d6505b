"""Person by person: the user, then each of their conversations that nobody else has brought yet.

What fails for a reason that may pass is asked for again when all others are done, up to twice. A conversation is
written when all of it was read; in the last round also when files of it could not be fetched, which it then says.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple, TypeVar

import msgspec

from ...operations import Clients, Conversations, Devices, Messages, Participants, Users
from ...wire import Conversation, ConversationListFilter, Device, Message, Participant, User
from ...wire.client import Client
from ...wire.reading import is_array, is_object
from .account import Account
from .book import Book, Piece, id_of, object_of
from .files import File, Files
from .report import Missing, Trouble, odd

AT_ONCE = 4  # people
PAUSES = (10.0, 60.0)  # seconds before what failed is asked for again
SHAPES: dict[str, Any] = {
    "user": User,
    "client": Client,
    "device": Device,
    "conversation": Conversation,
    "participant": Participant,
    "message": Message,
}
_ID = re.compile(r"[0-9a-f]{24}")
T = TypeVar("T")


class State(IntEnum):
    """What became of something. Of several, the highest counts."""

    DONE = 0
    LACKING = 1  # it cannot be had
    AGAIN = 2  # it may be had later


@dataclass
class Counted:
    """What a run has done, and what of it is worth telling."""

    files: int = 0
    bytes: int = 0
    elsewhere: dict[str, int] = field(default_factory=dict[str, int])  # files at other hosts, by host


class _Shown(NamedTuple):
    """A file that messages of a conversation show."""

    file: File
    since: str | None  # when the first of them was received


class Copying:
    """One run. `told` hears how many people are done, of how many."""

    def __init__(
        self,
        account: Account,
        files: Files,
        book: Book,
        told: Callable[[int, int], object],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._account, self._files, self._book, self._told, self._sleep = account, files, book, told, sleep
        self._under_way: dict[tuple[str, str], asyncio.Task[Any]] = {}
        self._writing = asyncio.Lock()
        self._last = False
        self._lost: dict[str, Trouble] = {}  # files that need not be asked for again
        self.counted = Counted()
        self.missing: dict[str, list[Missing]] = {}  # by person: of what is not in the book

    async def run(self, people: list[str]) -> None:
        """All of them. Errors: Stopped; OSError of the disk."""
        left = [each for each in people if each not in self._book.people]
        done = len(people) - len(left)
        for number, pause in enumerate((0.0, *PAUSES)):
            if not left:
                break
            await self._sleep(pause)
            self._last = number == len(PAUSES)
            states = await self._round(left, done, len(people))
            done += sum(state is not State.AGAIN for state in states.values())
            left = [each for each in left if states[each] is State.AGAIN]
        self._told(len(people) - len(left), len(people))

    async def _round(self, people: list[str], done: int, total: int) -> dict[str, State]:
        states: dict[str, State] = {}
        waiting = iter(people)

        async def work() -> None:
            nonlocal done
            for person in waiting:
                found: list[Missing] = []
                states[person] = await self._person(person, found)
                self.missing[person] = found
                if not found:
                    del self.missing[person]
                done += states[person] is not State.AGAIN
                self._told(done, total)

        self._told(done, total)
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
        return states

    async def _person(self, person: str, found: list[Missing]) -> State:
        """All of a person. What of it is in no piece goes into `found`."""
        try:
            data = await self._account.one("user", Users.get, {"user_id_or_external_id": person})
            if (id := id_of(object_of(data))) is None:
                raise Trouble("unreadable", "the answer has no id", passing=True)
        except Trouble as trouble:
            found.append(_missing("user", trouble, id=person))
            return _state(trouble)
        state = await self._once("user", id, self._book.users, lambda: self._user(id, data, found))
        try:
            state = max(state, await self._conversations(id, found))
        except Trouble as trouble:
            found.append(_missing("conversation", trouble, user_id=id))
            state = max(state, _state(trouble))
        if state is State.DONE:
            async with self._writing:
                await asyncio.to_thread(self._book.done, person)
        return state

    async def _conversations(self, user: str, found: list[Missing]) -> State:
        state = State.DONE
        whose = {"filter": ConversationListFilter(user_id=user)}
        async with aclosing(self._account.pages("conversations", Conversations.list, whose)) as pages:
            async for page in pages:
                for data in page:
                    if (id := id_of(object_of(data))) is None:
                        trouble = Trouble("unreadable", "it has no id")
                        found.append(_missing("conversation", trouble, user_id=user))
                        state = max(state, State.LACKING)
                        continue
                    work = self._conversation_of(id, data, found)
                    state = max(state, await self._once("conversation", id, self._book.conversations, work))
        return state

    def _conversation_of(self, id: str, data: bytes, found: list[Missing]) -> Callable[[], Coroutine[Any, Any, State]]:
        return lambda: self._conversation(id, data, found)

    async def _once(self, kind: str, id: str, known: set[str], work: Callable[[], Coroutine[Any, Any, State]]) -> State:
        """Its state, brought about by whoever comes first."""
        return State.DONE if id in known else await self._shared(kind, id, work)

    async def _shared(self, kind: str, id: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        key = (kind, id)
        if (task := self._under_way.get(key)) is not None:
            found: T = await asyncio.shield(task)
            return found
        self._under_way[key] = task = asyncio.create_task(work())
        try:
            mine: T = await task
            return mine
        finally:
            del self._under_way[key]

    async def _user(self, id: str, data: bytes, found: list[Missing]) -> State:
        """A piece: the user, with clients and devices."""
        with self._book.piece() as piece:
            self._put(piece, "user", id, data)
            who = {"user_id_or_external_id": id}
            state = State.DONE
            for kind, several in (
                ("client", self._account.pages("clients", Clients.list, who)),
                ("device", self._only("devices", who)),
            ):
                try:
                    async with aclosing(several) as pages:
                        async for page in pages:
                            for each in page:
                                self._put(piece, kind, None, each, userId=id)
                except Trouble as trouble:
                    piece.missing.append(_missing(kind, trouble, user_id=id))
                    state = max(state, _state(trouble))
            return await self._written(piece, state, found, user=id)

    async def _only(self, name: str, who: dict[str, Any]) -> AsyncGenerator[list[bytes]]:
        yield await self._account.several(name, Devices.list, who)

    async def _written(self, piece: Piece, state: State, found: list[Missing], **what: str) -> State:
        """What may come whole later is left for later, unless there is none."""
        if state is State.AGAIN and not self._last:
            found.extend(piece.missing)
            return state
        async with self._writing:
            await asyncio.to_thread(self._book.append, piece, **what)
        return State.DONE

    async def _conversation(self, id: str, data: bytes, found: list[Missing]) -> State:
        """A piece: the conversation with all that is in it; before it, those who take part."""
        where = {"conversation_id": id}
        with self._book.piece() as piece:
            self._put(piece, "conversation", id, data)
            users: set[str] = set()
            shown: dict[str, _Shown] = {}
            state = State.DONE
            try:
                async with aclosing(self._account.pages("participants", Participants.list, where)) as pages:
                    async for page in pages:
                        for each in page:
                            self._put(piece, "participant", None, each, conversationId=id)
                            users |= _users(object_of(each))
                async with aclosing(self._account.pages("messages", Messages.list, where, back=True)) as pages:
                    async for page in pages:
                        for each in page:
                            users |= _users(object_of(each).get("author"))
                            state = max(state, await self._message(piece, id, each, shown))
            except Trouble as trouble:
                found.append(_missing("conversation", trouble, id=id))
                return _state(trouble)
            for file, since in shown.values():
                piece.add("attachment", file.id, _attachment(file, since))
            for user in sorted(users - self._book.users):
                state = max(state, await self._met(user, piece))
            return await self._written(piece, state, found, conversation=id)

    async def _met(self, user: str, piece: Piece) -> State:
        """Somebody who takes part in a conversation, and whom nobody has asked for."""
        try:
            data = await self._account.one("user", Users.get, {"user_id_or_external_id": user})
            if id_of(object_of(data)) != user:  # two became one since
                raise Trouble("gone", "it is another user by now")
        except Trouble as trouble:
            piece.missing.append(_missing("user", trouble, id=user))
            return _state(trouble)
        return await self._once("user", user, self._book.users, lambda: self._user(user, data, piece.missing))

    async def _message(self, piece: Piece, conversation: str, data: bytes, shown: dict[str, _Shown]) -> State:
        said = object_of(data)
        state = State.DONE
        for holder in _showing(said.get("content")):
            address = holder["mediaUrl"]
            if not self._files.is_wanted(address):
                self._elsewhere(address)
                continue
            try:
                file = await self._file(address, holder)
            except Trouble as trouble:
                if not trouble.passing:
                    self._lost[address] = trouble
                if not any(each.media_url == address for each in piece.missing):
                    piece.missing.append(
                        _missing(
                            "attachment",
                            trouble,
                            conversation_id=conversation,
                            message_id=id_of(said),
                            media_url=address,
                        )
                    )
                state = max(state, _state(trouble))
                continue
            received = said.get("received")
            before = shown.get(file.id)
            times = [each for each in (received, before and before.since) if isinstance(each, str)]
            shown[file.id] = _Shown(file, min(times, default=None))
        self._put(piece, "message", id_of(said), data, conversationId=conversation)
        return state

    async def _file(self, address: str, holder: dict[str, Any]) -> File:
        kind = holder.get("mediaType")

        async def fetched() -> File:
            if address in self._lost:
                raise self._lost[address]
            file = await self._files.fetch(address, kind if isinstance(kind, str) and kind else None)
            self.counted.files += 1
            self.counted.bytes += file.size
            return file

        return await self._shared("file", address, fetched)

    def _elsewhere(self, address: str) -> None:
        host = address.partition("://")[2].partition("/")[0] or "no address"
        if host in self.counted.elsewhere or len(self.counted.elsewhere) < 100:
            self.counted.elsewhere[host] = self.counted.elsewhere.get(host, 0) + 1

    def _put(self, piece: Piece, kind: str, id: str | None, data: bytes, **above: str) -> None:
        """A line, and a word about it if an import may not like it."""
        user, talk = above.get("userId"), above.get("conversationId")
        said = object_of(data)
        id = id or id_of(said)
        try:
            if id is None or not said:
                raise Trouble("unreadable", "it has no id")
            if not piece.add(kind, id, data, **above):
                return
        except Trouble as trouble:
            piece.missing.append(_missing(kind, trouble, id=id, user_id=user, conversation_id=talk))
            return
        why = odd(data, SHAPES[kind]) or (None if _ID.fullmatch(id) else "its id is not 24 hexadecimal digits")
        if why:
            odd_one = Missing(
                kind=kind, why="unknown", reason=why, id=id, user_id=user, conversation_id=talk, kept=True
            )
            piece.missing.append(odd_one)


def _state(trouble: Trouble) -> State:
    return State.AGAIN if trouble.passing else State.LACKING


def _missing(
    kind: str,
    trouble: Trouble,
    *,
    id: str | None = None,
    user_id: str | None = None,
    conversation_id: str | None = None,
    message_id: str | None = None,
    media_url: str | None = None,
) -> Missing:
    return Missing(
        kind=kind,
        why=trouble.why,
        reason=trouble.reason,
        id=id,
        user_id=user_id,
        conversation_id=conversation_id,
        message_id=message_id,
        media_url=media_url,
    )


def _users(said: object) -> set[str]:
    """The user whom a participant is, or by whom a message is."""
    user = said.get("userId") if is_object(said) else None
    return {user} if isinstance(user, str) and user else set()


def _showing(said: object) -> Iterator[dict[str, Any]]:
    """What shows a file in a content: itself, or its items."""
    items = said.get("items") if is_object(said) else None
    for each in (said, *(items if is_array(items) else ())):
        if is_object(each) and isinstance(each.get("mediaUrl"), str):
            yield each


def _attachment(file: File, since: str | None) -> bytes:
    said = {"id": file.id, "name": file.name, "mediaType": file.media_type, "size": file.size, "for": "message"}
    return msgspec.json.encode(said if since is None else said | {"createdAt": since})
