"""Servers to measure, each a process of its own on the serving core.

parhelion    the command itself: credentials checked, limits, durable writes, everything on
memory       the same command with the messages in a dict: see `memory`
pooled       the same command, each write in a transaction of its own: see `pooled`
constant     uvicorn answering constant bytes: see `constant`
fanning      plain sockets, which write a frame to all that listen: see `fanning`
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from . import machine, sample

PARHELION = Path(sys.executable).with_name("parhelion")


@dataclass
class Server:
    """A process that answers at `url`, asked with `authorization`."""

    process: subprocess.Popen[str]
    url: str
    app: str = sample.APP
    authorization: str = "Basic a2V5OnNlY3JldA=="

    @property
    def port(self) -> int:
        port = urlsplit(self.url).port
        assert port is not None
        return port

    @property
    def conversations(self) -> str:
        return f"/v2/apps/{self.app}/conversations"

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"authorization": self.authorization, "content-type": "application/json"}
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def converse(self, many: int = sample.CONVERSATIONS) -> list[str]:
        """So many new conversations: the paths of their messages."""
        paths: list[str] = []
        for _ in range(many):
            status, body = self.ask("POST", self.conversations, {"type": "sdkGroup"})
            if status != 201:
                raise RuntimeError(f"no conversation: {status} {body[:200]!r}")
            paths.append(f"{self.conversations}/{json.loads(body)['conversation']['id']}/messages")
        return paths

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def _started(command: list[str | Path], core: int | None = machine.SERVES) -> Server:
    """Once it has said where it is."""
    process = machine.start(command, core)
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    if found is None:
        process.kill()
        process.wait()
        raise RuntimeError(f"{Path(str(command[0])).name} does not start: it said {line!r}")
    return Server(process, found[0])


@dataclass(frozen=True)
class App:
    """A store with an app in it."""

    data: Path
    id: str
    authorization: str
    database: str | None = None  # the address of a PostgreSQL, where the rows are not in the folder

    @property
    def where(self) -> list[str | Path]:
        """As commands are told it."""
        return ["--data", self.data, *(["--database", self.database] if self.database else [])]


def app(data: Path, database: str | None = None) -> App:
    """A new data folder, and perhaps an empty database beside it."""
    new = App(data, "", "", database)
    made = json.loads(machine.said([PARHELION, "app", "create", *new.where, "--name", "bench", "--json"]))
    return App(data, made["appId"], basic(made), database)


def basic(key: dict[str, str]) -> str:
    """How a key that was made is said in a request."""
    return "Basic " + base64.b64encode(f"{key['keyId']}:{key['secret']}".encode()).decode()


@contextmanager
def serving(command: list[str | Path], app: App | None = None, core: int | None = machine.SERVES) -> Iterator[Server]:
    """A server while it is needed. `core`: None for all of them."""
    server = _started(command, core)
    if app is not None:
        server.app, server.authorization = app.id, app.authorization
    try:
        yield server
    finally:
        server.stop()


def parhelion(app: App) -> list[str | Path]:
    """The server itself."""
    return [PARHELION, "serve", "--port", "0", *app.where]


def memory(app: App) -> list[str | Path]:
    """The same, answering from memory."""
    return [sys.executable, "-m", "bench.memory", app.data]


def pooled(app: App) -> list[str | Path]:
    """The same over PostgreSQL, a transaction a write."""
    return [sys.executable, "-m", "bench.pooled", app.data, app.database or ""]


def constant(page: Path) -> list[str | Path]:
    """Constant bytes."""
    return [sys.executable, "-m", "bench.constant", page]


def fanning(size: int) -> list[str | Path]:
    """Frames of that size."""
    return [sys.executable, "-m", "bench.fanning", str(size)]


def first_answer(app: App) -> tuple[float, Server]:
    """Seconds from starting the command until it has answered a request about its app."""
    begun = time.perf_counter()
    server = _started(parhelion(app))
    server.app, server.authorization = app.id, app.authorization
    status, _ = server.ask("GET", f"/v2/apps/{app.id}")
    took = time.perf_counter() - begun
    if status != 200:
        server.stop()
        raise RuntimeError(f"the first answer was {status}")
    return took, server
