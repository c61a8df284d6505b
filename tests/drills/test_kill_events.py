"""kill -9 of those who tell: every message that was committed is told, at whatever moment they die.

    posters --> serve, or two on one store --> receiver: a web server that takes everything
                  ^ kill -9, start again   --> listener: client.events.listen, which comes back by itself

    webhook   every message arrives, perhaps twice, then with the same event id and the same bytes; what arrives for the
              first time is in the order of its conversation; nothing arrives that was not posted
    stream    every message exactly once, in order, across all the kills

What a killed process was at is taken over when its lease runs out, after 15 seconds. So each round also has an app of
its own, whose lanes nobody has touched: there is always something under way when the next one is killed.

`make drill` does it 30 times; `make test` a few times.
"""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, pairwise
from typing import Any, NamedTuple

import pytest

from parhelion import Client, ConversationMessageEvent
from tests.live import Caller, Live, pages

POSTERS, PLACES = 8, 5
AGAIN = 2 * PLACES  # of a round at most: what was under way for the conversations of two apps
ARRIVALS = 120  # of a round at most, before somebody is killed
PATIENCE = 90  # seconds: a lease, and whatever a busy machine adds


class Arrival(NamedTuple):
    event: str
    conversation: str
    message: str
    text: str
    body: bytes


class Receiver(ThreadingHTTPServer):
    """Takes everything, and keeps the order in which it came."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), _Taking)
        self.arrivals: list[Arrival] = []
        self.of_app: dict[str, int] = defaultdict(int)
        self.faults: list[str] = []
        self.more = threading.Condition()

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]}:{self.server_port}/hook"

    def take(self, signed_id: str | None, body: bytes) -> None:
        told = json.loads(body)
        [event] = told["events"]
        payload = event["payload"]
        message = payload["message"]
        with self.more:
            if signed_id != event["id"]:
                self.faults.append(f"event {event['id']} came with the id {signed_id} in its head")
            self.arrivals.append(
                Arrival(event["id"], payload["conversation"]["id"], message["id"], message["content"]["text"], body)
            )
            self.of_app[told["app"]["id"]] += 1
            self.more.notify_all()

    def wait(self, app: Caller, several: int) -> bool:
        """Until so many have come of an app."""
        with self.more:
            return self.more.wait_for(lambda: self.of_app[app.app_id] >= several, 60)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever was posting has been killed."""


class _Taking(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        body = self.rfile.read(length)
        if len(body) < length:  # half an event, of one who was killed
            self.close_connection = True
            return
        receiver = self.server
        assert isinstance(receiver, Receiver)
        receiver.take(self.headers["webhook-id"], body)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def receiving(host: str = "127.0.0.1") -> Generator[Receiver]:
    with Receiver(host) as receiver:
        thread = threading.Thread(target=receiver.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield receiver
        finally:
            receiver.shutdown()
            thread.join()


@dataclass
class Posted:
    """All that was ever posted."""

    asked: set[str] = field(default_factory=set[str])  # texts
    answered: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # conversation -> ids
    number: Iterator[int] = field(default_factory=count)


class Load:
    """Posts without pause, each poster by one process: until that is killed, or all are told to stop."""

    def __init__(self, callers: list[Caller], places: dict[str, list[str]], posted: Posted) -> None:
        self._callers, self._places, self._posted = callers, places, posted
        self._stop = threading.Event()
        urls = sorted({caller.url for caller in callers})
        self._threads = [threading.Thread(target=self._post, args=(urls[each % len(urls)],)) for each in range(POSTERS)]
        for thread in self._threads:
            thread.start()

    def _post(self, url: str) -> None:
        callers = [caller for caller in self._callers if caller.url == url]
        try:
            while not self._stop.is_set():
                caller = random.choice(callers)
                place = random.choice(self._places[caller.app_id])
                text = f"number {next(self._posted.number)}"
                self._posted.asked.add(text)
                self._posted.answered[place].append(caller.say(place, text)["id"])
        except (OSError, HTTPException):
            pass

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()


class Listener:
    """Hears the messages of an app, from now on."""

    def __init__(self, app: Caller) -> None:
        self.heard: list[tuple[str, str]] = []
        self._client = Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret)
        self._events = self._client.events.listen(triggers=["conversation:message"])
        self._events.__enter__()  # so that nothing is posted before the stream is open
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        for event in self._events:
            assert isinstance(event, ConversationMessageEvent)
            self.heard.append((event.payload.conversation.id or "", event.payload.message.id))

    def close(self) -> None:
        self._events.close()
        self._thread.join(60)
        self._client.close()


def until(what: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Looks again and again."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def telling_app(account: Caller, target: str) -> Caller:
    """A new app whose messages are told to `target`."""
    made = account.post("/v2/apps", {"displayName": "drill"}).json["app"]["id"]
    key = account.post(f"/v2/apps/{made}/keys", {"displayName": "drill"}).json["key"]
    app = Caller(account.url, key["id"], key["secret"], made)
    hook = {"target": target, "triggers": ["conversation:message"]}
    answer = app.post(f"{app.app}/integrations", {"type": "custom", "webhooks": [hook]})
    assert answer.status == 201, answer
    return app


def free_port() -> int:
    """One that is not given to those who call: a listener calls it again and again while nobody is there."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


@pytest.mark.parametrize("processes", [1, 2])
def test_whatever_was_committed_is_told_after_kill_9(serve: Callable[..., Live], rounds: int, processes: int) -> None:
    began = time.monotonic()
    lives = [serve("--port", str(free_port())) for _ in range(processes)]
    account = lives[0].account()
    posted = Posted()
    places: dict[str, list[str]] = {}
    with receiving() as receiver:
        home = telling_app(account, receiver.url)
        apps = [home]
        places[home.app_id] = [home.conversation() for _ in range(PLACES)]
        listeners = [Listener(replace(home, url=live.url)) for live in lives]
        try:
            for round_ in range(rounds):
                fresh = telling_app(account, receiver.url)
                apps.append(fresh)
                places[fresh.app_id] = [fresh.conversation() for _ in range(PLACES)]
                callers = [replace(app, url=live.url) for live in lives for app in (home, fresh)]
                load = Load(callers, places, posted)
                several = random.randint(1, ARRIVALS)
                assert receiver.wait(fresh, several), "nothing arrives"
                victim = random.choice(lives)
                victim.kill()
                victim.start()
                load.stop()
                print(f"round {round_ + 1}: killed {several} arrivals into a new app; {len(posted.asked)} posts so far")

            stored = {place: pages(app, place) for app in apps for place in places[app.app_id]}
            loaded = time.monotonic()
            ids = {id for those in stored.values() for id in those}
            at_home = [(place, id) for place in places[home.app_id] for id in stored[place]]
            until(lambda: ids <= {each.message for each in list(receiver.arrivals)})
            until(lambda: all(len(each.heard) >= len(at_home) for each in listeners))
            drained = time.monotonic()
        finally:
            for listener in listeners:
                listener.close()
    for live in lives:
        live.stop()

    arrived = receiver.arrivals
    first: dict[str, Arrival] = {}
    for each in arrived:
        assert first.setdefault(each.event, each) == each, "an event came again with another body"
    told: dict[str, list[str]] = defaultdict(list)
    for each in first.values():
        told[each.conversation].append(each.message)
    print(
        f"{processes} processes, {rounds} rounds, {drained - began:.0f} s, {drained - loaded:.1f} s of them after the "
        f"last: {len(posted.asked)} posted, {sum(map(len, posted.answered.values()))} answered, {len(ids)} stored, "
        f"{len(first)} delivered and {len(arrived) - len(first)} again; "
        f"{[len(each.heard) for each in listeners]} heard of {len(at_home)}"
    )
    assert not receiver.faults
    assert len(arrived) - len(first) <= rounds * AGAIN, "who is not killed tells again, too"
    for place, answered in posted.answered.items():
        assert set(answered) <= set(stored[place]), "an answered message is lost"
    missing = {place: sorted(set(those) - set(told[place])) for place, those in stored.items()}
    assert not any(missing.values()), f"not delivered: {missing}"
    for place, those in told.items():
        assert all(one < other for one, other in pairwise(those)), f"out of order in {place}"
        assert those == stored[place], "something came that is not there"
    assert {each.text for each in arrived} <= posted.asked, "something came that was not posted"
    for listener in listeners:
        assert len(listener.heard) == len(set(listener.heard)), "a listener was told twice"
        assert sorted(listener.heard) == sorted(at_home), "a listener missed something"
        for place in places[home.app_id]:
            assert [id for where, id in listener.heard if where == place] == stored[place]
