"""What is drilled: three nodes of Parhelion, on engines that are three of each.

    clients, receiver        this machine                                  link `front`
    node-1, -2, -3           parhelion serve                               links `front`, `data`, `bus`, `store`
    db-1, -2, -3             PostgreSQL under Patroni, etcd                links `data`, `inner`
    nats-1, -2, -3           NATS                                          link `bus`
    the store                Ceph: its gateway, three storage daemons      this machine's end of `store`

Where there can be no namespaces all of it is on this machine's own address, and no link is cut; where there is no Ceph
the store is moto, one process.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests import buckets
from tests.engines import nats
from tests.engines.ceph import Ceph
from tests.engines.machines import Here, Machine, Network
from tests.engines.patroni import Patroni
from tests.engines.postgres import ask
from tests.engines.programs import Daemon, NoServer, until
from tests.live import Caller

FRONT, DATA, INNER, BUS, STORE = "front", "data", "inner", "bus", "store"
THREE = (1, 2, 3)
ROOM = 600  # MB for each PostgreSQL, on a disk of its own
HTTP = 8000
PARHELION = (sys.executable, "-c", "import sys; from parhelion.cli import main; sys.exit(main())")


class Node:
    """`parhelion serve`, on a machine of its own."""

    def __init__(self, where: Here, data: Path, settings: Sequence[str]) -> None:
        self.where, self.name = where, where.name
        self.url = f"http://{where.at(FRONT)}:{where.port(HTTP)}"
        words = ("serve", "--host", where.at(FRONT), "--port", str(where.port(HTTP)), "--data", str(data), *settings)
        log = data.parent / f"{self.name}.log"
        self.daemon = Daemon(where.command(*PARHELION, *words), log, {"PYTHONUNBUFFERED": "1"})

    def wait(self) -> None:
        until(lambda: self.answers or not self.daemon.runs, f"{self.name}: {self.daemon.last_words()}", 60)
        assert self.daemon.runs, f"{self.name} has ended: {self.daemon.last_words()}"

    @property
    def answers(self) -> bool:
        try:
            return Caller(self.url).get("/openapi.json").status == 200
        except OSError:
            return False


class Cluster:
    """All of it, at work. What could not be had is told, and is None."""

    def __init__(self, tell: Callable[[str], None], *, ceph: bool = True) -> None:
        """`ceph`: not moto, if it can be had. `NoServer` when there can be no PostgreSQL under Patroni, or no NATS."""
        self.tell, self._wants_ceph = tell, ceph
        self._open = ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="parhelion-drill-"))
        self.folder.chmod(0o755)
        self._open.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.network: Network | None = None
        self.ceph: Ceph | None = None
        self.no_ceph = ""
        self.nodes: list[Node] = []
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._open.close()

    @property
    def front(self) -> str:
        """This machine's address, as nodes see it."""
        return self.network.at(FRONT) if self.network else "127.0.0.1"

    def machine(self, name: str, *links: str) -> Here:
        return self.network.machine(name, *links) if self.network else Here(name)

    def cut(self, where: Here, *links: str) -> None:
        assert isinstance(where, Machine)
        where.cut(*links)

    def mend(self, where: Here, *links: str) -> None:
        assert isinstance(where, Machine)
        where.mend(*links)

    def app(self) -> Caller:
        """A new app, as its caller."""
        words = ("app", "create", "--name", "drill", "--json", "--data", str(self._data("node-1")))
        done = self._command(*words, *self._database)
        made = json.loads(done)
        return Caller(self.nodes[0].url, made["keyId"], made["secret"], made["appId"])

    def urls(self) -> list[str]:
        return [node.url for node in self.nodes]

    # -- one after another --------------------------------------------------------------------------------------------

    def _build(self) -> None:
        try:
            self.network = Network(FRONT, DATA, INNER, BUS, STORE)
            self._open.callback(self.network.close)
        except NoServer as why:
            self.tell(f"no network namespaces: {why}")
        databases = [self.machine(f"db-{number}", DATA, INNER) for number in THREE]
        self.tell("PostgreSQL three times, under Patroni with etcd")
        self.database = Patroni(self.folder / "databases", databases, ROOM if os.geteuid() == 0 else None)
        self._open.callback(self.database.remove)
        self.tell("NATS three times")
        self.bus = nats.Servers(wheres=[self.machine(f"nats-{number}", BUS) for number in THREE])
        self._open.callback(self.bus.remove)
        media = self._store()
        self.tell("waiting for a leader, and for a standby that confirms")
        self.database.wait()
        ask(self._one_host("postgres"), "create database parhelion")
        self.tell("three nodes of Parhelion")
        self._database = ("--database", self.database.address("parhelion"))
        settings = [*self._database, "--media", media, "--allow-targets", "private", "--allow-targets", "loopback"]
        self.has_bus = "--bus" in self._command("serve", "--help")
        if self.has_bus:
            settings += ["--bus", self.bus.address]
        self._command("account", "key", "--data", str(self._data("node-1")), *self._database)
        for number in THREE:
            where = self.machine(f"node-{number}", FRONT, DATA, BUS, STORE)
            data = self._data(where.name)
            data.mkdir(parents=True, exist_ok=True)
            if number > 1:
                shutil.copy(self._data("node-1") / "master.key", data)
            self.nodes.append(node := Node(where, data, settings))
            self._open.callback(node.daemon.kill)
        for node in self.nodes:
            node.wait()

    def _store(self) -> str:
        """Its address."""
        at = self.network.at(STORE) if self.network else "127.0.0.1"
        try:
            if not self._wants_ceph:
                raise NoServer("Ceph is for the long form")
            self.ceph = Ceph(self.folder / "ceph", at, self.tell)
            self._open.callback(self.ceph.remove)
            return self.ceph.bucket("parhelion")
        except NoServer as why:
            self.no_ceph = str(why)
            self.tell(f"{why}; moto stands in for it")
        bucket = self._open.enter_context(buckets.store(at))
        return buckets.place_in(bucket).address

    def _one_host(self, database: str) -> str:
        leader = self.database.leader()
        assert leader is not None
        return f"postgresql://postgres:p@{leader.at(DATA, 5432)}/{database}"

    def _data(self, node: str) -> Path:
        return self.folder / node / "data"

    def _command(self, *words: str) -> str:
        done = subprocess.run([*PARHELION, *words], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout
