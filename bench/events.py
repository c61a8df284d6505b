"""The last rows: how soon an event is at a webhook and at those who listen, and how many a second."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import machine, sample, servers
from .load import load
from .measure import Measure, folder
from .row import Aside, Row, seconds as in_seconds

POSTERS = 16
SUBSCRIBERS = 500
FRAME = 670  # bytes of the yardstick's frames, about those of the stream


class Hearing:
    """`bench.hearing` at work."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._jobs, self._done = process.stdin, process.stdout
        self.port = int(self._done.readline())

    def ask(self, server: servers.Server, paths: list[str], **job: Any) -> dict[str, float]:
        asked = {"port": server.port, "paths": paths, "authorization": server.authorization}
        print(json.dumps({**asked, "body": sample.POST_BODY.decode(), **job}), file=self._jobs, flush=True)
        line = self._done.readline()
        if not line:
            raise RuntimeError("whoever posts and hears has failed")
        found: dict[str, float] = json.loads(line)
        return found


@contextmanager
def hearing() -> Iterator[Hearing]:
    process = machine.start([sys.executable, "-m", "bench.hearing"], machine.ASKS, stdin=subprocess.PIPE)
    try:
        yield Hearing(process)
    finally:
        process.terminate()
        process.communicate(timeout=20)


def hook(server: servers.Server, port: int) -> None:
    """A webhook of the app, told of messages."""
    webhook = {"target": f"http://127.0.0.1:{port}/hook", "triggers": ["conversation:message"]}
    status, body = server.ask("POST", f"/v2/apps/{server.app}/integrations", {"type": "custom", "webhooks": [webhook]})
    if status != 201:
        raise RuntimeError(f"no webhook: {status} {body[:200]!r}")


class Deliveries(Measure):
    """To a webhook."""

    rows = (
        Row("post to delivery, p50", "a POST of the same size to the same receiver", shown="{:.0f}".format),
        Row("post to delivery, p99", "the same", shown="{:.0f}".format),
        Row(f"deliveries/s while {POSTERS} connections post", "posts/s", None, None, True),
        Row("until the rest of them is delivered", "", None, None, False, in_seconds),
    )
    method = (
        (
            "From the first byte of a post until its event is at a webhook's receiver, whole: two requests, a commit "
            "and what lies between. Poster and receiver are one process on the asking core. Posts are made one after "
            "the other, up to 50 ms after the last one was delivered. The yardstick is posted from the serving core, "
            "over one kept connection, until it is answered. For information."
        ),
        "As above.",
        (
            f"{POSTERS} connections post without pause into {sample.CONVERSATIONS} conversations of an app with one "
            "webhook; what was delivered when the posting ends, by what was posted. The serving core does both. For "
            "information."
        ),
        "From the end of that posting until all of it is delivered. For information.",
    )

    def __init__(self) -> None:
        ms, rate = "{:.1f}".format, "{:,.0f}".format
        self.p50, self.p99 = Aside("delivery p50 ms", ms), Aside("delivery p99 ms", ms)
        self.bare50, self.bare99 = Aside("POST p50 ms", "{:.2f}".format), Aside("POST p99 ms", "{:.2f}".format)
        self.posted, self.delivered = Aside("posts/s", rate), Aside("deliveries/s", rate)
        self.answered = Aside("the post's own answer", ms)
        self.asides = (
            (self.p50, self.answered, self.bare50),
            (self.p99, self.bare99),
            (self.posted, self.delivered),
            (),
        )

    def round(self, quick: bool, number: int) -> None:  # noqa: ARG002 - the sides need each other
        with folder() as place, hearing() as ear:
            app = servers.app(place / "data")
            with servers.serving(servers.parhelion(app), app) as server:
                hook(server, ear.port)
                paths = server.converse()
                one = ear.ask(server, paths, times=60 if quick else 200)
                many = ear.ask(server, paths, seconds=2.0 if quick else 3.0, connections=POSTERS)
                bare = load(
                    machine.SERVES,
                    port=ear.port,
                    connections=1,
                    warm=0.3,
                    seconds=0.5 if quick else 1.0,
                    method="POST",
                    status=200,
                    paths=["/hook"],
                    authorization=server.authorization,
                    body="x" * int(one["size"]),
                )
        self.p50.add(one["p50"] * 1000)
        self.p99.add(one["p99"] * 1000)
        self.answered.add(one["answered"] * 1000)
        self.bare50.add(bare["p50"] * 1000)
        self.bare99.add(bare["p99"] * 1000)
        self.rows[0].add(one["p50"] / bare["p50"])
        self.rows[1].add(one["p99"] / bare["p99"])
        self.posted.add(many["posted"] / many["lasted"])
        self.delivered.add(many["heard"] / many["lasted"])
        self.rows[2].add(many["heard"] / many["posted"])
        self.rows[3].add(many["drained"])


class Streams(Measure):
    """To those who listen."""

    rows = (
        Row(f"post until the last of {SUBSCRIBERS} subscribers has it, p50", "the same frame from plain sockets"),
        Row(f"events times {SUBSCRIBERS} subscribers, a second", "the same", None, None, True),
    )
    method = (
        (
            f"{SUBSCRIBERS} subscribers of one app, without choice, each a connection; they and the poster are one "
            "process on the asking core. From the first byte of a post until the last of them has its event; one after "
            "the other, as above. Against a server of plain asyncio on uvloop that answers a POST at once and writes a "
            f"frame of {FRAME} B to every connection. For information."
        ),
        (
            f"{POSTERS} connections post without pause; frames that came until all had come, by the seconds. "
            "For information."
        ),
    )

    def __init__(self) -> None:
        ms, rate = "{:.1f}".format, "{:,.0f}".format
        self.last, self.plain_last = Aside("last p50 ms", ms), Aside("plain", ms)
        self.last99, self.size = Aside("last p99 ms", ms), Aside("bytes of a piece", "{:.0f}".format)
        self.rate, self.plain_rate = Aside("frames/s", rate), Aside("plain", rate)
        self.posted, self.drained = Aside("posts/s", rate), Aside("the rest of them after s", "{:.2f}".format)
        self.asides = (
            (self.last, self.plain_last, self.last99, self.size),
            (self.rate, self.plain_rate, self.posted, self.drained),
        )

    def round(self, quick: bool, number: int) -> None:
        with folder() as place, hearing() as ear:
            app = servers.app(place / "data")
            sides = ["ours", "plain"]
            for side in sides if number % 2 == 0 else sides[::-1]:
                command = servers.parhelion(app) if side == "ours" else servers.fanning(FRAME)
                with servers.serving(command, app) as server:
                    paths = server.converse(50) if side == "ours" else [server.conversations]
                    job = {"subscribe": f"/parhelion/v1/apps/{server.app}/events", "subscribers": SUBSCRIBERS}
                    one = ear.ask(server, paths, times=40 if quick else 80, **job)
                    many = ear.ask(server, paths, seconds=1.0 if quick else 1.5, connections=POSTERS, **job)
                rate = many["posted"] * SUBSCRIBERS / (many["lasted"] + many["drained"])
                (self.last if side == "ours" else self.plain_last).add(one["p50"] * 1000)
                (self.rate if side == "ours" else self.plain_rate).add(rate)
                if side == "ours":
                    self.last99.add(one["p99"] * 1000)
                    self.size.add(one["size"])
                    self.posted.add(many["posted"] / many["lasted"])
                    self.drained.add(many["drained"])
        self.rows[0].add(self.last.samples[-1] / self.plain_last.samples[-1])
        self.rows[1].add(self.rate.samples[-1] / self.plain_rate.samples[-1])
