"""python -m bench: the targets as ratios, taken in one run of interleaved rounds; medians, and in brackets the spread.

A whole run is written down in docs/benchmarks.md.

QUICK=1             two short rounds instead of five: says that it works, not how well
ONLY=posts,calls    some of the measurements
BENCH_DATA=DIR      where the stores are kept meanwhile, instead of .cache
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback

from . import machine, page
from .calls import Calls
from .client_memory import ClientMemory
from .events import Deliveries, Streams
from .growth import Growth
from .imports import Imports
from .measure import Measure
from .overload import Fairness, Overload
from .postgres import Nodes, PostgresLists, PostgresPosts
from .posts import Lists, Posts
from .starts import Starts
from .synapse import Synapse
from .uploads import Uploads
from .workers import Workers

MEASURES: dict[str, type[Measure]] = {
    "calls": Calls,
    "imports": Imports,
    "memory": ClientMemory,
    "posts": Posts,
    "lists": Lists,
    "postgres-posts": PostgresPosts,
    "postgres-lists": PostgresLists,
    "nodes": Nodes,
    "uploads": Uploads,
    "starts": Starts,
    "deliveries": Deliveries,
    "streams": Streams,
    "growth": Growth,
    "synapse": Synapse,
    "overload": Overload,
    "fairness": Fairness,
    "workers": Workers,
}
ROUNDS, QUICK_ROUNDS = 5, 1


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers end and stores go
    quick = os.environ.get("QUICK", "") not in ("", "0")
    names = [name for name in os.environ.get("ONLY", "").split(",") if name] or list(MEASURES)
    rounds = QUICK_ROUNDS if quick else ROUNDS
    measures = {name: MEASURES[name]() for name in names}
    failed: set[str] = set()
    begun, stolen = time.monotonic(), machine.stolen()
    for measure in measures.values():
        measure.prepare()
    for number in range(rounds):
        for name, measure in measures.items():
            if name in failed:
                continue
            machine.progress(f"[{time.monotonic() - begun:4.0f} s] round {number + 1} of {rounds}: {name}")
            try:
                measure.round(quick, number)
            except Exception as error:  # noqa: BLE001 - the other rows are still worth having
                traceback.print_exc()
                failed.add(name)
                for row in measure.rows:
                    row.samples.clear()
                    row.missing = f"{type(error).__name__}: {error}"
    how = circumstances(rounds, time.monotonic() - begun, stolen)
    taken = list(measures.values())
    print("\n".join([how, "", page.HEAD, *page.table(taken), "", *page.methods(taken)]))
    if why := page.missing(measures, list(MEASURES), quick=quick):
        machine.progress(f"docs/benchmarks.md stays as it is: {why}.")
    else:
        page.write(taken, how)
        machine.progress("Written: docs/benchmarks.md and docs/benchmarks.svg.")
    return 1 if failed else 0


def circumstances(rounds: int, took: float, stolen: tuple[int, int]) -> str:
    """The machine and the run."""
    load = f", load average {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    kept, all_ticks = (after - before for after, before in zip(machine.stolen(), stolen, strict=True))
    load += f", {kept / all_ticks:.0%} of the cores' time kept by the host" if all_ticks else ""
    pinned = (
        f"Who serves runs on core {machine.SERVES}, who asks on core {machine.ASKS}."
        if machine.CORES
        else "Processes were not pinned to cores."
    )
    return (
        f"{machine.line()}.\n"
        f"{pinned} {rounds} interleaved rounds in {took:.0f} s{load}; medians (lowest to highest round)."
    )


if __name__ == "__main__":
    sys.exit(main())
