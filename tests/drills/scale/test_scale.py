"""Three nodes on Patroni, NATS and an S3 store: one fault after another under load, and then all that was ever answered
is compared with what is there.

    posters, uploaders, pagers, listeners  -->  node-1  node-2  node-3  -->  PostgreSQL x 3, NATS x 3, Ceph
    receiver of webhooks                   <--

`make test-engines` makes a few of the faults, `make drill-scale` all of them. CONTRIBUTING.md says how to read the
table.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Generator, Sequence
from dataclasses import replace

import pytest

from tests.drills.scale.clients import Client, Listener, Pager, Poster, Uploader
from tests.drills.scale.cluster import Cluster
from tests.drills.scale.faults import FAULTS, Fault, NotHere, calm
from tests.drills.scale.ledger import DEAD, Ledger, Stored, Window, judged, rising, window
from tests.drills.test_kill_events import Receiver, receiving
from tests.engines.programs import NoServer, until
from tests.live import Caller

POSTERS, UPLOADERS, PLACES = 6, 2, 16
DRAINED = 150.0  # seconds: leases that run out, and five attempts of what could not be delivered
LONG = 30  # rounds that other drills make meanwhile, for which all faults are made once
CALM = 2.0  # seconds between two faults
HEAD = f"{'fault':42} {'lasted':>7} {'nobody':>7} {'one':>7} {'taken':>6} {'503':>5} {'dead':>5}"


def is_long(rounds: int) -> bool:
    return rounds >= LONG


def tell(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {line}", flush=True)


@pytest.fixture
def cluster(rounds: int) -> Generator[Cluster]:
    try:
        made = Cluster(tell, ceph=is_long(rounds))
    except NoServer as why:
        pytest.skip(str(why))
    yield made
    made.close()


class Drill:
    """The clients, at work."""

    def __init__(self, cluster: Cluster, receiver: Receiver) -> None:
        self.cluster, self.receiver, self.ledger = cluster, receiver, Ledger()
        self.app = app = cluster.app()
        hook = {"target": receiver.url, "triggers": ["conversation:message"]}
        answer = app.post(f"{app.app}/integrations", {"type": "custom", "webhooks": [hook]})
        assert answer.status == 201, answer
        self.places = [app.conversation() for _ in range(PLACES)]
        urls = cluster.urls()
        common = [(self.ledger, f"{name}{number}", app, urls) for name in ("poster",) for number in range(POSTERS)]
        self.posters = [
            Poster(*each, conversations=self.places, keyed=number % 2 == 0, first=number)
            for number, each in enumerate(common)
        ]
        self.uploaders = [
            Uploader(self.ledger, f"uploader{number}", app, urls, keyed=number % 2 == 0, first=number)
            for number in range(UPLOADERS)
        ]
        self.pagers = [
            Pager(self.ledger, f"pager{number}", app, urls, conversation=place, first=number)
            for number, place in enumerate(self.places[:2])
        ]
        self.listeners = [Listener(self.ledger, f"listener{number}", app, urls, first=number) for number in range(3)]

    def begin(self) -> None:
        for listener in self.listeners:
            listener.begin()
        until(lambda: all(each.last for each in self.listeners), "streams do not begin", 30)
        for each in self.writers():
            each.begin()
        for each in self.pagers:
            each.begin()
        until(self.goes_on(time.monotonic()), "nothing is posted", 30)

    def writers(self) -> Sequence[Client]:
        return [*self.posters, *self.uploaders]

    def goes_on(self, since: float):
        """Whether every poster was answered since."""

        def all_of_them() -> bool:
            with self.ledger.lock:
                after = {each.who for each in self.ledger.seen if each.at > since and each.what == "201"}
            return {each.name for each in self.posters} <= after

        return all_of_them

    def suffer(self, fault: Fault) -> str:
        """A row of the table."""
        begin = time.monotonic()
        try:
            with fault.make(self.cluster) as whom:
                tell(f"{fault.name}: {whom}")
                time.sleep(fault.lasts)
        except NotHere as why:
            tell(f"{fault.name}: not made: {why}")
            return f"{fault.name:42} not made: {why}"
        undone = time.monotonic()
        calm(self.cluster, CALM, self.goes_on(undone))
        row = _row(fault.name, undone - begin, window(self.ledger, begin, time.monotonic()))
        tell(f"well again after {time.monotonic() - undone:.0f} s")
        return row

    def end(self) -> None:
        """Nobody writes any more."""
        for each in self.writers():
            each.stop()
        for each in self.writers():
            each.join()

    def stored(self) -> dict[str, list[Stored]]:
        """What each conversation holds, which all nodes say alike."""
        callers = [replace(self.app, url=url) for url in self.cluster.urls()]
        each = [{place: _all(caller, place) for place in self.places} for caller in callers]
        assert all(one == each[0] for one in each), "nodes tell different stories"
        return each[0]

    def drain(self, stored: dict[str, list[Stored]]) -> None:
        """Until all is told, or nothing more comes."""
        ids = {one.id for those in stored.values() for one in those}

        def told() -> bool:
            arrived = {each.message for each in list(self.receiver.arrivals)}
            return (
                ids <= arrived
                and all(ids <= {message for _, _, message in list(each.heard)} for each in self.listeners)
                and all(len(each.read) >= len(stored[each.conversation]) for each in self.pagers)
            )

        end = time.monotonic() + DRAINED
        while not told() and time.monotonic() < end:
            time.sleep(0.5)
        for each in (*self.pagers, *self.listeners):
            each.stop()
        for each in (*self.pagers, *self.listeners):
            each.join()

    def abandon(self) -> None:
        """Whoever is still at work is no more, whatever has happened."""
        for each in (*self.writers(), *self.pagers, *self.listeners):
            each.stop()


def _row(name: str, lasted: float, seen: Window) -> str:
    counts = seen.answers
    refused = counts["503"] + counts["507"]
    return (
        f"{name:42} {lasted:7.1f} {seen.nobody:7.1f} {seen.somebody:7.1f} {counts['201']:6} {refused:5} "
        f"{counts[DEAD]:5}"
    )


def _all(caller: Caller, conversation: str) -> list[Stored]:
    found: list[Stored] = []
    after = "0" * 24
    while True:
        answer = caller.get(f"{caller.messages(conversation)}?page[after]={after}")
        assert answer.status == 200, answer
        page = [Stored(each["id"], each["content"]["text"]) for each in answer.json["messages"]]
        if not page:
            return found
        found += page
        after = page[-1].id


def show(rows: Sequence[str], ledger: Ledger) -> None:
    print("", HEAD, *rows, "", sep="\n", flush=True)
    for what, several in ledger.wrong.most_common(20):
        print(f"wrong answer, {several} times: {what}", flush=True)


@pytest.mark.engine("cluster")
def test_nothing_that_was_acknowledged_is_lost_whatever_fails(cluster: Cluster, rounds: int) -> None:
    faults = list(FAULTS) * (rounds // LONG) if is_long(rounds) else [fault for fault in FAULTS if fault.short]
    with receiving(cluster.front) as receiver:
        drill = Drill(cluster, receiver)
        drill.begin()
        tell("the load is on")
        rows = list[str]()
        try:
            for fault in faults:
                rows.append(drill.suffer(fault))
            drill.end()
            tell("the load is off: waiting until all is told")
            stored = drill.stored()
            drill.drain(stored)
            problems = _problems(drill, stored)
            rows += [*_sums(drill, stored), *(f"{len(those):6}  {what}" for what, those in problems.items())]
        finally:
            drill.abandon()
            show(rows, drill.ledger)
    assert not drill.ledger.wrong, "an answer that should never be"
    assert not any(problems.values()), {what: those[:10] for what, those in problems.items() if those}


def _problems(drill: Drill, stored: dict[str, list[Stored]]) -> dict[str, list[str]]:
    """All that is to be 0."""
    verdict = judged(drill.ledger, stored)
    ids = {place: [one.id for one in those] for place, those in stored.items()}
    everything = {id for those in ids.values() for id in those}
    unheard, twice, disordered = list[str](), list[str](), list(verdict.disordered)
    for each in drill.listeners:
        heard = Counter(message for _, _, message in each.heard)
        unheard += [f"{each.name}: {id}" for id in everything - set(heard)]
        twice += [f"{each.name}: {id}" for id, several in heard.items() if several > 1]
        disordered += [f"{each.name} in {where}" for where, those in each.in_order().items() if not rising(those)]
        twice += [f"{each.name}: {id} is not there" for id in set(heard) - everything]
    for each in drill.pagers:
        if each.read != ids[each.conversation]:
            disordered.append(f"{each.name}: read {len(each.read)}, and there are {len(ids[each.conversation])}")
    first: dict[str, str] = {}
    told: dict[str, list[str]] = defaultdict(list)
    for arrival in drill.receiver.arrivals:
        if arrival.event not in first:
            first[arrival.event] = arrival.message
            told[arrival.conversation].append(arrival.message)
    arrived = Counter(first.values())
    twice += [f"webhook: {id}" for id, several in arrived.items() if several > 1]
    disordered += [f"webhook in {place}" for place, those in told.items() if not rising(those)]
    files = [f"{path}: {why}" for path, digest in drill.ledger.uploads.items() if (why := _bad(drill, path, digest))]
    return {
        "acknowledged posts that are lost": verdict.lost,
        "posts that are there twice": verdict.doubled,
        "posts that are there though they were refused": verdict.refused,
        "order violations, of posts, pages, streams and webhooks": disordered,
        "messages that a listener has missed": unheard,
        "messages that a webhook has missed": sorted(everything - set(arrived)),
        "events that were told twice under two ids, or untrue": twice,
        "acknowledged uploads that are not there, or differ": files,
    }


def _bad(drill: Drill, path: str, digest: str) -> str | None:
    for url in drill.cluster.urls():
        answer = replace(drill.app, url=url).get(path)
        if answer.status != 200:
            return str(answer.status)
        if hashlib.sha256(answer.body).hexdigest() != digest:
            return "other bytes"
    return None


def _sums(drill: Drill, stored: dict[str, list[Stored]]) -> list[str]:
    events = len({each.event for each in drill.receiver.arrivals})
    posts, again = sum(map(len, stored.values())), len(drill.receiver.arrivals) - events
    resumed = sum(each.resumed for each in drill.listeners)
    return [
        "",
        f"store: {'Ceph' if drill.cluster.ceph else 'moto'}; bus: {'NATS' if drill.cluster.has_bus else 'NOTIFY'}",
        f"{drill.ledger.acknowledged()} posts acknowledged, {posts} there; {len(drill.ledger.uploads)} uploads",
        f"{events} events at the webhook, {again} of them again; streams resumed {resumed} times",
        "",
    ]
