"""An account of the hosted service, as far as it is read: a real server on a socket, that misbehaves as it is told."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

APP = f"{0xA99:024x}"
KEY = "app_hosted"
SECRET = "the-secret"
NOON = "2026-01-01T12:00:00.000Z"
_numbers = count(1)


def new_id() -> str:
    return f"6955b2c0{next(_numbers):016x}"


class Asked(NamedTuple):
    path: str
    authorization: str | None


@dataclass
class Conversation:
    data: dict[str, Any]
    participants: list[dict[str, Any]]
    messages: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


Answering = Callable[["Handler"], object]


@dataclass
class Hosted:
    """`asked` is what came; what `misbehave` was told goes before what is usual."""

    url: str = ""
    page: int = 3  # messages on a page
    users: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    clients: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    talks: dict[str, Conversation] = field(default_factory=dict[str, Conversation])
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict[str, tuple[str, bytes]])
    asked: list[Asked] = field(default_factory=list[Asked])
    odd: list[tuple[re.Pattern[str], Answering, list[int]]] = field(
        default_factory=list[tuple[re.Pattern[str], Answering, list[int]]]
    )

    def user(self, external: str | None = None, **more: Any) -> str:
        id = new_id()
        named = {} if external is None else {"externalId": external}
        self.users[id] = {"id": id, **named, "profile": {}, "metadata": {}, "identities": [], **more}
        return id

    def talk(self, *users: str, says: int = 0, **more: Any) -> str:
        id = new_id()
        takes_part = [{"id": new_id(), "userId": each, "unreadCount": 0} for each in users]
        self.talks[id] = Conversation({"id": id, "type": "sdkGroup", "isDefault": False, **more}, takes_part)
        for number in range(says):
            self.say(id, {"type": "text", "text": f"{number} ü"})
        return id

    def say(self, talk: str, content: dict[str, Any], **more: Any) -> str:
        id = new_id()
        message = {"id": id, "received": NOON, "author": {"type": "business"}, "content": content, **more}
        self.talks[talk].messages.append(message)
        return id

    def file(self, name: str, data: bytes, kind: str = "text/plain", at: str = "/sc/attachments/v2/01JGGVX9W0") -> str:
        """Its address; `at` is filled up to a ULID when it ends like one."""
        path = f"{at}{next(_numbers):016d}/{name}" if at.endswith("01JGGVX9W0") else f"{at}/{name}"
        self.files[path] = (kind, data)
        return f"{self.url.removesuffix('/sc')}{path}"

    def misbehave(self, pattern: str, how: Answering, times: int = 1_000_000) -> None:
        """Answer so whatever has `pattern` in its path and query, so often."""
        self.odd.insert(0, (re.compile(pattern), how, [times]))

    def paths(self, pattern: str) -> list[str]:
        return [each.path for each in self.asked if re.search(pattern, each.path)]

    def answer(self, path: str) -> tuple[int, Any]:
        """What is usual."""
        parts = urlsplit(path)
        if (match := re.fullmatch(rf"/sc/v2/apps/{APP}(/.*)?", parts.path)) is None:
            return 404, {"errors": [{"code": "not_found", "title": "No such path"}]}
        said = {name: each[-1] for name, each in parse_qs(parts.query).items()}
        match (match[1] or "").split("/")[1:]:
            case []:
                return 200, {"app": {"id": APP, "displayName": "hosted"}}
            case ["users", word]:
                return self._user(unquote(word))
            case ["users", word, "clients"]:
                return 200, {"clients": self.clients.get(unquote(word), []), "meta": {"hasMore": False}}
            case ["users", _, "devices"]:
                return 200, {"devices": []}
            case ["conversations"]:
                of = said["filter[userId]"]
                found = [
                    each.data for each in self.talks.values() if any(one["userId"] == of for one in each.participants)
                ]
                return 200, {"conversations": found, "meta": {"hasMore": False}}
            case ["conversations", id, "participants"] if id in self.talks:
                return 200, {"participants": self.talks[id].participants, "meta": {"hasMore": False}}
            case ["conversations", id, "messages"] if id in self.talks:
                return 200, self._messages(self.talks[id].messages, said.get("page[before]"))
            case _:
                return 404, {"errors": [{"code": "conversation_not_found", "title": "Conversation not found"}]}

    def _user(self, word: str) -> tuple[int, Any]:
        for each in self.users.values():
            if word in (each["id"], each.get("externalId")):
                return 200, {"user": each}
        return 404, {"errors": [{"code": "user_not_found", "title": "User not found"}]}

    def _messages(self, all_of_them: list[dict[str, Any]], before: str | None) -> dict[str, Any]:
        left = [each for each in all_of_them if before is None or each["id"] < before]
        page = left[-self.page :]
        meta: dict[str, Any] = {"hasMore": len(left) > len(page)}
        if meta["hasMore"]:
            meta["beforeCursor"] = page[0]["id"]
        return {"messages": page, "meta": meta}


class Handler(BaseHTTPRequestHandler):
    """One connection to a `Hosted`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    hosted: Hosted

    def do_GET(self) -> None:
        self.hosted.asked.append(Asked(self.path, self.headers.get("authorization")))
        for pattern, how, left in self.hosted.odd:
            if left[0] > 0 and pattern.search(self.path):
                left[0] -= 1
                how(self)
                return
        self.usual()

    def usual(self) -> None:
        path = urlsplit(self.path).path
        if (found := self.hosted.files.get(path) or self.hosted.files.get(unquote(path))) is not None:
            kind, data = found
            self.say(200, data, "Content-Type", kind)
        elif self.headers.get("authorization", "").startswith("Basic "):
            status, said = self.hosted.answer(self.path)
            self.say(status, json.dumps(said).encode())
        else:
            self.say(401, b'{"errors":[{"code":"unauthorized","title":"Who are you?"}]}')

    def say(self, status: int, body: bytes, *headers: str, length: int | None = None) -> None:
        self.send_response(status)
        for name, value in zip(headers[::2], headers[1::2], strict=True):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def cut(self) -> None:
        """Go, without a goodbye."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        pass


def saying(status: int, body: bytes = b"", *headers: str, length: int | None = None) -> Answering:
    return lambda handler: handler.say(status, body, *headers, length=length)


def saying_json(said: Any) -> Answering:
    return saying(200, json.dumps(said).encode())


def cut_short(handler: Handler) -> None:
    """Half an answer."""
    handler.say(200, b'{"messages":[', length=5000)
    handler.cut()


def held_until(gate: threading.Event) -> Answering:
    """Nothing, until then."""

    def hold(handler: Handler) -> None:
        gate.wait(30)
        handler.cut()

    return hold


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked has gone: a test may want just that."""


@contextmanager
def hosting() -> Generator[Hosted]:
    """One at work."""
    hosted = Hosted()
    handler = type("Handling", (Handler,), {"hosted": hosted})
    with _Server(("127.0.0.1", 0), handler) as server:
        hosted.url = f"http://127.0.0.1:{server.server_address[1]}/sc"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield hosted
        finally:
            server.shutdown()
            thread.join(10)
