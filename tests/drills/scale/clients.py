"""Clients of the drill: over plain connections, at whichever node answers, each in a thread of its own.

Poster    posts, one after another. Told 503 or 507, it says the same again; without an answer it says the same again at
another node if it has a key for that, and otherwise something new
Uploader  the same with files; each is fetched back at another node
Pager     reads on in a conversation, at one node after another
Listener  hears all of an app. When its stream ends or says nothing, it resumes at the next node
"""

from __future__ import annotations

import hashlib
import json
import random
import socket
import threading
from collections import defaultdict
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from tests.drills.scale.ledger import Ledger
from tests.live import Answer, Caller

PATIENCE = 60.0  # seconds for an answer: longer than the server takes to say that it cannot
SILENT = 20.0  # seconds after which a stream is given up: there is a heartbeat every 15
PICTURE = b"\x89PNG\r\n\x1a\n"  # what one begins with
PAUSE = 0.2  # seconds between two posts of a client
SIZES = (1, 10_000, 300_000, 6_000_000)  # of files; the last goes into a bucket in two parts


class Client:
    """Somebody with an app's key, and the nodes' addresses."""

    def __init__(self, ledger: Ledger, name: str, app: Caller, urls: Sequence[str], first: int = 0) -> None:
        self.ledger, self.name, self.app = ledger, name, app
        self._urls, self._at = list(urls), first
        self._line: HTTPConnection | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)
        self.failed: BaseException | None = None

    def begin(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def join(self) -> None:
        self._thread.join(3 * PATIENCE)
        assert not self._thread.is_alive(), f"{self.name} does not end"
        if self.failed is not None:
            raise self.failed

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self.once()
        except BaseException as trouble:  # noqa: BLE001 - told where it is waited for
            self.failed = trouble
        finally:
            self.move()

    def once(self) -> None:
        raise NotImplementedError

    def move(self) -> None:
        """To the next node."""
        if self._line is not None:
            self._line.close()
        self._line = None
        self._at += 1

    def ask(self, method: str, path: str, body: bytes | None = None, *, good: int, **headers: str) -> Answer | None:
        """None when there was no answer: then the next is asked elsewhere, and so it is after a 503."""
        sent = {"authorization": self.app.basic(), "content-type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        answer = None
        try:
            if self._line is None:
                where = urlsplit(self._urls[self._at % len(self._urls)]).netloc
                self._line = HTTPConnection(where, timeout=PATIENCE)
            self._line.request(method, path, body, sent)
            got = self._line.getresponse()
            found = {name.lower(): value for name, value in got.getheaders()}
            answer = Answer(got.status, found, got.read())
        except (OSError, HTTPException):
            self.move()
        status, later = (None, None) if answer is None else (answer.status, answer.headers.get("retry-after"))
        self.ledger.note(self.name, status, good=good, retry_after=later, words=answer.body if answer else b"")
        if answer is None or answer.status != good:
            self.move()
            self._stop.wait(0.2)
        return answer


class Poster(Client):
    def __init__(self, *more: Any, conversations: Sequence[str], keyed: bool, first: int = 0) -> None:
        super().__init__(*more, first=first)
        self._conversations, self._keyed, self._number = conversations, keyed, 0

    def once(self) -> None:
        self._number += 1
        conversation, text = random.choice(self._conversations), f"{self.name} {self._number}"
        body = json.dumps({"author": {"type": "business"}, "content": {"type": "text", "text": text}}).encode()
        key = {"idempotency_key": text.replace(" ", "-")} if self._keyed else {}
        self.ledger.say(text, conversation, self.name)
        while not self._stop.is_set():
            answer = self.ask("POST", self.app.messages(conversation), body, good=201, **key)
            if answer is None:
                self.ledger.unsure(text)
                if not self._keyed:
                    return
            elif answer.status == 201:
                self.ledger.said(text, answer.json["messages"][0]["id"])
                break
            elif answer.status not in (503, 507):
                return
        self._stop.wait(PAUSE)


class Uploader(Client):
    def __init__(self, *more: Any, keyed: bool, first: int = 0) -> None:
        super().__init__(*more, first=first)
        self._keyed = keyed

    def once(self) -> None:
        data, name = PICTURE + random.randbytes(random.choice(SIZES)), uuid4().hex
        head = f'--edge\r\nContent-Disposition: form-data; name="source"; filename="{name}.png"\r\n\r\n'
        body = head.encode() + data + b"\r\n--edge--\r\n"
        more = {"content_type": "multipart/form-data; boundary=edge"}
        if self._keyed:
            more["idempotency_key"] = name
        while not self._stop.is_set():
            answer = self.ask("POST", f"{self.app.app}/attachments?access=public", body, good=201, **more)
            if answer is not None and answer.status == 201:
                path = urlsplit(answer.json["attachment"]["mediaUrl"]).path
                self.ledger.uploads[path] = hashlib.sha256(data).hexdigest()
                self.move()
                self.fetch(path)
                break
            if answer is None and not self._keyed:
                return
        self._stop.wait(3 * PAUSE)

    def fetch(self, path: str) -> None:
        """What one node has taken another one has, too."""
        answer = self.ask("GET", path, good=200)
        if answer is not None and answer.status == 200:
            found = hashlib.sha256(answer.body).hexdigest()
            assert found == self.ledger.uploads[path], f"{path} has other bytes than were sent"


class Pager(Client):
    def __init__(self, *more: Any, conversation: str, first: int = 0) -> None:
        super().__init__(*more, first=first)
        self.conversation = conversation
        self.read: list[str] = []

    def once(self) -> None:
        after = self.read[-1] if self.read else "0" * 24
        answer = self.ask("GET", f"{self.app.messages(self.conversation)}?page[after]={after}", good=200)
        if answer is not None and answer.status == 200:
            found = [message["id"] for message in answer.json["messages"]]
            self.read += found
            if not found:
                self.move()
                self._stop.wait(0.5)


class Listener(Client):
    def __init__(self, *more: Any, first: int = 0) -> None:
        super().__init__(*more, first=first)
        self.heard: list[tuple[str, str, str]] = []  # the event's id, the conversation, the message's id
        self.last: str | None = None
        self.resumed = 0

    def once(self) -> None:
        where = urlsplit(self._urls[self._at % len(self._urls)])
        after = f"&after={self.last}" if self.last else ""
        path = f"/parhelion/v1/apps/{self.app.app_id}/events?triggers=conversation:message{after}"
        try:
            with socket.create_connection((where.hostname or "", where.port or 80), timeout=SILENT) as line:
                head = f"GET {path} HTTP/1.1\r\nHost: drill\r\nAuthorization: {self.app.basic()}\r\n\r\n"
                line.sendall(head.encode())
                with HTTPResponse(line, method="GET") as answer:
                    answer.begin()
                    later = answer.getheader("retry-after")
                    words = b"" if answer.status == 200 else answer.read(300)
                    self.ledger.note(self.name, answer.status, good=200, retry_after=later, words=words)
                    if answer.status == 200:
                        self._hear(answer)
        except (OSError, HTTPException, ValueError):
            pass
        self.resumed += 1
        self.move()
        self._stop.wait(0.2)

    def _hear(self, answer: HTTPResponse) -> None:
        """Line by line. An event counts once its empty line has come, and its id with it."""
        id, data = None, b""
        while (line := answer.readline()) and not self._stop.is_set():
            name, _, value = line.rstrip(b"\r\n").partition(b": ")
            if name == b"id":
                id = value.decode()
            elif name == b"data":
                data += value
            elif line.strip() == b"":
                if data:
                    event = json.loads(data)
                    payload = event["payload"]
                    self.heard.append((event["id"], payload["conversation"]["id"], payload["message"]["id"]))
                self.last, id, data = id or self.last, None, b""

    def in_order(self) -> dict[str, list[str]]:
        """Messages by conversation."""
        found: dict[str, list[str]] = defaultdict(list)
        for _, conversation, message in list(self.heard):
            found[conversation].append(message)
        return found
