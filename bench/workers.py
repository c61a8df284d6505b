"""Rows of their own: what a second process on the same folder is worth, on both cores."""

from __future__ import annotations

from . import sample, servers
from .load import load
from .measure import Measure, folder
from .posts import FILLED, LISTED, post
from .row import Aside, Row

CONNECTIONS = 16


class Workers(Measure):
    """One process and two, at one address."""

    rows = (
        Row(f"list 100, {CONNECTIONS} connections, pages/s with 2 workers", "with 1", None, None, True),
        Row("the same, p50", "with 1"),
        Row(f"durable posts/s, {CONNECTIONS} connections, with 2 workers", "with 1", None, None, True),
        Row("the same, p99", "with 1"),
    )
    method = (
        (
            f"`parhelion serve --workers 2` against `--workers 1`, on folders of their own: the newest page of one of "
            f"{LISTED} conversations of about {FILLED} messages. Nothing is pinned: servers and generator share both "
            "cores, so the generator takes from what a second worker could use. For information."
        ),
        "As above.",
        (
            f"{len(sample.POST_BODY)} B into {sample.CONVERSATIONS} conversations, likewise. A file has one writer at "
            "a time, whoever it is. For information."
        ),
        "As above.",
    )

    def __init__(self) -> None:
        rate, ms = "{:,.0f}".format, "{:.1f}".format
        self.lists = Aside("pages/s with 1", rate), Aside("with 2", rate)
        self.list_p50 = Aside("p50 ms with 1", ms), Aside("with 2", ms)
        self.posts = Aside("posts/s with 1", rate), Aside("with 2", rate)
        self.post_p50 = Aside("p50 ms with 1", ms), Aside("with 2", ms)
        self.post_p99 = Aside("p99 ms with 1", ms), Aside("with 2", ms)
        self.asides = (self.lists, self.list_p50, (*self.posts, *self.post_p50), self.post_p99)

    def round(self, quick: bool, number: int) -> None:
        seconds = 1.0 if quick else 1.5
        with folder() as place:
            for several in (1, 2) if number % 2 == 0 else (2, 1):
                app, this = servers.app(place / f"data-{several}"), several - 1
                command = [*servers.parhelion(app), "--workers", str(several)]
                with servers.serving(command, app, core=None) as server:
                    paths = server.converse(LISTED)
                    post(server, paths, 0, most=LISTED * FILLED)
                    found = _ask(server, paths, seconds)
                    self.lists[this].add(found["rate"])
                    self.list_p50[this].add(found["p50"] * 1000)
                    found = _ask(server, server.converse(), seconds, body=sample.POST_BODY.decode())
                    self.posts[this].add(found["rate"])
                    self.post_p50[this].add(found["p50"] * 1000)
                    self.post_p99[this].add(found["p99"] * 1000)
        for row, (one, two) in zip(self.rows, (self.lists, self.list_p50, self.posts, self.post_p99), strict=True):
            row.add(two.samples[-1] / one.samples[-1])


def _ask(server: servers.Server, paths: list[str], seconds: float, body: str = "") -> dict[str, float]:
    """List, or post where there is a body."""
    return load(
        None,
        port=server.port,
        connections=CONNECTIONS,
        warm=0.5,
        seconds=seconds,
        method="POST" if body else "GET",
        paths=paths,
        authorization=server.authorization,
        body=body,
    )
