"""What is logged: a line for each request, in which nothing is that is nobody's to read, and that nobody can forge."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.live import Answer, Caller, Live
from tests.workers import Kept, children, until

MARKER = "Geheimnis"
KEYS = ["time", "level", "event", "request_id", "app_id", "key_id", "operation", "method", "path", "status"]


class Logged:
    """A server, and what it has logged."""

    def __init__(self, live: Live, file: Path) -> None:
        self.live, self._file = live, file

    @property
    def text(self) -> str:
        return self._file.read_text(encoding="utf-8")

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def line(self, request_id: str) -> dict[str, Any]:
        """That of a request: it comes after its answer."""

        def found() -> list[dict[str, Any]]:
            return [each for each in self.lines() if each.get("request_id") == request_id]

        [line] = until(found, f"{request_id} is not logged")
        return line


@contextmanager
def logged(folder: Path, *arguments: str) -> Iterator[Logged]:
    with (folder / "log").open("wb") as told:
        live = Live(folder / "data", *arguments, stderr=told)
        yield Logged(live, folder / "log")
        live.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    """Two workers, as objects a line: as it is where nobody sits at a terminal."""
    with logged(tmp_path_factory.mktemp("lines"), "--workers", "2") as found:
        yield found


@pytest.fixture(scope="module")
def app(server: Logged) -> Caller:
    return server.live.app()


def test_a_request_has_a_line_with_what_the_client_was_told_it_is_called(server: Logged, app: Caller) -> None:
    conversation = app.conversation()
    answer = app.post(f"{app.messages(conversation)}?{MARKER}=1", {"author": {"type": "business"}})
    line = server.line(answer.headers["x-request-id"])
    assert list(line) == [*KEYS, "duration_ms", "bytes"]
    assert line["event"] == "request"
    assert (line["operation"], line["method"], line["status"]) == ("PostMessage", "POST", 400)
    assert line["path"] == "/v2/apps/{app_id}/conversations/{conversation_id}/messages"
    assert (line["app_id"], line["key_id"], line["bytes"]) == (app.app_id, app.key_id, len(answer.body))
    assert 0 < line["duration_ms"] < 60_000
    said = app.get(app.app, x_request_id="proxy-1.a")
    assert said.headers["x-request-id"] == "proxy-1.a"
    assert server.line("proxy-1.a")["status"] == 200


def test_nothing_of_what_is_said_or_secret_is_logged(server: Logged, app: Caller) -> None:
    conversation = app.conversation()
    app.say(conversation, f"{MARKER} in a text")
    user = app.user(externalId=f"{MARKER}-user", profile={"givenName": MARKER})
    app.get(f"{app.app}/users/{MARKER}-user")
    app.get(f"/v2/apps/{MARKER}/users/{user}?token={MARKER}")
    app.get(f"/{MARKER}?x={MARKER}")
    app.upload(MARKER.encode(), f"{MARKER}.txt")
    app.get(f"/attachments/v2/{'0' * 24}/{MARKER}.txt")
    app.get(app.app, authorization=f"Bearer {MARKER}.{MARKER}.{MARKER}")
    app.get(app.app, authorization=f"Basic {MARKER}")
    app.get(app.app, cookie=f"session={MARKER}", x_request_id=f"{MARKER} {MARKER}")
    last = app.get("/healthz")
    server.line(last.headers["x-request-id"])
    assert MARKER not in server.text
    assert user not in server.text
    assert conversation not in server.text
    for secret in (app.secret, app.basic().partition(" ")[2], (server.live.data / "master.key").read_bytes().hex()):
        assert secret not in server.text


def test_nobody_forges_a_line(server: Logged, app: Caller) -> None:
    forged = '","level":"error","forged":"yes'
    kept = Kept(app)
    answers = [
        kept.send("GET", path)
        for path in (
            "/%0a%0d{}",
            "/%22%7D%0A%7B%22forged%22:1%7D",
            "/\\u000a\\",
            "/v2/apps/%0a%22/users",
            "/" + "x" * 60_000,
        )
    ]
    answers += [kept.send("GET", "/healthz", x_request_id=said) for said in (forged, "x" * 65, "\x85\xa0")]
    kept.close()
    lines = [server.line(each.headers["x-request-id"]) for each in answers]
    assert all(set(each) == {*KEYS, "duration_ms", "bytes"} for each in lines)
    assert {each["event"] for each in server.lines() if "logger" not in each} == {"request"}
    assert "forged" not in server.text
    assert max(map(len, server.text.splitlines())) < 1000


def broken(server: Logged) -> Answer:
    """What the server answers when it comes upon what cannot be."""
    app = server.live.app()
    with closing(sqlite3.connect(server.live.data / "parhelion.db")) as file, file:
        file.execute("update app set body = ? where id = ?", (b"no JSON", app.app_id))
    return app.send("PATCH", app.app, {"displayName": "x"})


@pytest.mark.embedded
def test_a_failure_is_one_line_too_with_where_it_came_from(server: Logged) -> None:
    answer = broken(server)
    assert (answer.status, answer.codes) == (500, ["internal_error"])
    id = answer.headers["x-request-id"]
    assert server.line(id)["level"] == "error"
    [failure] = [each for each in server.lines() if id in each["event"]]
    assert (failure["level"], failure["logger"]) == ("error", "parhelion.http")
    assert failure["exception"].startswith("Traceback (most recent call last):\n")


def test_what_happens_to_workers_is_a_line_too(server: Logged) -> None:
    victim = children(server.live.process.pid)[0]
    os.kill(victim, signal.SIGKILL)
    until(lambda: f"(pid {victim}) was ended by SIGKILL" in server.text, "it is not told")
    until(lambda: len(children(server.live.process.pid)) == 2, "there is no other")
    assert any(each["event"].startswith("worker ") for each in server.lines())


@pytest.mark.embedded
def test_people_are_told_in_words_and_only_of_what_went_wrong(tmp_path: Path) -> None:
    with logged(tmp_path, "--log-format", "console", "--log-requests", "errors") as server:
        app = server.live.app()
        app.get(app.app)
        app.get("/nowhere")
        assert server.text == ""
        id = broken(server).headers["x-request-id"]
        until(lambda: server.text.count(id) == 2, "it is not told")
        assert "Traceback (most recent call last):\n" in server.text
        [line] = [each for each in server.text.splitlines() if "request_id=" in each]
        assert "status=500" in line
        assert "[error" in line
