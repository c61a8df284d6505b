"""A backup under load, then the disaster: the server is killed, its folder is thrown away, the backup is served.

Posts come at RATE a second where the machine can, with uploads and deletions between them. What was answered before the
moment that the backup names is there, every attachment has its bytes, and nothing is there by halves.

`make drill` does it 30 times; `make test` twice.
"""

from __future__ import annotations

import http.client
import itertools
import json
import random
import re
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.live import COMMAND, Caller, Live, pages

pytestmark = pytest.mark.embedded
RATE = 1000  # posts a second, by all of them
POSTERS, PLACES = 16, 8
FEW = 300  # posts before the backup begins


class Post(NamedTuple):
    asked: float
    answered: float
    place: str
    id: str


class File(NamedTuple):
    answered: float
    url: str
    bytes: bytes


class Load:
    """Posts, uploads and deletions until the line goes dead."""

    def __init__(self, app: Caller, places: list[str]) -> None:
        self.app, self.places = app, places
        self.posts, self.files = list[Post](), list[File]()
        self.deletions: dict[str, tuple[float, float | None]] = {}  # asked, answered
        self._begun, self._number = time.time(), itertools.count()
        self._stop = threading.Event()
        works = [self._post] * POSTERS + [self._upload, self._upload, self._delete]
        self.threads = [threading.Thread(target=self._until_dead, args=(each,)) for each in works]
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        self._stop.set()
        for thread in self.threads:
            thread.join(60)

    def _until_dead(self, work: Callable[[], None]) -> None:
        try:
            while not self._stop.is_set():
                work()
        except (OSError, http.client.HTTPException):
            pass

    def _post(self) -> None:
        body = json.dumps({"author": {"type": "business"}, "content": {"type": "text", "text": "hello " * 20}})
        headers = {"authorization": self.app.basic(), "content-type": "application/json"}
        line = http.client.HTTPConnection(urlsplit(self.app.url).netloc, timeout=30)
        with closing(line):
            while not self._stop.is_set():
                if (early := self._begun + next(self._number) / RATE - time.time()) > 0:
                    time.sleep(early)  # a pace is what is asked for
                place, asked = random.choice(self.places), time.time()
                line.request("POST", self.app.messages(place), body, headers)
                answer = line.getresponse()
                said = json.loads(answer.read())
                assert answer.status == 201, said
                self.posts.append(Post(asked, time.time(), place, said["messages"][0]["id"]))

    def _upload(self) -> None:
        data = b"\x89PNG\r\n\x1a\n" + random.randbytes(50_000)
        answer = self.app.upload(data, "a.png")
        assert answer.status == 201, answer
        self.files.append(File(time.time(), answer.json["attachment"]["mediaUrl"], data))

    def _delete(self) -> None:
        time.sleep(0.02)
        if left := [file for file in self.files[:-5] if file.url not in self.deletions]:
            url = random.choice(left).url
            self.deletions[url] = (time.time(), None)
            self.app.post(f"{self.app.app}/attachments/remove", {"mediaUrl": url})
            self.deletions[url] = (self.deletions[url][0], time.time())


def p99(posts: list[Post]) -> float:
    lasted = sorted(each.answered - each.asked for each in posts)
    return lasted[int(len(lasted) * 0.99)] * 1000 if lasted else 0.0


def command(*arguments: object) -> str:
    finished = subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def check(load: Load, served: Live, key: Caller, moment: float, ended: float, earlier: set[str]) -> None:
    """What was answered before the moment is there, and what was asked between that and the end may be. `earlier`:
    messages that were there before this load. Those that are there now are added.
    """
    app = Caller(served.url, key.key_id, key.secret, key.app_id)
    stored = {place: pages(app, place) for place in load.places}
    for place, ids in stored.items():
        assert ids == sorted(set(ids))
        lost = {post.id for post in load.posts if post.place == place and post.answered < moment} - set(ids)
        assert not lost, f"{len(lost)} messages that were answered before the moment are lost"
    there, known = {id for ids in stored.values() for id in ids}, {post.id for post in load.posts}
    assert earlier <= there
    assert len(there - known - earlier) <= POSTERS, "what nobody has posted"
    earlier |= there
    for file in load.files:
        asked, gone = load.deletions.get(file.url, (None, None))
        found = app.get("/" + file.url.split("/", 3)[3])
        if file.answered < moment and (asked is None or asked > ended):
            assert (found.status, found.body) == (200, file.bytes), "an attachment is lost"
        elif gone is not None and gone < moment:
            assert found.status == 404, "a deleted attachment is back"
        assert found.status == 404 or found.body == file.bytes, "half an attachment"
    with closing(sqlite3.connect(f"file:{served.data / 'parhelion.db'}?mode=ro", uri=True)) as rows:
        for id, size in rows.execute("select id, size from attachment"):
            assert (served.data / "media" / id[-2:] / id).stat().st_size == size, "a row without its file"


def test_what_was_answered_before_the_moment_of_a_backup_comes_back(tmp_path: Path, rounds: int) -> None:
    folder, away = tmp_path / "backups", tmp_path / "master.key"
    live = Live(tmp_path / "data-0")
    try:
        app = live.app()
        shutil.copy(live.data / "master.key", away)
        places, earlier = [app.conversation() for _ in range(PLACES)], set[str]()
        for round_ in range(rounds):
            load = Load(app, places)
            while len(load.posts) < FEW:
                time.sleep(0.01)
            begun = time.time()
            said = command("backup", folder, "--data", live.data, "--keep", "2")
            ended = time.time()
            while len(load.posts) < 2 * FEW:
                time.sleep(0.01)
            live.kill()
            load.end()
            told = re.search(r"answered before (\S+Z)\.", said)
            assert told is not None, said
            moment = datetime.fromisoformat(told[1]).timestamp()
            assert begun < moment < ended
            shutil.rmtree(live.data)

            new = tmp_path / f"data-{round_ + 1}"
            command("restore", folder, "--data", new, "--master-key", away)
            live = Live(new)
            check(load, live, app, moment, ended, earlier)
            app.url = live.url
            during = [post for post in load.posts if begun < post.answered < ended]
            without = [post for post in load.posts if not begun < post.answered < ended]
            print(
                f"round {round_ + 1}: the backup took {ended - begun:.1f} s, its moment {ended - moment:.2f} s before "
                f"its end; {len(during) / (ended - begun):.0f} posts/s meanwhile (asked for: {RATE}), p99 "
                f"{p99(during):.0f} ms, without it {p99(without):.0f} ms; {len(load.files)} uploads"
            )
        live.stop()
    finally:
        if live.process.poll() is None:
            live.kill()
