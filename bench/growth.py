"""What a store of a million messages costs beside an empty one: both are asked in turns.

A round has one of the large conversations to itself. It posts until there are FULL messages in it, reads it, and in the
end deletes all of them.
"""

from __future__ import annotations

import atexit
import json
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from . import machine, sample, servers
from .filling import DAYS
from .load import load
from .measure import Measure, folder
from .row import Aside, Row, megabytes, seconds
from .store import NoRoom, Size, Store, copied
from .turns import RUN, turns

MESSAGES, CONVERSATIONS, LARGE, OF_ONE = 1_000_000, 10_000, 5, 1_000
FULL, POSTED, DELETED = 30_000, 2_000, 100  # messages
LISTED = 2_000  # pages
BESIDE, BESIDE_OF_ONE = 150, 30  # messages and conversations in the empty store
POSTERS = 16  # while a conversation is emptied
BEFORE = 2_000  # posts before it is
PATIENCE = 60  # seconds until what should happen has happened
OLDEST = "page%5Bafter%5D=" + "0" * 24


@dataclass
class Side:
    """A server, and what is asked of it."""

    server: servers.Server
    messages: str  # of the conversation
    user: str

    @property
    def of_user(self) -> str:
        return f"{self.server.conversations}?filter%5BuserId%5D={self.user}"

    def newest(self, several: int) -> list[str]:
        """The paths of that many messages."""
        found: list[str] = []
        more = ""
        while len(found) < several:
            page = said(self.server, "GET", self.messages + more)
            found += [f"{self.messages}/{message['id']}" for message in reversed(page["messages"])]
            more = f"?page%5Bbefore%5D={page['meta']['beforeCursor']}"
        return found[:several]


def said(server: servers.Server, method: str, path: str, body: Any = None) -> Any:
    status, answer = server.ask(method, path, body)
    if status >= 300:
        raise RuntimeError(f"{method} {path} was answered {status} {answer[:300]!r}")
    return json.loads(answer)


def beside(server: servers.Server) -> Side:
    """An empty store, with as little in it as can be listed."""
    user = said(server, "POST", f"/v2/apps/{server.app}/users", {"externalId": "jo"})["user"]["id"]
    for _ in range(BESIDE_OF_ONE):
        body = {"type": "sdkGroup", "displayName": "Order 1", "participants": [{"userId": user}]}
        made = said(server, "POST", server.conversations, body)["conversation"]["id"]
    messages = f"{server.conversations}/{made}/messages"
    load(
        port=server.port,
        authorization=server.authorization,
        connections=1,
        method="POST",
        paths=[messages],
        body=sample.POST_BODY.decode(),
        most=BESIDE,
    )
    return Side(server, messages, user)


class Timed:
    """What a kind of request took, on both sides."""

    def __init__(self) -> None:
        micro = "{:,.0f}".format
        self.grown = Aside("p50 µs", micro), Aside("p99 µs", micro)
        self.empty = Aside("empty p50 µs", micro), Aside("p99 µs", micro)
        self.asides = (*self.grown, *self.empty)

    def take(self, grown: Side, empty: Side, of: Callable[[Side], list[str]], **asked: Any) -> float:
        """The ratio of the medians."""
        sides = [
            {"port": each.server.port, "authorization": each.server.authorization, "paths": of(each)}
            for each in (grown, empty)
        ]
        found = turns(sides=sides, **asked)
        for name, *asides in zip(("p50", "p99"), self.grown, self.empty, strict=True):
            for aside, taken in zip(asides, found[name], strict=True):
                aside.add(taken * 1e6)
        return found["p50"][0] / found["p50"][1]


class Growth(Measure):
    """The same requests to both."""

    rows = (
        Row(f"post into a conversation of {FULL:,}, {MESSAGES:,} stored, p50", "an empty store", 1.2, 1.1),
        Row("list its newest page, p50", "an empty store", 1.2, 1.1),
        Row("list its oldest page, p50", "an empty store", 1.2, 1.1),
        Row(f"list the conversations of a user with {OF_ONE:,}, p50", f"of one with {BESIDE_OF_ONE}, an empty store"),
        Row("delete a message of it, p50", "an empty store"),
        Row(f"posts elsewhere while its {FULL:,} messages are deleted, p99", "just before"),
        Row("server from start to first answer with that store", "an empty store"),
        Row("the server's memory with that store, more by", "an empty store", shown=megabytes),
        Row("disk for a stored message", "its JSON"),
    )
    method = (
        (
            f"Two servers on one core, one over an empty store and one over {MESSAGES:,} messages in "
            f"{CONVERSATIONS:,} conversations, put there by the server's own commands in the order of {DAYS} days, "
            f"with the events of the last seven. They are asked in turns, {RUN} requests at a time, over a connection "
            f"each. {POSTED:,} posts fill a conversation of the million up to {FULL:,}; in the empty store it is one "
            f"that had {BESIDE}."
        ),
        f"{sample.PAGE} messages, as above.",
        "Those after the first, as above.",
        "25 conversations, as above. For information.",
        f"{DELETED} of the newest messages, one after the other, as above. For information.",
        (
            f"{POSTERS} connections post into 500 other conversations; from the deletion until the rows are gone, "
            "beside before. For information."
        ),
        "As of the server with nothing but an app; the system has the file in its memory. For information.",
        (
            "VmRSS after all that, less that over the empty store. SQLite keeps 64 MB of pages for each of its two "
            "connections, however many messages there are. For information."
        ),
        "The table's pages by its messages. An event comes on top for seven days. For information.",
    )

    def __init__(self) -> None:
        whole, milli = "{:,.0f}".format, "{:.1f}".format
        self.timed = [Timed() for _ in range(5)]
        self.before, self.meanwhile = Aside("p99 ms before", milli), Aside("p99 ms meanwhile", milli)
        self.longest_before, self.longest = Aside("longest ms before", milli), Aside("longest ms", milli)
        self.answered, self.gone = Aside("the deletion's answer ms", milli), Aside("rows gone after", seconds)
        self.starts = Aside("with that store", seconds), Aside("empty", seconds)
        self.memory = Aside("with that store", megabytes), Aside("empty", megabytes)
        self.disk = Aside("B a message", whole), Aside("B an event", whole), Aside("the whole file MB", whole)
        self.asides = (
            *(each.asides for each in self.timed),
            (self.meanwhile, self.longest, self.before, self.longest_before, self.answered, self.gone),
            self.starts,
            self.memory,
            self.disk,
        )
        self._store: Store | None = None

    def round(self, quick: bool, number: int) -> None:
        divided = 100 if quick else 1
        if self.rows[0].missing:
            return
        try:
            store = self._store = self._store or _copied(divided)
        except NoRoom as why:
            for row in self.rows:
                row.missing = str(why)
            return
        with folder() as place, ExitStack() as stack:
            running: list[servers.Server] = []
            for aside, app in zip(self.starts, (store.app, servers.app(place / "data")), strict=True):
                took, server = servers.first_answer(app)
                stack.callback(server.stop)
                running.append(server)
                aside.add(took)
            self.rows[6].add(self.starts[0].samples[-1] / self.starts[1].samples[-1])
            messages = f"{running[0].conversations}/{{}}/messages".format
            grown, empty = (
                Side(running[0], messages(store.there["large"][number]), store.there["user"]),
                beside(running[1]),
            )
            self._ask(grown, empty, divided)
            self._clear(grown, [messages(each) for each in store.there["others"]], store.path, 1.5 if quick else 4)
            self._remember(running)
        self._weigh(store.there, store.path)

    def _ask(self, grown: Side, empty: Side, divided: int) -> None:
        several = LISTED // divided
        asked: list[tuple[Callable[[Side], list[str]], dict[str, Any]]] = [
            (
                lambda side: [side.messages],
                {"method": "POST", "times": POSTED // divided, "body": sample.POST_BODY.decode()},
            ),
            (lambda side: [side.messages], {"method": "GET", "times": several}),
            (lambda side: [f"{side.messages}?{OLDEST}"], {"method": "GET", "times": several}),
            (lambda side: [side.of_user], {"method": "GET", "times": several}),
            (lambda side: side.newest(DELETED), {"method": "DELETE", "times": DELETED}),
        ]
        for row, timed, (of, more) in zip(self.rows, self.timed, asked, strict=False):
            row.add(timed.take(grown, empty, of, **more))

    def _clear(self, grown: Side, others: list[str], path: Path, lasting: float) -> None:
        """Delete all in the conversation, while others post."""
        found: dict[str, Any] = {}
        asked = {
            "port": grown.server.port,
            "authorization": grown.server.authorization,
            "connections": POSTERS,
            "warm": 0.0,
            "seconds": lasting,
            "method": "POST",
            "paths": others,
            "body": sample.POST_BODY.decode(),
            "trace": True,
        }
        posting = threading.Thread(target=lambda: found.update(load(**asked)))
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)

        def until(sql: str, least: int) -> float:
            last = time.monotonic() + PATIENCE
            while connection.execute(sql).fetchall()[0][0] < least:
                if not time.monotonic() < last:
                    raise RuntimeError(f"this is not so after {PATIENCE} s: {sql}")
                time.sleep(0.002)
            return time.monotonic()

        told = "select max(position) from event"
        [[position]] = connection.execute(told).fetchall()
        posting.start()
        until(told, position + round(BEFORE * lasting / 4))
        cleared = time.monotonic()
        said(grown.server, "DELETE", grown.messages)
        self.answered.add((time.monotonic() - cleared) * 1000)
        gone = until("select not exists (select 1 from conversation_to_sweep)", 1)
        self.gone.add(gone - cleared)
        posting.join()
        connection.close()
        before = [took for at, took in found["trace"] if at < cleared]
        meanwhile = [took for at, took in found["trace"] if at >= cleared and at - took <= gone]
        for taken, p99, longest in (
            (before, self.before, self.longest_before),
            (meanwhile, self.meanwhile, self.longest),
        ):
            taken.sort()
            p99.add(taken[int(len(taken) * 0.99)] * 1000)
            longest.add(taken[-1] * 1000)
        self.rows[5].add(self.meanwhile.samples[-1] / self.before.samples[-1])

    def _remember(self, running: list[servers.Server]) -> None:
        try:
            held = [machine.memory(server.process.pid)[0] / sample.MIB for server in running]
        except OSError:
            self.rows[7].missing = "needs Linux's /proc"
            return
        self.rows[7].add(held[0] - held[1])
        for aside, each in zip(self.memory, held, strict=True):
            aside.add(each)

    def _weigh(self, there: dict[str, Any], path: Path) -> None:
        sizes, messages = there["sizes"], there["shape"]["messages"]
        of_each = sizes["message"] / messages
        self.rows[8].add(of_each / there["json"])
        for aside, each in zip(
            self.disk, (of_each, sizes["event"] / there["events"], path.stat().st_size / 1e6), strict=True
        ):
            aside.add(each)


def _copied(divided: int) -> Store:
    """A copy to work on until the run ends."""
    stack = ExitStack()
    atexit.register(stack.close)
    size = Size(
        MESSAGES // divided, CONVERSATIONS // divided, LARGE, (FULL - POSTED) // divided, max(OF_ONE // divided, 1)
    )
    return copied(size, stack.enter_context(folder()) / "store")
