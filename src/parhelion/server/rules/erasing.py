"""Erasing: what becomes of an event, an answer or a message once what it tells of is gone, or is to be forgotten.

    conversation   a conversation is gone             all that was told of it goes
    message        a message is gone                  its event goes
    messages       all up to one are gone             theirs go, and those of buttons pressed until then
    author         a user is gone, here from a group  what they did goes, what others did stays
    person         a user is to be forgotten          it stays, without what it says of the person

What tells that somebody or something is gone stays, to be sent again: in the end with ids alone. What cannot be read
can be told to nobody, and goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

from ...wire.reading import is_array, is_object

Kind: TypeAlias = Literal["conversation", "message", "messages", "author", "person"]
Object: TypeAlias = dict[str, Any]

LAST_WORDS = {"conversation:remove": "conversation", "user:remove": "user"}  # what each tells of
OF_THE_PERSON = ("displayName", "avatarUrl", "info", "raw")  # what a client tells of who is behind it
_OF_A_USER: dict[str, Callable[[], object]] = {"profile": dict, "metadata": dict, "identities": list}
_OF_AN_AUTHOR = ("displayName", "avatarUrl")
AFTER = 2 * 60 * 1000  # milliseconds: longer than a request or a delivery may take
_TICK = 65536  # of the first 12 digits of an id, in a second
_SLACK = 60  # seconds: between a message and its event there is no time at all


class Erasure(NamedTuple):
    """What is to be erased, as its row has it."""

    app: str
    conversation: str  # "": what is about a user alone
    user: str
    message: str
    kind: Kind
    swept: str = ""  # the event up to which it is done
    due: int = 0

    @property
    def events(self) -> tuple[str, str]:
        """The ids between which its events are."""
        if self.kind == "message":
            return self.message, _beyond(self.message)
        return "", self.begun if self.kind == "messages" else "g"

    @property
    def begun(self) -> str:
        """An id beyond all that were made when it was asked for: they may be ahead of the clock, by a moment."""
        return f"{((self.due - AFTER) // 1000 + 1) * _TICK:012x}"

    @property
    def seconds(self) -> tuple[float, float]:
        """The times between which its answers were given, since 1970."""
        if not self.message:
            return 0.0, 2.0**40
        said = int(self.message[:12], 16) / _TICK
        return (said - _SLACK if self.kind == "message" else 0.0), said + _SLACK


def event_after(body: bytes, what: Erasure) -> bytes | None:
    """An event as it is kept from now on; None when it goes."""
    event = _read(body)
    payload, type, id = event.get("payload"), event.get("type"), event.get("id")
    if not (is_object(payload) and isinstance(type, str) and isinstance(id, str)):
        return None
    if what.kind == "person":
        return _json(event) if _strike(payload, what.user) else body
    if not _is_meant(payload, what, type, id):
        return body
    gone = LAST_WORDS.get(type, "")
    if not is_object(told := payload.get(gone)):
        return None
    kept = {key: value for key, value in told.items() if key in {"id", "type"}}
    return body if payload == {gone: kept} else _json(event | {"payload": {gone: kept}})


def answer_after(body: bytes, what: Erasure) -> bytes | None:
    """A remembered answer as it is kept from now on; None when nothing of it is."""
    if body in {b"", b"{}"}:  # nothing was made, or nothing is known of it any more
        return body
    if not (answer := _read(body)):
        return None
    if what.kind == "person":
        return _json(answer) if _strike(answer, what.user) else body
    return None if _is_meant(answer, what) or (not what.conversation and what.user) else body


def message_after(body: bytes, user: str) -> bytes:
    """A message of a user who is forgotten."""
    message = _read(body)
    return _json(message) if _strike({"message": message}, user) else body


def client_after(body: bytes) -> bytes | None:
    """A client once its person is forgotten; None where it tells nothing of them."""
    client = _read(body)
    return _json(client) if _without(client, OF_THE_PERSON) else None


def _is_meant(said: Object, what: Erasure, type: str = "", id: str = "") -> bool:
    if what.kind == "conversation":
        return True
    if what.kind == "author":
        return what.user in {whose for each in _parts(said) for whose in _people(each)}
    ids = [str(each.get("id")) for each in _messages(said)]
    if what.kind == "message":
        return what.message in ids
    return any(each <= what.message for each in ids) or (type == "conversation:postback" and id < what.begun)


def _strike(said: Object, user: str) -> bool:
    """Take out what is said of a person; whether there was anything."""
    struck = False
    for each in _parts(said):
        mine = user in set(_people(each))
        author, own = each.get("author"), each.get("user")
        if is_object(author) and author.get("userId") == user:
            struck |= _without(author, _OF_AN_AUTHOR)
            own = author.get("user", own)
        if is_object(own) and own.get("id") == user:
            for name, nothing in _OF_A_USER.items():
                if own.get(name):
                    own[name], struck = nothing(), True
        source = each.get("source")
        for client in (each.get("client"), source.get("client") if is_object(source) else None):
            if mine and is_object(client):
                struck |= _without(client, OF_THE_PERSON)
    return struck


def _parts(said: Object) -> Iterator[Object]:
    """Where people are told of, and nowhere else: what is metadata may look like anything."""
    yield said
    for name in ("message", "activity", "participant"):
        if is_object(each := said.get(name)):
            yield each
    yield from _messages(said, "messages")


def _people(part: Object) -> Iterator[str]:
    if isinstance(whose := part.get("userId"), str):
        yield whose
    for name, id in (("user", "id"), ("author", "userId")):
        if is_object(each := part.get(name)) and isinstance(each.get(id), str):
            yield each[id]


def _messages(said: Object, *places: str) -> Iterator[Object]:
    for name in places or ("message", "messages"):
        each = said.get(name)
        yield from (one for one in (each if is_array(each) else [each]) if is_object(one))


def _without(what: Object, names: tuple[str, ...]) -> bool:
    """Whether there was anything under these names."""
    found = [name for name in names if what.pop(name, None) is not None]
    return bool(found)


def _beyond(id: str) -> str:
    return f"{int(id[:12], 16) + _SLACK * _TICK:012x}"


def _read(body: bytes) -> Object:
    """What a row holds; nothing where it is no object."""
    try:
        read: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return read if is_object(read) else {}


def _json(what: Object) -> bytes:
    return msgspec.json.encode(what)
