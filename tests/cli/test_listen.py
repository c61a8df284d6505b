"""parhelion listen: shows what happens, passes it on as a webhook would, and is not steered by what it shows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from queue import Queue
from typing import IO, Any

import pytest

from tests.client.support import Peer, Server, serving
from tests.live import COMMAND

HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nretry: 100\nid: 0.9\n\n"
DOMAIN = {"PARHELION_APP_ID": "app1", "PARHELION_KEY_ID": "key1", "PARHELION_SECRET": "hush", "TZ": "UTC"}
WAIT = 20  # seconds at the most


def message(number: int, text: Any, **changed: Any) -> dict[str, Any]:
    said = {
        "id": f"m{number}",
        "received": "2026-01-01T12:00:00.000Z",
        "author": {"type": "user", "displayName": "Ada"},
        "content": {"type": "text", "text": text},
    }
    return happened(number, "conversation:message", conversation={"id": "c1"}, message=said | changed)


def happened(number: int, trigger: str, **payload: Any) -> dict[str, Any]:
    return {"id": f"e{number}", "type": trigger, "createdAt": "2026-01-01T12:03:44.000Z", "payload": payload}


def frame(number: int, event: Any) -> str:
    said = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    return f"id: {number}.9\ndata: {said}\n\n"


class Listener:
    """The command at work, and what it prints, line by line."""

    def __init__(self, url: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "listen", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=os.environ | DOMAIN | {"PARHELION_URL": url, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": ""},
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.said, self.noted = Queue[str | None](), Queue[str | None]()
        self.threads = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.said)),
            threading.Thread(target=self._read, args=(self.process.stderr, self.noted)),
        ]
        for each in self.threads:
            each.start()

    def _read(self, stream: IO[str], lines: Queue[str | None]) -> None:
        for each in stream:
            lines.put(each.rstrip("\n"))
        lines.put(None)

    def next(self) -> str:
        line = self.said.get(timeout=WAIT)
        assert line is not None, self.end(1)
        return line

    def note(self) -> str:
        line = self.noted.get(timeout=WAIT)
        assert line is not None, self.process.wait(WAIT)
        return line

    def interrupt(self) -> list[str]:
        """What it says at last. A signal that comes just before Python waits is heard after that: it is sent again."""
        for _ in range(3):
            self.process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(WAIT / 4)
                break
        return self.end(0)

    def end(self, status: int) -> list[str]:
        assert self.process.wait(WAIT) == status
        for each in self.threads:
            each.join(WAIT)
        return [line for line in iter(self.noted.get, None) if line is not None]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(WAIT)
        for stream, thread in zip((self.process.stdout, self.process.stderr), self.threads, strict=True):
            thread.join(WAIT)
            assert stream is not None
            stream.close()


class Stage:
    """A server that tells what it is told to tell, and a receiver that answers as it is told to answer."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.asked = Queue[list[str]]()
        self.received = Queue[tuple[dict[str, str], bytes]]()

    def tells(self, *events: Any, once: bool = False) -> Server:
        frames = [HEAD, *(frame(number, each) for number, each in enumerate(events, 1))]

        def handle(peer: Peer) -> None:
            self.asked.put(peer.request()[0])
            leaves = once and len(frames) > 1
            while frames:
                peer.say(frames.pop(0))
            frames.append(HEAD)
            if leaves:
                return
            peer.sock.settimeout(WAIT)
            peer.sock.recv(1)  # until it leaves

        return self.stack.enter_context(serving(handle))

    def receives(self, *answers: str) -> str:
        left = iter(answers)

        def handle(peer: Peer) -> None:
            while (asked := peer.request())[0]:
                lines, body = asked
                headers = dict(each.split(": ", 1) for each in lines[1:])
                self.received.put(({"request": lines[0]} | headers, body))
                peer.answer("ok", next(left, "200 OK"), "Location: http://127.0.0.1:1/")

        return self.stack.enter_context(serving(handle)).origin

    def listen(self, url: str, *arguments: str) -> Listener:
        listener = Listener(url, *arguments)
        self.stack.callback(listener.stop)
        return listener


@pytest.fixture
def stage() -> Iterator[Stage]:
    with ExitStack() as stack:
        yield Stage(stack)


def test_events_are_shown_as_they_come_and_ctrl_c_ends_with_a_summary(stage: Stage) -> None:
    server = stage.tells(
        message(1, "There are three suns in the sky"),
        happened(2, "conversation:read", conversation={"id": "c1"}, activity={"type": "conversation:read"}),
        happened(3, "user:remove", user={"id": "u1", "externalId": "ada"}),
        happened(4, "conversation:dreamed", conversation={"id": "c2"}),
        message(5, None, content={"type": "image", "mediaUrl": "https://example.org/a.png", "text": "look"}),
        message(6, "x" * 500),
    )
    listener = stage.listen(server.origin)
    assert listener.note() == "Listening to app app1. Ctrl-C stops it."
    assert listener.next() == "12:03:44  conversation:message  c1  Ada: There are three suns in the sky"
    assert listener.next() == "12:03:44  conversation:read  c1  conversation:read"
    assert listener.next() == "12:03:44  user:remove  -  user ada"
    assert listener.next() == "12:03:44  conversation:dreamed  c2"
    assert listener.next() == "12:03:44  conversation:message  c1  Ada: [image] look"
    assert listener.next().endswith("Ada: " + "x" * 74 + "…")
    assert re.fullmatch(r"6 events\. Go on with --after [56]\.9", listener.interrupt()[-1])


def test_it_asks_for_what_it_is_told_to_ask_for(stage: Stage) -> None:
    server = stage.tells()
    options = ["--trigger", "user:remove", "--trigger", "user:update", "--conversation", "c1", "--include-full-user"]
    keys = ["--app-id", "other", "--key-id", "key2", "--secret", "-hush"]
    listener = stage.listen(server.origin, *options, *keys, "--include-full-source")
    assert listener.note() == "Listening to app other. Ctrl-C stops it."
    lines = stage.asked.get(timeout=WAIT)
    assert lines[0] == (
        "GET /parhelion/v1/apps/other/events?conversationId=c1&triggers=user%3Aremove%2Cuser%3Aupdate"
        "&includeFullUser=true&includeFullSource=true HTTP/1.1"
    )
    assert f"authorization: Basic {base64.b64encode(b'key2:-hush').decode()}" in lines
    assert listener.interrupt() == ["", "0 events. Go on with --after 0.9"]


STEERING = "\x1b]0;owned\x07\x1b[2J\x9b31m\r\n\u202etxt\u2028\x7f\u0000"


@pytest.mark.parametrize("as_json", [False, True])
def test_no_character_of_an_event_steers_the_terminal(stage: Stage, as_json: bool) -> None:
    odd = message(1, STEERING, author={"type": "user", "displayName": STEERING})
    odd["payload"]["conversation"]["id"] = STEERING
    unknown = {"id": STEERING, "type": STEERING, "payload": {"conversation": {"id": STEERING}}}
    server = stage.tells(json.dumps(odd), json.dumps(unknown), json.dumps(odd, ensure_ascii=False))
    listener = stage.listen(server.origin, *(["--json"] if as_json else []), "--forward-to", "http://127.0.0.1:1")
    for expected in [odd, unknown, odd]:
        line = listener.next()
        assert line.isprintable(), line
        assert "owned" in line
        assert not as_json or json.loads(line) == expected
        assert as_json or "127.0.0.1:1" in listener.next()
    listener.interrupt()


def test_json_is_what_came_one_line_each_and_nothing_else(stage: Stage) -> None:
    events = [message(1, "☀ naïve", future={"a": [1.0, 10**20]}), happened(2, "conversation:dreamed", deep={"a": None})]
    server = stage.tells(*(json.dumps(each, ensure_ascii=False, indent=1).replace("\n", "\ndata: ") for each in events))
    listener = stage.listen(server.origin, "--json", "--forward-to", stage.receives())
    assert [json.loads(listener.next()) for _ in events] == events
    listener.interrupt()
    assert listener.said.get(timeout=WAIT) is None


def test_what_is_forwarded_is_what_a_webhook_would_get(stage: Stage) -> None:
    event = message(1, "☀", future={"a": 1.0})
    server = stage.tells(event, happened(2, "user:remove", user={"id": "u1"}))
    listener = stage.listen(
        server.origin, "--forward-to", stage.receives() + "/hook?a=b", "--webhook-secret", "-sesame"
    )
    assert listener.note().startswith("Listening")
    assert listener.note().endswith("/hook?a=b")
    headers, body = stage.received.get(timeout=WAIT)
    assert headers["request"] == "POST /hook?a=b HTTP/1.1"
    assert headers["content-type"] == "application/json"
    assert headers["x-api-key"] == "-sesame"
    assert headers["webhook-id"] == "e1"
    signed = f"e1.{headers['webhook-timestamp']}.".encode() + body
    signature = base64.b64encode(hmac.digest(b"-sesame", signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{signature}"
    envelope = json.loads(body)
    assert envelope["app"] == {"id": "app1"}
    assert envelope["webhook"]["version"] == "v2"
    assert re.fullmatch("[0-9a-f]{24}", envelope["webhook"]["id"])
    assert envelope["events"] == [event]
    _, again = stage.received.get(timeout=WAIT)
    assert json.loads(again)["webhook"] == envelope["webhook"]
    listener.interrupt()


def test_a_secret_that_was_not_given_is_made_and_printed(stage: Stage) -> None:
    server = stage.tells(message(1, "x"))
    listener = stage.listen(server.origin, "--forward-to", stage.receives())
    listener.note()
    secret = listener.note().rpartition(" ")[2]
    assert len(secret) >= 32
    assert stage.received.get(timeout=WAIT)[0]["x-api-key"] == secret
    listener.interrupt()


def test_the_receivers_answer_is_shown_and_the_order_is_kept_whatever_it_is(stage: Stage) -> None:
    server = stage.tells(*(message(number, "x") for number in range(1, 5)))
    there = stage.receives("200 OK", "500 Oh", "302 Found", "204 None")
    listener = stage.listen(server.origin, "--forward-to", there)
    lines = [listener.next() for _ in range(8)][1::2]
    assert [re.sub(r"\d+ ms", "N ms", line).strip() for line in lines] == [
        "-> 200 in N ms",
        "-> 500 in N ms",
        "-> 302 in N ms, redirects are not followed",
        "-> 204 in N ms",
    ]
    assert [stage.received.get(timeout=WAIT)[0]["webhook-id"] for _ in range(4)] == ["e1", "e2", "e3", "e4"]
    assert listener.interrupt()[-1].startswith("4 events: 2 taken, 2 refused, 0 without an answer. Go on")


def test_a_receiver_that_never_stops_talking_holds_nothing_up(stage: Stage) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
        with suppress(OSError):
            while True:
                peer.say("fff\r\n" + "x" * 4095 + "\r\n")

    endless = stage.stack.enter_context(serving(handle)).origin
    listener = stage.listen(stage.tells(message(1, "a"), message(2, "b")).origin, "--forward-to", endless)
    for _ in range(2):
        assert "conversation:message" in listener.next()
        assert listener.next().strip().startswith("-> 200 in")


def test_a_receiver_that_is_not_there_is_said_in_words_and_listening_goes_on(stage: Stage) -> None:
    server = stage.tells(message(1, "x"), message(2, "y"))
    listener = stage.listen(server.origin, "--forward-to", "http://127.0.0.1:1/hook")
    for _ in range(2):
        assert "conversation:message" in listener.next()
        assert re.search(r"-> No connection to http://127.0.0.1:1: .*refused.* \(\d+ ms\)", listener.next())
    assert listener.interrupt()[-1].startswith("2 events: 0 taken, 0 refused, 2 without an answer. Go on")


def test_an_event_whose_id_is_no_header_is_forwarded_without_it(stage: Stage) -> None:
    server = stage.tells({"id": "e\r\nx-evil: 1", "type": "odd"}, {"id": "☀", "type": "odd"}, "[]", "7")
    listener = stage.listen(server.origin, "--forward-to", stage.receives())
    for _ in range(2):
        headers, _ = stage.received.get(timeout=WAIT)
        assert headers["webhook-id"] == "unknown"
        assert "x-evil" not in headers
    assert [listener.next() for _ in range(6)][4::2] == ["--:--:--  unreadable  -"]
    listener.interrupt()


def test_a_connection_that_is_lost_is_said_and_made_again(stage: Stage) -> None:
    server = stage.tells(message(1, "x"), once=True)
    listener = stage.listen(server.origin)
    assert listener.note().startswith("Listening")
    assert "conversation:message" in listener.next()
    assert re.fullmatch(r"No connection\. Trying again in 0\.\d s\.", listener.note())
    stage.asked.get(timeout=WAIT)
    assert "last-event-id: 1.9" in stage.asked.get(timeout=WAIT)
    assert listener.interrupt()[-1] == "1 event. Go on with --after 1.9"


def test_it_goes_on_after_a_token(stage: Stage) -> None:
    server = stage.tells(once=True)
    listener = stage.listen(server.origin, "--after", "5.9", "--trigger", "user:remove")
    lines = stage.asked.get(timeout=WAIT)
    assert lines[0] == "GET /parhelion/v1/apps/app1/events?triggers=user%3Aremove HTTP/1.1"
    assert "last-event-id: 5.9" in lines
    assert listener.note().startswith("Listening")
    listener.interrupt()


def test_an_event_whose_forwarding_was_interrupted_comes_again_with_the_token_that_is_shown(stage: Stage) -> None:
    reached = threading.Event()

    answers = iter(["ok"])

    def handle(peer: Peer) -> None:
        peer.request()
        if answer := next(answers, ""):
            peer.answer(answer)
        else:
            reached.set()
        peer.sock.recv(1)  # until it leaves

    server = stage.tells(message(1, "x"), message(2, "y"), message(3, "z"))
    listener = stage.listen(server.origin, "--forward-to", stage.stack.enter_context(serving(handle)).origin)
    assert reached.wait(WAIT)
    assert listener.interrupt()[-1] == ("2 events: 1 taken, 0 refused, 0 without an answer. Go on with --after 1.9")


def test_the_help_says_that_nothing_is_posted_twice() -> None:
    said = " ".join(run("--help").stdout.split())
    assert "Each is posted once, whatever is answered" in said


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        ("401 Unauthorized", "unauthorized", "parhelion: 401 unauthorized: No\\u001b[2J"),
        ("404 Not Found", "app_not_found", "parhelion: 404 app_not_found: No\\u001b[2J"),
    ],
)
def test_a_refusal_is_a_sentence(stage: Stage, status: str, code: str, words: str) -> None:
    def handle(peer: Peer) -> None:
        peer.request()
        peer.answer(json.dumps({"errors": [{"code": code, "title": "No\x1b[2J"}]}), status)

    listener = stage.listen(stage.stack.enter_context(serving(handle)).origin)
    assert listener.end(1) == [words]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PARHELION_")}
    command = [*COMMAND, "listen", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=bare | environment)


@pytest.mark.parametrize(
    ("arguments", "environment", "status", "words"),
    [
        ([], {}, 1, "Which server?"),
        (["--url", "http://127.0.0.1:1"], {}, 1, "Who asks?"),
        (["--url", "http://127.0.0.1:1"], {"PARHELION_KEY_ID": "k", "PARHELION_SECRET": "s"}, 1, "PARHELION_APP_ID"),
        (["--forward-to", "localhost:3000"], DOMAIN, 2, "not an address"),
        (["--forward-to", "http://user:pass@localhost"], DOMAIN, 2, "not an address"),
        (["--forward-to", "http://localhost:99999"], DOMAIN, 2, "not an address"),
        (["--forward-to", "http://localhost/a b"], DOMAIN, 2, "not an address"),
        (["--webhook-secret", "a\nb"], DOMAIN, 2, "ASCII"),
        (["--webhook-secret", ""], DOMAIN, 2, "ASCII"),
        (["--after", "a\nb"], DOMAIN, 2, "ASCII"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    arguments: list[str], environment: dict[str, str], status: int, words: str
) -> None:
    done = run(*arguments, **environment)
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_it_needs_nothing_that_only_the_server_needs() -> None:
    without = ["apsw", "httptools", "jwt", "markdown_it", "multipart", "python_multipart", "uvicorn", "uvloop"]
    script = f"import sys; sys.modules |= dict.fromkeys({without!r}); import parhelion.cli.listen"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
