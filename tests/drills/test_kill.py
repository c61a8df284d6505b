"""kill -9 under load: whatever was answered is there after the restart, once; nothing half-written is left.

`make drill` does it 30 times; `make test` a few times.

A killed process proves that an answer follows its commit and that a commit is whole. It does not prove the fsync: only
pulling the plug does.
"""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from collections.abc import Callable
from http.client import HTTPException

from tests.live import Caller, Live, pages

POSTERS, PLACES = 12, 6
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(300_000)


class Load:
    """Posts and uploads without pause until the line goes dead."""

    def __init__(self, app: Caller, places: list[str]) -> None:
        self.app, self.places = app, places
        self.posted: dict[str, list[str]] = defaultdict(list)
        self.uploaded: list[str] = []
        self.enough = threading.Event()
        self.threads = [threading.Thread(target=self._post) for _ in range(POSTERS)]
        self.threads += [threading.Thread(target=self._upload) for _ in range(2)]
        for thread in self.threads:
            thread.start()

    def _post(self) -> None:
        try:
            while True:
                place = random.choice(self.places)
                self.posted[place].append(self.app.say(place)["id"])
                if sum(map(len, self.posted.values())) > 150:
                    self.enough.set()
        except (OSError, HTTPException):
            pass

    def _upload(self) -> None:
        try:
            while True:
                answer = self.app.upload(PICTURE, "a.png")
                assert answer.status == 201
                self.uploaded.append(answer.json["attachment"]["mediaUrl"])
        except (OSError, HTTPException):
            pass


def test_whatever_was_answered_survives_kill_9(serve: Callable[[], Live], rounds: int) -> None:
    live = serve()
    app = live.app()
    places = [app.conversation() for _ in range(PLACES)]
    answered: dict[str, list[str]] = defaultdict(list)
    for round_ in range(rounds):
        load = Load(app, places)
        assert load.enough.wait(60)
        live.kill()
        for thread in load.threads:
            thread.join(60)
        live.start()
        app.url = live.url
        for place in places:
            answered[place] += load.posted[place]
            stored = pages(app, place)
            assert stored == sorted(set(stored))
            assert set(answered[place]) <= set(stored), "an answered message is lost"
            assert len(answered[place]) == len(set(answered[place])), "an id was answered twice"
        assert list((live.data / "media" / "incoming").iterdir()) == [], "a half-written file is left"
        names = {path.name: path.stat().st_size for path in (live.data / "media").rglob("*") if path.is_file()}
        assert set(names.values()) <= {len(PICTURE)}
        for url in load.uploaded:
            assert url.split("/")[-2] in names, "an answered upload is lost"
        told = sum(map(len, load.posted.values()))
        print(f"round {round_ + 1}: {told} posts and {len(load.uploaded)} uploads answered, all there")
    live.stop()
