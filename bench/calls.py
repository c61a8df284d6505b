"""What a client call costs, beside http.client with msgspec and beside the official client."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from . import machine, official, sample, servers
from .calling import THREADS
from .measure import Measure, folder
from .posts import page_file
from .row import Aside, Row, one_in

CALLING = Path(__file__).with_name("calling.py")
TIMES = {"bare": 1000, "ours": 1000, "async": 500, "official": 40}


class Calls(Measure):
    """The client against a server that always answers the same page."""

    about = "client"
    rows = (
        Row("client list call, CPU", "http.client + msgspec", 2, 1.4),
        Row("client list call, CPU", f"official {official.VERSION}", 1 / 40, 1 / 60, False, one_in),
        Row("client post call, CPU", "http.client + msgspec"),
        Row("client post call, CPU", f"official {official.VERSION}", None, None, False, one_in),
        Row("AsyncClient list call, CPU", "http.client + msgspec"),
        Row("client list call, the answer not read, CPU", "http.client alone"),
        Row(f"client list call, {THREADS} threads and one client, CPU", f"{THREADS} of http.client + msgspec"),
    )
    method = (
        (
            f"CPU time of the whole client process over {TIMES['ours']} calls, from arguments to structs, on one "
            f"keep-alive connection, of a constant page of {sample.PAGE} messages of all types, "
            f"{len(sample.page()) / 1000:.0f} KB. The yardstick decodes into the same structs."
        ),
        f"The same page and the same server, {TIMES['official']} calls, in an environment of its own.",
        "As for the list call; the body is built from structs anew for each call. For information.",
        "As above. For information.",
        "As for the list call, on asyncio's own loop. For information.",
        "As for the list call, with `client.with_raw_response`, and without msgspec. For information.",
        (
            f"As for the list call, from {THREADS} threads at the same time; those of http.client have a connection "
            "each. For information."
        ),
    )

    def __init__(self) -> None:
        micro = "{:,.0f}".format
        names = ("bare", "ours", "async", "official")
        self.lists = {who: Aside(f"{who} µs", micro) for who in names}
        self.posts = {who: Aside(f"{who} µs", micro) for who in names}
        self.raws = {who: Aside(f"{who} µs", micro) for who in names[:2]}
        self.threads = {who: Aside(f"{who} µs", micro) for who in names[:2]}
        self.asides = (
            (self.lists["ours"], self.lists["bare"]),
            (self.lists["official"],),
            (self.posts["ours"], self.posts["bare"]),
            (self.posts["official"],),
            (self.lists["async"],),
            (self.raws["ours"], self.raws["bare"]),
            (self.threads["ours"], self.threads["bare"]),
        )

    def prepare(self) -> None:
        try:
            official.python()
        except official.Missing as missing:
            self.rows[1].missing = self.rows[3].missing = str(missing)

    def round(self, quick: bool, number: int) -> None:
        everybody = [who for who in TIMES if who != "official" or not self.rows[1].missing]
        found: dict[str, dict[str, float]] = {}
        with folder() as place, servers.serving(servers.constant(page_file(place))) as server:
            for who in everybody if number % 2 == 0 else everybody[::-1]:
                times = TIMES[who] // (2 if quick else 1)
                python = official.python() if who == "official" else sys.executable
                found[who] = json.loads(machine.said([python, "-P", CALLING, who, server.url, str(times)]))
                self.lists[who].add(found[who]["list"] * 1e6)
                self.posts[who].add(found[who]["post"] * 1e6)
                if who in self.raws:
                    self.raws[who].add(found[who]["raw"] * 1e6)
                    self.threads[who].add(found[who]["threads"] * 1e6)
        ours, bare = found["ours"], found["bare"]
        self.rows[0].add(ours["list"] / bare["list"])
        self.rows[2].add(ours["post"] / bare["post"])
        self.rows[4].add(found["async"]["list"] / bare["list"])
        self.rows[5].add(ours["raw"] / bare["raw"])
        self.rows[6].add(ours["threads"] / bare["threads"])
        if "official" in found:
            self.rows[1].add(ours["list"] / found["official"]["list"])
            self.rows[3].add(ours["post"] / found["official"]["post"])
