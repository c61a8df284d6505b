"""The machine fails, and a server on it is asked: what is answered meanwhile, and once it is well again.

    what was answered 201       is there, once, through every fault, and after kill -9
    what was refused            is not there; under its key it is done later, once
    reading                     goes on: lists, files, searches, streams, /readyz
    afterwards                  nobody has to start anything anew

`pytest tests/drills/test_machine.py -s` prints what the client saw; `--rounds N` fills the disk so many times.
"""

from __future__ import annotations

import errno
import http.client
import os
import resource
import socket
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from parhelion import Client, InsufficientStorage
from tests.drills.machine import (
    MAKES,
    SHORT,
    SYNCS,
    WRITES,
    Faulty,
    Full,
    address_space,
    busy,
    descriptors,
    limit,
    table,
)
from tests.drills.test_kill_events import Listener, Receiver, receiving, telling_app
from tests.live import Answer, Caller, Live, pages, run
from tests.workers import Kept, until

pytestmark = pytest.mark.embedded

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 800
LONG = "word " * 700
Serve = Callable[[Path], Live]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts servers; none outlives its test."""
    started: list[Live] = []

    def start(data: Path) -> Live:
        started.append(Live(data))
        return started[-1]

    yield start
    for live in started:
        if live.process.poll() is None:
            live.kill()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Full]:
    """To be asked for before `serve`: it goes when nobody is on it any more."""
    full = Full(tmp_path / "disk", 10)
    yield full
    full.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@dataclass
class Office:
    """An app at work: a conversation, a file, somebody who listens, and a webhook."""

    live: Live
    app: Caller
    talk: str = ""
    file: str = ""
    acknowledged: list[str] = field(default_factory=list[str])
    seen: list[tuple[str, str, str, str]] = field(default_factory=list[tuple[str, str, str, str]])

    def __post_init__(self) -> None:
        self.talk = self.app.conversation()
        answer = self.upload()
        assert answer.status == 201, answer
        self.file = urlsplit(answer.json["attachment"]["mediaUrl"]).path
        self.post("searched for")

    def post(self, text: str = LONG, **headers: str) -> Answer:
        body = {"author": {"type": "business"}, "content": {"type": "text", "text": text}}
        answer = self.app.post(self.app.messages(self.talk), body, **headers)
        if answer.status == 201:
            self.acknowledged.append(answer.json["messages"][0]["id"])
        return answer

    def upload(self) -> Answer:
        return self.app.upload(PICTURE, "a.png")

    def writes(self) -> dict[str, Answer]:
        app = self.app
        return {
            "post": self.post(),
            "upload": self.upload(),
            "create a user": app.post(f"{app.app}/users", {"externalId": os.urandom(4).hex()}),
            "update the conversation": app.send(
                "PATCH", f"{app.app}/conversations/{self.talk}", {"displayName": os.urandom(4).hex()}
            ),
        }

    def reads(self) -> dict[str, Answer]:
        app = self.app
        found = {
            "list messages": app.get(app.messages(self.talk)),
            "fetch a file": app.get(self.file),
            "search": app.get(f"/parhelion/v1/apps/{app.app_id}/search?query=searched"),
            "/readyz": app.get("/readyz"),
            "/docs": app.get("/docs"),
        }
        assert found["fetch a file"].body == PICTURE
        return found

    def during(self, fault: str, status: int, code: str) -> None:
        """Writes are refused like this, and reads are not."""
        for asked, answer in self.writes().items():
            self.seen.append((fault, asked, str(answer.status), answer.codes[0]))
            assert (answer.status, answer.codes) == (status, [code]), (asked, answer)
        for asked, answer in self.reads().items():
            self.seen.append((fault, asked, str(answer.status), ""))
            assert answer.status == 200, (asked, answer)

    def afterwards(self, fault: str) -> None:
        """All is answered again, by the same process."""
        for asked, answer in (self.writes() | self.reads()).items():
            self.seen.append((f"{fault}, over", asked, str(answer.status), ""))
            assert answer.status in (200, 201), (asked, answer)
        assert self.live.process.poll() is None
        assert set(pages(self.app, self.talk)) >= set(self.acknowledged), "an answered message is lost"

    def whole(self) -> None:
        """There is what was answered, and nothing else; the file is sound, and nothing half-written is left."""
        stored = pages(self.app, self.talk)
        assert stored == sorted(set(stored)) == self.acknowledged
        with closing(sqlite3.connect(self.live.data / "parhelion.db")) as connection:
            assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert list((self.live.data / "media" / "incoming").iterdir()) == []


@pytest.fixture
def office(serve: Serve, receiver: Receiver, tmp_path: Path) -> Office:
    """On a disk that only limits strike."""
    return opened(serve(tmp_path / "data"), receiver)


def opened(live: Live, receiver: Receiver) -> Office:
    return Office(live, telling_app(live.account(), receiver.url))


def lines(said: str, words: str) -> int:
    return sum(words in line for line in said.splitlines())


def test_a_full_disk_refuses_writes_until_there_is_room(
    disk: Full, serve: Serve, receiver: Receiver, rounds: int, capfd: pytest.CaptureFixture[str]
) -> None:
    live = serve(disk.folder / "data")
    office = opened(live, receiver)
    app, listener = office.app, Listener(office.app)
    try:
        for round_ in range(max(1, rounds // 2)):
            disk.fill()
            office.during("a full disk", 507, "insufficient_storage")
            assert "retry-after" not in office.post().headers
            with ThreadPoolExecutor(8) as pool:
                burst = Counter(each.status for each in pool.map(lambda _: office.post(), range(200)))
            assert burst == {507: 200}
            key = f"once-{round_}"
            assert office.post(idempotency_key=key).status == 507
            client = Client(live.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret)
            with client, pytest.raises(InsufficientStorage):
                client.messages.post(office.talk, LONG)
            made = run("app", "create", "--data", str(live.data), "--name", "another")
            assert (made.returncode, lines(made.stderr, "make room")) == (1, 1), made
            assert "Traceback" not in made.stderr
            checked = run("config", "check", "--data", str(live.data))
            assert (checked.returncode, lines(checked.stdout, "hardly any room")) == (1, 2), checked
            disk.empty()
            first, again = office.post(idempotency_key=key), office.post(idempotency_key=key)
            assert first.json == again.json
            assert office.acknowledged.pop() == office.acknowledged[-1]
            office.afterwards("a full disk")
        office.whole()
        until(lambda: len(listener.heard) >= len(office.acknowledged) - 1, "the stream misses something")
        assert [id for _, id in listener.heard] == office.acknowledged[1:]
        assert receiver.wait(app, len(office.acknowledged))
        assert [each.message for each in receiver.arrivals] == office.acknowledged, "lost, or sent twice"
    finally:
        listener.close()
    live.stop()
    said = capfd.readouterr().err
    assert 1 <= lines(said, "the disk takes no writes") <= 8, said
    assert "Traceback" not in said
    started_on_a_full_disk(disk, live)
    app.url = live.url
    assert pages(app, office.talk) == office.acknowledged
    table("A full disk", office.seen)


def started_on_a_full_disk(disk: Full, live: Live) -> None:
    """It says why it does not start, and what to do; and starts once that is done."""
    disk.fill()
    for data, workers in ((live.data, "1"), (disk.folder / "new", "2")):
        done = run("serve", "--port", "0", "--data", str(data), "--workers", workers)
        assert (done.returncode, done.stdout, lines(done.stderr, "make room")) == (1, "", 1), done
        assert "Traceback" not in done.stderr
    assert [*(disk.folder / "new").iterdir()] == [], "half a master key would be taken for one later"
    disk.empty()
    disk.remount("ro")
    done = run("serve", "--port", "0", "--data", str(live.data))
    assert (done.returncode, lines(done.stderr, "Read-only file system")) == (1, 1), done
    disk.remount("rw")
    live.start()


def test_a_disk_that_fails_is_told_as_what_it_is(
    tmp_path: Path, serve: Serve, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    faulty = Faulty(tmp_path, tmp_path / "data")
    with monkeypatch.context() as patched:
        faulty.between(patched)
        live = serve(tmp_path / "data")
    office = opened(live, receiver)
    faults = {
        "read only": (WRITES | MAKES, errno.EROFS, 503, "service_unavailable"),
        "over quota": (WRITES, errno.EDQUOT, 507, "insufficient_storage"),
        "no room": (WRITES | MAKES, errno.ENOSPC, 507, "insufficient_storage"),
        "an error of the disk": (WRITES, errno.EIO, 503, "service_unavailable"),
    }
    for fault, (what, error, status, code) in faults.items():
        faulty.strike(what, error)
        office.during(fault, status, code)
        assert faulty.heal()
        office.afterwards(fault)
    faulty.strike(WRITES | MAKES, errno.EROFS)
    refused = office.post()
    assert (refused.titles, refused.headers["retry-after"]) == (["The server's disk can be read only"], "10")
    assert faulty.heal()
    faulty.strike(SHORT, 0)
    office.afterwards("half of each write")
    assert faulty.heal()
    office.whole()
    assert receiver.wait(office.app, len(office.acknowledged))
    assert [each.message for each in receiver.arrivals] == office.acknowledged
    assert "Traceback" not in capfd.readouterr().err
    table("A disk that fails", office.seen)


def test_what_the_disk_could_not_make_durable_is_not_told_as_undone(
    tmp_path: Path, serve: Serve, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An fsync fails once, and then for good: 503 is for what is certain not to be there, also after a crash."""
    faulty = Faulty(tmp_path, tmp_path / "data")
    with monkeypatch.context() as patched:
        faulty.between(patched)
        live = serve(tmp_path / "data")
    office = opened(live, receiver)
    once = office.post("once")
    while once.status == 201:  # what failed was a write beside it: what came of a delivery
        faulty.strike(SYNCS, errno.EIO, several=1)
        once = office.post("once")
    assert (once.status, once.codes) == (503, ["service_unavailable"]), "the log was emptied: it has not happened"
    assert faulty.heal() == 1
    assert office.post("after one").status == 201
    office.whole()
    faulty.strike(SYNCS, errno.EIO)
    key = "for-good"
    unsure = [office.post("for good", idempotency_key=key) for _ in range(3)]
    assert {(each.status, each.codes[0]) for each in unsure} == {(500, "internal_error")}
    assert "not known" in unsure[0].titles[0]
    assert {answer.status for answer in office.reads().values()} == {200}
    live.kill()
    faulty.heal()
    live.start()
    office.app.url = live.url
    kept = pages(office.app, office.talk)
    assert office.post("for good", idempotency_key=key).status == 201, "whether it was there or not, now it is, once"
    assert len(pages(office.app, office.talk)) == len(office.acknowledged)
    assert set(kept) <= set(office.acknowledged)
    office.afterwards("fsync fails")
    table("fsync fails", [("once", once.status), ("for good", unsure[0].status, unsure[0].titles[0])])


def test_a_limit_on_the_size_of_files_is_a_full_disk(office: Office) -> None:
    pid = office.live.process.pid
    with limit(pid, resource.RLIMIT_FSIZE, 4096):
        office.during("files limited", 507, "insufficient_storage")
    office.afterwards("files limited")
    office.whole()
    table("A limit on the size of files (ulimit -f)", office.seen)


def test_without_descriptors_what_needs_none_goes_on(
    tmp_path: Path, serve: Serve, receiver: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    office = opened(serve(tmp_path / "data"), receiver)
    app, pid, seen = office.app, office.live.process.pid, list[tuple[str, str]]()
    body = {"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}
    search = f"/parhelion/v1/apps/{app.app_id}/search?query=searched"
    form = (
        b'--edge\r\nContent-Disposition: form-data; name="source"; filename="a.png"\r\n\r\n' + PICTURE + b"\r\n--edge--"
    )
    with ExitStack() as held:
        here = held.enter_context(closing(Kept(app)))
        with limit(pid, resource.RLIMIT_NOFILE, descriptors(pid) + 4):
            host, port = urlsplit(app.url).hostname, urlsplit(app.url).port
            crowd = [held.enter_context(socket.create_connection((host, port), 10)) for _ in range(12)]
            until(lambda: "no connection can be let in" in capfd.readouterr().err, "there are descriptors left")
            began = busy(pid)
            for asked, answer, statuses in (
                ("post", here.send("POST", app.messages(office.talk), body), {201}),
                ("list messages", here.send("GET", app.messages(office.talk)), {200}),
                ("/readyz", here.send("GET", "/readyz"), {503}),
                ("fetch a file", here.send("GET", office.file), {503}),
                ("search", here.send("GET", search), {503}),
                (
                    "upload",
                    here.send(
                        "POST",
                        f"{app.app}/attachments?access=public",
                        form,
                        content_type="multipart/form-data; boundary=edge",
                    ),
                    {503},
                ),
            ):
                seen.append((asked, str(answer.status)))
                assert answer.status in statuses, (asked, answer)
                if answer.status == 201:
                    office.acknowledged.append(answer.json["messages"][0]["id"])
            late = http.client.HTTPConnection(str(host), port, timeout=30)
            held.callback(late.close)
            late.request("GET", "/readyz")  # it waits to be let in
            until(  # over a connection that the receiver has kept, it arrives
                lambda: "deliveries wait" in capfd.readouterr().err or receiver.of_app[app.app_id] > 1,
                "nothing is said of the delivery",
            )
            assert busy(pid) - began < 2.0, "it is busy with letting nobody in"
            for each in crowd:
                each.close()
            assert late.getresponse().status == 200
        assert receiver.wait(app, len(office.acknowledged))
    assert Counter(each.message for each in receiver.arrivals) == Counter(office.acknowledged), "lost, or sent twice"
    office.afterwards("no descriptors")
    office.whole()
    assert "Traceback" not in capfd.readouterr().err
    table("No descriptors left (ulimit -n)", seen)


def test_memory_that_is_short_costs_requests_and_not_the_server(office: Office) -> None:
    app, pid, found = office.app, office.live.process.pid, Counter[str]()
    lock = threading.Lock()

    def ask(number: int) -> None:
        kind = ("upload", "post", "list", "too large")[number % 4]
        try:
            answer = {
                "upload": lambda: app.upload(PICTURE * 40, "a.png"),
                "post": lambda: office.post("word " * 800),
                "list": lambda: app.get(app.messages(office.talk) + "?page[size]=100"),
                "too large": lambda: app.post(app.messages(office.talk), {"text": "x" * 200_000}),
            }[kind]()
        except (OSError, http.client.HTTPException):
            with lock:
                found[f"{kind}: no answer"] += 1
            return
        with lock:
            found[f"{kind}: {answer.status}"] += 1

    for _ in range(20):
        office.post()
    for spare in (64, 4, 0):
        with limit(pid, resource.RLIMIT_AS, address_space(pid) + spare * 1024 * 1024), ThreadPoolExecutor(16) as pool:
            list(pool.map(ask, range(64)))
        assert office.live.process.poll() is None, found
    assert not {each for each in found if each.endswith(("400", "500"))}, found
    office.acknowledged.sort()
    office.afterwards("memory limited")
    stored = pages(app, office.talk)
    assert set(office.acknowledged) <= set(stored)
    assert len(stored) == len(set(stored))
    table("Memory limited (ulimit -v)", sorted(found.items()))
