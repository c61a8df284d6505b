"""What goes wrong, one after another. Each fault is made, lasts until its `yield` goes on, and is undone.

A fault that cannot be made here says why (`NotHere`), and its row of the table says the same.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from tests.drills.scale.cluster import BUS, DATA, INNER, STORE, Cluster
from tests.engines.machines import Machine
from tests.engines.nats import Node as Server
from tests.engines.patroni import Member
from tests.engines.programs import until

NO_LINKS = "no link can be cut here: that takes root, and `ip` of iproute2"
FAILOVER = 90.0  # seconds that one may take
FOLLOWS = 60.0  # seconds in which a member follows the leader again, as a rule


class NotHere(Exception):
    """A fault that cannot be made here. The message says why."""


Told = str  # what was done, to whom
Make = Callable[[Cluster], AbstractContextManager[Told]]


class Fault(NamedTuple):
    name: str
    make: Make
    lasts: float  # seconds
    short: bool = False  # made in the short form, too


def _leader(cluster: Cluster) -> Member:
    found: Member = until(cluster.database.leader, "there is no leader", FAILOVER)
    return found


def _other_leader(cluster: Cluster, before: Member) -> None:
    def found() -> bool:
        return any(
            each is not before and each.state().get("role") in {"master", "primary"}
            for each in cluster.database.members
        )

    until(found, "nobody takes the leader's place", FAILOVER)


@contextmanager
def node_killed(cluster: Cluster) -> Generator[Told]:
    node = cluster.nodes[0]
    node.daemon.kill()
    yield node.name
    node.daemon.start()
    node.wait()


@contextmanager
def node_stands_still(cluster: Cluster) -> Generator[Told]:
    node = cluster.nodes[1]
    os.kill(node.daemon.pid, signal.SIGSTOP)
    yield node.name
    os.kill(node.daemon.pid, signal.SIGCONT)


@contextmanager
def leader_killed(cluster: Cluster) -> Generator[Told]:
    leader = _leader(cluster)
    leader.kill()
    yield leader.name
    _other_leader(cluster, leader)
    leader.come_back()


@contextmanager
def leader_stands_still(cluster: Cluster) -> Generator[Told]:
    """And wakes up again when another one has led for a while, with its connections open."""
    leader = _leader(cluster)
    stopped = leader.processes()
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        _other_leader(cluster, leader)
        yield leader.name
    finally:
        for pid in reversed(stopped):
            os.kill(pid, signal.SIGCONT)


@contextmanager
def bus_killed(cluster: Cluster) -> Generator[Told]:
    server = max(cluster.bus.nodes, key=Server.clients)
    hung = server.clients()
    server.kill()
    yield f"{server.name}, at which {hung} nodes hung"
    server.start()


@contextmanager
def storage_killed(cluster: Cluster) -> Generator[Told]:
    if cluster.ceph is None:
        raise NotHere(f"moto has no storage daemons, and {cluster.no_ceph}")
    osd = cluster.ceph.osds[0]
    osd.kill()
    yield "osd.0"
    osd.start()


def cut(who: str, *links: str) -> Make:
    @contextmanager
    def make(cluster: Cluster) -> Generator[Told]:
        where = (_leader(cluster) if who == "leader" else cluster.nodes[2]).where
        if not isinstance(where, Machine):
            raise NotHere(NO_LINKS)
        where.cut(*links)
        try:
            yield f"{where.name}, {', '.join(links)}"
        finally:
            where.mend(*links)

    return make


@contextmanager
def disk_full(cluster: Cluster) -> Generator[Told]:
    leader = _leader(cluster)
    if not leader.has_disk:
        raise NotHere("no file system can be mounted here: that takes root")
    filled = leader.fill_disk()
    try:
        yield f"{leader.name}, by {filled >> 20} MB"
    finally:
        leader.free_disk()


FAULTS = (
    Fault("kill -9 of a node", node_killed, 5, short=True),
    Fault("kill -9 of the database's leader", leader_killed, 5, short=True),
    Fault("kill -9 of a NATS server", bus_killed, 5, short=True),
    Fault("kill -9 of a storage daemon", storage_killed, 15),
    Fault("a node cut off from all engines", cut("node", DATA, BUS, STORE), 15, short=True),
    Fault("a node cut off from the database only", cut("node", DATA), 45),
    Fault("the leader cut off from its standbys", cut("leader", INNER), 40),
    Fault("the leader cut off from the nodes", cut("leader", DATA), 20),
    Fault("the leader's disk is full", disk_full, 20),
    Fault("a node stands still", node_stands_still, 40),
    Fault("the leader stands still", leader_stands_still, 5),
)


def waited_for(what: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < end:
        time.sleep(0.2)
    return found


def calm(cluster: Cluster, seconds: float, until_when: Callable[[], bool]) -> None:
    """Until all is well again: the engines are whole, the nodes answer, and clients go on."""
    if not waited_for(cluster.database.is_whole, FOLLOWS):
        for member in cluster.database.strays():
            cluster.tell(f"{member.name} follows nobody after {FOLLOWS:.0f} s: its data is made anew")
            cluster.database.renew(member)
    until(cluster.database.is_whole, "the database does not come back", 180)
    for node in cluster.nodes:
        node.wait()
    until(until_when, "clients do not go on", 120)
    time.sleep(seconds)
