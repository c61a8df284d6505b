"""parhelion dispatch: what comes after commits, done by nobody else, by one of several, and by the next one."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from parhelion.cli import main
from tests.live import Caller, Dispatching, Live
from tests.workers import until

LEASE = 15.0  # seconds
SOON = 4.0  # seconds: less than until somebody looks without having been told


class Receiver(ThreadingHTTPServer):
    """Takes everything, but lets it wait while its door is shut."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.begun: list[str] = []  # texts, as they came
        self.taken: list[str] = []
        self.pause = 0.0  # seconds that each takes
        self.open = threading.Event()
        self.open.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Taking(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        text = json.loads(body)["events"][0]["payload"]["message"]["content"]["text"]
        self.server.begun.append(text)
        self.server.open.wait(60)
        time.sleep(self.server.pause)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()
        self.server.taken.append(text)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.open.set()
        made.shutdown()


@pytest.fixture
def server(serve: Callable[..., Live]) -> Live:
    """It sends nothing."""
    return serve("--dispatch", "elsewhere")


@pytest.fixture
def dispatch(server: Live) -> Iterator[Callable[[], Dispatching]]:
    started: list[Dispatching] = []

    def start() -> Dispatching:
        started.append(Dispatching(server.data))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.kill()


def heard_by(receiver: Receiver, server: Live) -> Caller:
    """An app whose messages a webhook is told."""
    app = server.app()
    hook = {"target": receiver.url, "triggers": ["conversation:message"]}
    body = {"type": "custom", "displayName": "bot", "webhooks": [hook]}
    assert app.post(f"{app.app}/integrations", body).status == 201
    return app


def arrived(said: str) -> int:
    match = re.match(r"(\d+) events have arrived", said)
    assert match, said
    return int(match[1])


def test_nothing_is_sent_until_somebody_dispatches_and_then_all_in_order_and_soon(
    server: Live, receiver: Receiver, dispatch: Callable[[], Dispatching]
) -> None:
    app = heard_by(receiver, server)
    place = app.conversation()
    for number in range(5):
        app.say(place, str(number))
    integration = app.get(f"{app.app}/integrations").json["integrations"][0]
    hook = f"/parhelion/v1/apps/{app.app_id}/webhooks/{integration['webhooks'][0]['id']}/deliveries"
    assert len(app.get(f"{hook}?filter[state]=pending").json["deliveries"]) == 5
    assert receiver.begun == []
    one = dispatch()
    until(lambda: receiver.taken == list("01234"), "what waited is not sent")
    app.say(place, "5")
    until(lambda: receiver.taken == list("012345"), "a server that commits is not heard", SOON)
    assert one.stop() == "6 events have arrived. What is left is sent by whoever dispatches next.\n"
    app.say(place, "6")
    other = dispatch()
    until(lambda: len(receiver.taken) == 7, "the next one does not go on")
    assert arrived(other.stop()) == 1


def sending(server: Live, receiver: Receiver, dispatch: Callable[[], Dispatching]) -> Dispatching:
    """Somebody who has begun to send the first of three, which the receiver holds."""
    app = heard_by(receiver, server)
    place, one = app.conversation(), dispatch()
    receiver.open.clear()
    for number in range(3):
        app.say(place, str(number))
    until(lambda: receiver.begun, "nothing is sent")
    return one


def test_who_is_told_to_stop_finishes_what_is_being_sent_and_the_next_one_goes_on(
    server: Live, receiver: Receiver, dispatch: Callable[[], Dispatching]
) -> None:
    one = sending(server, receiver, dispatch)
    threading.Timer(0.5, receiver.open.set).start()
    assert arrived(one.stop()) == 1
    began = time.monotonic()
    other = dispatch()
    until(lambda: len(receiver.taken) == 3, "the next one does not go on")
    assert time.monotonic() - began < LEASE / 2, "its lease was not given back"
    assert arrived(other.stop()) == 2
    assert receiver.begun == list("012"), "each once"


def test_what_one_that_was_killed_was_at_is_sent_by_another_when_its_lease_runs_out(
    server: Live, receiver: Receiver, dispatch: Callable[[], Dispatching]
) -> None:
    one = sending(server, receiver, dispatch)
    other = dispatch()
    one.kill()
    receiver.open.set()
    until(lambda: receiver.taken[-3:] == list("012"), "nobody takes over", 2 * LEASE)
    until(lambda: len(receiver.taken) >= 3, "not all is sent")
    assert arrived(other.stop()) == 3


def test_two_share_the_work_and_send_each_event_once(
    server: Live, receiver: Receiver, dispatch: Callable[[], Dispatching]
) -> None:
    app = heard_by(receiver, server)
    places = [app.conversation() for _ in range(40)]
    receiver.pause = 0.05
    both = [dispatch(), dispatch()]
    expected = []
    for number in range(5):
        for at, place in enumerate(places):
            app.say(place, f"{at} {number}")
            expected.append(f"{at} {number}")
    until(lambda: len(receiver.taken) >= len(expected), "not all is sent")
    did = [arrived(each.stop()) for each in both]
    assert sorted(receiver.begun) == sorted(expected), "each once"
    for at in range(len(places)):
        assert [text for text in receiver.begun if text.startswith(f"{at} ")] == [f"{at} {n}" for n in range(5)]
    assert sum(did) == len(expected)
    assert min(did) > 0, "one did it all"


def test_a_server_under_test_dispatches_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--testing", "--dispatch", "elsewhere"]) == 1
    assert "leave out --dispatch, or --testing" in capsys.readouterr().err
