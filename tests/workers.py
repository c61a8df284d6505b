"""Several processes at one address: who answers, whom to kill, and what was posted meanwhile."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from parhelion.client.sse import Frame, Parser
from tests.live import Answer, Caller

PATIENCE = 30  # seconds, when a test is about to fail
MESSAGE = {"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}


def until(what: Callable[[], Any], why: str, seconds: float = PATIENCE) -> Any:
    """Looks again and again, and answers what it has found."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, why
        time.sleep(0.02)
    return found


def children(pid: int) -> list[int]:
    """The processes that a process has started and that run, oldest first."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(") ")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(path.parent.name))
    return sorted(found)


def runs(pid: int) -> bool:
    """Whether a process is at work still; one that nobody has buried yet is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


class Kept:
    """A connection that stays open, and so stays with one worker."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self._connection = http.client.HTTPConnection(urlsplit(caller.url).netloc, timeout=PATIENCE)
        try:
            self.who = self.send("GET", "/").headers["x-request-id"].partition("-")[0]
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """`body` is JSON unless it is bytes."""
        sent = {"authorization": self.caller.basic()} if self.caller.key_id else {}
        if body is not None and not isinstance(body, bytes):
            body, sent["content-type"] = json.dumps(body).encode(), "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, path, body, sent)
        answer = self._connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read())

    def close(self) -> None:
        self._connection.close()


@contextmanager
def to_each(caller: Caller, several: int = 2) -> Generator[list[Kept]]:
    """A connection to each worker, once there are so many."""
    made: list[Kept] = []  # all of them, as one goes to who has the fewest

    def all_found() -> bool:
        with suppress(OSError, http.client.HTTPException):
            made.append(Kept(caller))
        return len({one.who for one in made}) == several

    try:
        until(all_found, f"{several} workers do not answer")
        yield list({one.who: one for one in made}.values())
    finally:
        for one in made:
            one.close()


@dataclass
class Posted:
    """What came of it."""

    ids: list[str] = field(default_factory=list)
    refused: list[Answer] = field(default_factory=list)
    unanswered: int = 0
    last_calls: int = 0  # answers that said that no other will come


class Posters:
    """Post to one conversation without pause, each over a connection of its own, until told to stop.

    When a connection breaks, one that `stays` comes back over another; any other one goes, as it does when it is told
    that no more is answered.
    """

    def __init__(self, app: Caller, conversation: str, several: int, *, stays: bool) -> None:
        self.posted = Posted()
        self._app, self._path, self._stays = app, app.messages(conversation), stays
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._post) for _ in range(several)]
        for thread in self._threads:
            thread.start()

    def _post(self) -> None:
        line: Kept | None = None
        while not self._stop.is_set():
            asked = False
            try:
                if line is None:
                    line = Kept(self._app)
                asked = True
                answer = line.send("POST", self._path, MESSAGE)
            except (OSError, http.client.HTTPException):
                with self._lock:
                    self.posted.unanswered += asked
                if line is not None:
                    line.close()
                line = None
                if not self._stays:
                    return
                continue
            last = answer.headers.get("connection") == "close"
            with self._lock:
                if answer.status == 201:
                    self.posted.ids.append(answer.json["messages"][0]["id"])
                else:
                    self.posted.refused.append(answer)
                self.posted.last_calls += last
            if last:
                line.close()
                line = None
                if not self._stays:
                    return
        if line is not None:
            line.close()

    def wait(self, several: int) -> None:
        until(lambda: len(self.posted.ids) >= several, f"there were not {several} posts")

    def stop(self) -> Posted:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()
        return self.posted


class Ear:
    """Hears an app's messages, from one worker, until that ends."""

    def __init__(self, app: Caller, after: str | None = None) -> None:
        url = urlsplit(app.url)
        self._line = socket.create_connection((url.hostname or "", url.port or 0), timeout=PATIENCE)
        query = "?triggers=conversation:message" + (f"&after={after}" if after else "")
        head = f"GET /parhelion/v1/apps/{app.app_id}/events{query} HTTP/1.1\r\nHost: x\r\n"
        self._line.sendall(f"{head}Authorization: {app.basic()}\r\n\r\n".encode())
        self._reader = self._line.makefile("rb")
        status = self._reader.readline()
        assert b" 200 " in status, status
        self.who = ""
        while (line := self._reader.readline().strip()) != b"":
            name, _, value = line.partition(b": ")
            if name.lower() == b"x-request-id":
                self.who = value.decode().partition("-")[0]
        self.heard: list[str] = []
        self.times: list[float] = []
        self.last: str | None = None
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._hear)
        self._thread.start()
        assert self._begun.wait(PATIENCE), "the stream does not begin"

    def _hear(self) -> None:
        parser = Parser()
        try:
            while size := self._reader.readline():
                length = int(size, 16)
                for frame in parser.feed(self._reader.read(length)):
                    self._take(frame)
                self._reader.readline()
        except (OSError, ValueError):
            pass  # its worker was killed, or it was closed

    def _take(self, frame: Frame) -> None:
        self.last = frame.id or self.last
        if frame.data is not None:
            self.heard.append(json.loads(frame.data)["payload"]["message"]["id"])
            self.times.append(time.monotonic())
        self._begun.set()

    @property
    def is_over(self) -> bool:
        """Whether its worker has ended it."""
        return not self._thread.is_alive()

    def close(self) -> None:
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._reader.close()
        self._line.close()


def ears(app: Caller, several: int = 2) -> list[Ear]:
    """One at each worker."""
    found: dict[str, Ear] = {}

    def all_found() -> bool:
        one = Ear(app)
        if found.setdefault(one.who, one) is not one:
            one.close()
        return len(found) == several

    until(all_found, "not all workers are listened to")
    return list(found.values())


class Pager:
    """Reads a conversation forwards, page after page, while others write into it."""

    def __init__(self, app: Caller, conversation: str) -> None:
        self.read: list[str] = []
        self._app, self._path = app, app.messages(conversation)
        self._end: int | None = None
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()

    def _go_on(self) -> None:
        line: Kept | None = None
        after = "0" * 24
        while self._end is None or len(self.read) < self._end:
            try:
                line = line or Kept(self._app)
                answer = line.send("GET", f"{self._path}?page[after]={after}")
            except (OSError, http.client.HTTPException):
                if line is not None:
                    line.close()
                line = None
                continue
            assert answer.status == 200, answer
            ids = [message["id"] for message in answer.json["messages"]]
            self.read += ids
            after = ids[-1] if ids else after
            if not ids:
                if self._end is not None:
                    break
                time.sleep(0.01)
        if line is not None:
            line.close()

    def finish(self, several: int) -> list[str]:
        """All that it has read, once nothing is written any more and there are so many."""
        self._end = several
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        return self.read
