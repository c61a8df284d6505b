"""Three nodes on one PostgreSQL behind a proxy, restarted one after the other under load: nobody notices.

    4 post, 2 list, 1 uploads 5 MB, over kept connections  -->  HAProxy | nginx  -->  three nodes
    2 listen, and come back by themselves                  -->                        SIGTERM, and again

Nobody asks twice: each request is sent once, and is answered as it should be, or counted. The proxy runs the example of
deploy/. `make drill` goes round more often.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.drills.test_kill_events import Listener
from tests.engines import chosen
from tests.engines.programs import NoServer, free_port
from tests.engines.proxies import HAProxy, Nginx, Proxy
from tests.live import Caller, Live, pages
from tests.workers import MESSAGE, PATIENCE, Kept, until

pytestmark = pytest.mark.engine("postgresql")
DRAIN = "3"  # seconds: more than HAProxy takes to notice, and than nginx keeps a connection
FILE = (
    b'--edge\r\nContent-Disposition: form-data; name="source"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    + b"x" * 5_000_000
    + b"\r\n--edge--\r\n"
)


class Clients:
    """Ask without pause, each over a connection of its own that it opens again only when it was told to."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.failed: list[str] = []
        self.posted: list[str] = []
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self, app: Caller, what: str, ask: Callable[[Kept], tuple[int, str]], wanted: int, several: int) -> None:
        """`ask`: once; answers the status, and what to keep of a post."""

        def go_on() -> None:
            line: Kept | None = None
            while not self._stop.is_set():
                try:
                    line = line or Kept(app)
                    status, said = ask(line)
                except (OSError, http.client.HTTPException) as trouble:
                    self.failed.append(f"{what}: {trouble!r} at {time.monotonic():.3f}")
                    if line is not None:
                        line.close()
                    line = None
                    continue
                if status != wanted:
                    self.failed.append(f"{what}: {status} {said} at {time.monotonic():.3f}")
                else:
                    self.answers[what] += 1
                    if what == "post":
                        self.posted.append(said)
            if line is not None:
                line.close()

        self._threads += [threading.Thread(target=go_on) for _ in range(several)]
        for thread in self._threads[-several:]:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


@pytest.fixture
def nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Live]]:
    monkeypatch.setenv("PARHELION_DATABASE", chosen.fresh())
    started: list[Live] = []
    try:
        while len(started) < 3:
            started.append(Live(tmp_path / "data", "--port", str(free_port()), "--drain", DRAIN))
        yield started
    finally:
        for live in started:
            if live.process.poll() is None:
                live.kill()


def post(app: Caller, conversation: str) -> Callable[[Kept], tuple[int, str]]:
    def ask(line: Kept) -> tuple[int, str]:
        answer = line.send("POST", app.messages(conversation), MESSAGE)
        return answer.status, answer.json["messages"][0]["id"] if answer.status == 201 else answer.body[:80].decode()

    return ask


def page(app: Caller, conversation: str) -> Callable[[Kept], tuple[int, str]]:
    def ask(line: Kept) -> tuple[int, str]:
        answer = line.send("GET", app.messages(conversation))
        return answer.status, "" if answer.status == 200 else answer.body[:80].decode()

    return ask


def upload(app: Caller) -> Callable[[Kept], tuple[int, str]]:
    def ask(line: Kept) -> tuple[int, str]:
        path = f"{app.app}/attachments?access=public"
        answer = line.send("POST", path, FILE, content_type="multipart/form-data; boundary=edge")
        return answer.status, "" if answer.status == 201 else answer.body[:80].decode()

    return ask


@pytest.mark.parametrize("kind", [HAProxy, Nginx], ids=lambda kind: kind.name)
def test_a_rolling_restart_loses_no_request(kind: type[Proxy], nodes: list[Live], tmp_path: Path, rounds: int) -> None:
    app = nodes[0].app()
    try:
        proxy = kind(tmp_path / "proxy", [int(each.url.rpartition(":")[2]) for each in nodes])
    except NoServer as why:
        pytest.skip(str(why))
    through = Caller(proxy.url, app.key_id, app.secret, app.app_id)
    conversation = app.conversation()
    clients, listeners = Clients(), [Listener(through) for _ in range(2)]
    try:
        clients.begin(through, "post", post(app, conversation), 201, 4)
        clients.begin(through, "list", page(app, conversation), 200, 2)
        clients.begin(through, "upload", upload(app), 201, 1)
        for _ in range(rounds):
            for node in nodes:
                before = clients.answers.copy()
                node.stop()
                node.start()
                until(lambda node=node: Caller(node.url).get("/readyz").status == 200, "a node does not come back")
                until(
                    lambda before=before: all(clients.answers[each] > before[each] for each in ("post", "list")),
                    "nobody is answered any more",
                )
        clients.stop()
        app.url = nodes[0].url
        stored = pages(app, conversation)
        for each in listeners:
            until(lambda each=each: len(each.heard) >= len(stored), "a listener misses something")
    finally:
        clients.stop()
        for each in listeners:
            each.close()
        proxy.stop()
    print(f"{kind.name}: {3 * rounds} restarts, {dict(clients.answers)}")
    assert clients.failed == []
    assert sorted(clients.posted) == stored
    assert all([id for _, id in each.heard] == stored for each in listeners)
