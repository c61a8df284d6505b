"""A server that is told to stop leaves first: it answers as ever, and says to all that they should go elsewhere."""

from __future__ import annotations

import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.live import Caller, Live
from tests.workers import Kept, until


def ready(live: Live) -> int:
    return Caller(live.url).get("/readyz").status


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_that_leaves_answers_all_that_comes_and_each_answer_is_the_last_of_its_connection(
    serve: Callable[..., Live], workers: str
) -> None:
    live = serve("--drain", "600", "--workers", workers)
    app = live.app()
    conversation = app.conversation()
    lines = [Kept(app) for _ in range(4)]
    assert ready(live) == 200
    assert all("connection" not in line.send("GET", app.app).headers for line in lines)
    live.process.send_signal(signal.SIGTERM)
    # Each of several workers hears of it by itself, so all have when none says yes any more.
    until(lambda: {ready(live) for _ in range(8)} == {503}, "it does not say that it leaves")
    for line in lines:
        answer = line.send("GET", app.messages(conversation))
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        line.close()
    app.say(conversation, "over a connection of its own")
    assert live.process.poll() is None
    live.stop()  # a second time: it does not wait any longer


def test_ctrl_c_waits_for_nobody(serve: Callable[..., Live]) -> None:
    live = serve("--drain", "600")
    live.process.send_signal(signal.SIGINT)
    assert live.process.wait(20) == 0
    assert live.process.stdout is not None
    live.process.stdout.close()


def test_a_drain_ends_by_itself(serve: Callable[..., Live]) -> None:
    live = serve("--drain", "0.5")
    live.stop()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_who_is_let_in_is_answered_and_everybody_else_is_refused(serve: Callable[..., Live], workers: str) -> None:
    """A connection that is made and then reset may have carried a request that was done: nobody can ask it again."""
    live = serve("--workers", workers)
    where = (str(urlsplit(live.url).hostname), int(urlsplit(live.url).port or 0))
    outcomes = Counter[str]()

    def ask_again_and_again() -> None:
        while True:
            try:
                line = socket.create_connection(where, timeout=20)
            except ConnectionRefusedError:
                outcomes["refused"] += 1
                return
            with line:
                try:
                    line.sendall(b"GET /readyz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
                    outcomes["answered" if line.recv(65536) else "hung up"] += 1
                except OSError as trouble:
                    outcomes[type(trouble).__name__] += 1

    asking = [threading.Thread(target=ask_again_and_again) for _ in range(16)]
    for each in asking:
        each.start()
    until(lambda: outcomes["answered"] > 200, "nobody is answered")
    live.stop()
    for each in asking:
        each.join(30)
    assert outcomes.keys() == {"answered", "refused"}, outcomes
    assert outcomes["refused"] == len(asking)


def test_readiness_is_asked_without_a_key_and_kept_by_nobody(live: Live) -> None:
    answer = Caller(live.url).send("GET", "/readyz", headers={"authorization": None})  # type: ignore[dict-item]
    assert (answer.status, answer.body, answer.headers["cache-control"]) == (200, b"ready\n", "no-store")
    assert Caller(live.url).post("/readyz", {}).status == 405
