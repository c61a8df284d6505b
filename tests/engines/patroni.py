"""PostgreSQL three times under Patroni, with an etcd beside each: a leader, and standbys one of which takes its place.

    machine   etcd, Patroni, PostgreSQL    links: `data`, where clients come in; `inner`, where these meet each other

What the leader commits is on a standby before it is answered (synchronous_mode).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.engines import postgres
from tests.engines.machines import Here
from tests.engines.programs import Daemon, program, until, user

DATA, INNER = "data", "inner"
SQL, REST, ETCD, PEERS = 5432, 8008, 2379, 2380  # ports
TTL = 20  # seconds that a leader is waited for, of which nothing is heard: the least that Patroni allows
_PATRONI = """
scope: parhelion
name: {name}
restapi: {{listen: "{rest_listen}", connect_address: "{rest}"}}
etcd3: {{hosts: "{etcds}"}}
bootstrap:
  dcs:
    ttl: {ttl}
    loop_wait: 2
    retry_timeout: 5
    master_start_timeout: 10
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      use_slots: true
      parameters: {{hot_standby: "on", max_connections: 100, shared_buffers: 64MB, wal_log_hints: "on",
        min_wal_size: 64MB, max_wal_size: 128MB, wal_keep_size: 64MB, max_slot_wal_keep_size: 192MB}}
  initdb: [{{encoding: UTF8}}, {{locale: C}}, data-checksums]
postgresql:
  listen: "{listen}"
  connect_address: "{sql}"
  data_dir: "{folder}/data"
  bin_dir: "{binaries}"
  pgpass: "{folder}/pgpass"
  remove_data_directory_on_rewind_failure: true
  remove_data_directory_on_diverged_timelines: true
  authentication:
    replication: {{username: replicator, password: r}}
    superuser: {{username: postgres, password: p}}
  parameters: {{unix_socket_directories: "{folder}"}}
  pg_hba: ["local all all trust", "host all all all trust", "host replication all all trust"]
"""


class Member:
    """One of them."""

    def __init__(self, folder: Path, where: Here, room: int | None) -> None:
        """`room`: MB that its data may take up, on a disk of its own."""
        self.folder, self.where, self.name = folder, where, where.name
        self._user = user("postgres", "nobody")
        folder.mkdir(parents=True)
        self.has_disk = room is not None
        if room is not None:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={room}m", "tmpfs", str(folder)], check=True)
        if self._user is not None:
            os.chown(folder, *self._user)
        self.etcd: Daemon | None = None
        self.patroni: Daemon | None = None

    def at(self, link: str, port: int) -> str:
        return f"{self.where.at(link)}:{self.where.port(port)}"

    def begin(self, all_members: Sequence[Member]) -> None:
        """Start etcd, and Patroni, which starts PostgreSQL."""
        etcd, patroni = program("etcd", "etcd-server"), program("patroni", "patroni")
        peers = ",".join(f"{each.name}=http://{each.at(INNER, PEERS)}" for each in all_members)
        here, peer = f"http://{self.at(INNER, ETCD)}", f"http://{self.at(INNER, PEERS)}"
        words = ["--name", self.name, "--data-dir", str(self.folder / "etcd"), "--log-level", "error"]
        words += ["--listen-client-urls", here, "--advertise-client-urls", here]
        words += ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer]
        words += ["--initial-cluster", peers, "--initial-cluster-state", "new"]
        logs = self.folder.parent
        self.etcd = Daemon(self.where.command(etcd, *words, user=self._user), logs / f"{self.name}-etcd.log")
        addresses = ",".join(dict.fromkeys((self.where.at(DATA), self.where.at(INNER))))
        settings = self.folder / "patroni.yml"
        settings.write_text(
            _PATRONI.format(
                name=self.name,
                rest_listen=self.at(DATA, REST),
                rest=self.at(DATA, REST),
                etcds=",".join(each.at(INNER, ETCD) for each in all_members),
                ttl=TTL,
                listen=f"{addresses}:{self.where.port(SQL)}",
                sql=self.at(INNER, SQL),
                folder=self.folder,
                binaries=postgres.binaries(),
            )
        )
        command = self.where.command(patroni, str(settings), user=self._user)
        self.patroni = Daemon(command, logs / f"{self.name}.log", {"HOME": str(self.folder)})

    def state(self) -> dict[str, Any]:
        """What Patroni says: its role and state; {} when it says nothing."""
        with suppress(OSError, ValueError):
            with urllib.request.urlopen(f"http://{self.at(DATA, REST)}/patroni", timeout=2) as answer:
                return json.load(answer)
        return {}

    def processes(self) -> list[int]:
        """Patroni first, then PostgreSQL's: etcd is counted out, as if it were elsewhere."""
        found = [self.patroni.pid] if self.patroni is not None and self.patroni.runs else []
        with suppress(OSError, ValueError, IndexError):
            pid = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
            found += [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
        return found

    def kill(self) -> None:
        """-9, of all of them."""
        for each in self.processes():
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        if self.patroni is not None:
            self.patroni.kill()  # and buried

    def come_back(self) -> None:
        assert self.patroni is not None
        self.patroni.start()

    def remove(self) -> None:
        self.kill()
        if self.etcd is not None:
            self.etcd.kill()
        if self.has_disk:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- its disk -----------------------------------------------------------------------------------------------------

    def fill_disk(self) -> int:
        """Leave no room on it. Answers how many bytes there were."""
        filled, piece = 0, bytes(1 << 20)
        with (self.folder / "filling").open("wb", buffering=0) as file:
            while piece:
                try:
                    filled += file.write(piece)
                except OSError:
                    piece = piece[: len(piece) // 2]
        return filled

    def free_disk(self) -> None:
        (self.folder / "filling").unlink()


class Patroni:
    """All of them."""

    def __init__(self, folder: Path, wheres: Sequence[Here], room: int | None = None) -> None:
        """`room`: MB for each, on a disk of its own, which takes root. `NoServer`"""
        for name, package in (("etcd", "etcd-server"), ("patroni", "patroni")):
            program(name, package)
        postgres.binaries()
        self.members: list[Member] = []
        try:
            self.members += [Member(folder / where.name, where, room) for where in wheres]
            for each in self.members:
                each.begin(self.members)
        except BaseException:
            self.remove()
            raise

    def wait(self, seconds: float = 120) -> None:
        """Until all run, one leads, and another confirms what it commits."""
        until(self.is_whole, f"there is no cluster: {[each.state() for each in self.members]}", seconds)

    def is_whole(self) -> bool:
        states = [each.state() for each in self.members]
        running = all(each.get("state") == "running" for each in states)
        leader = next((each for each in states if each.get("role") in {"master", "primary"}), {})
        streams = leader.get("replication") or []
        well = len(streams) == len(states) - 1 and all(each.get("state") == "streaming" for each in streams)
        return running and well and any(each.get("sync_state") == "sync" for each in streams)

    def leader(self) -> Member | None:
        """Who takes writes, as they say themselves."""
        for each in self.members:
            state = each.state()
            if state.get("role") in {"master", "primary"} and state.get("state") == "running":
                return each
        return None

    def strays(self) -> list[Member]:
        """Those that run and follow nobody: their history has become another one than the leader's."""
        states = {each: each.state() for each in self.members}
        followers = {
            each["application_name"]
            for state in states.values()
            if state.get("role") in {"master", "primary"}
            for each in state.get("replication") or []
        }
        return [each for each, state in states.items() if state.get("role") == "replica" and each.name not in followers]

    def renew(self, member: Member) -> None:
        """Throw its data away, and copy the leader's: what an operator does by `patronictl reinit`."""
        asked = urllib.request.Request(
            f"http://{member.at(DATA, REST)}/reinitialize",
            data=b'{"force": true}',
            headers={"content-type": "application/json"},
            method="POST",
        )
        urllib.request.urlopen(asked, timeout=10).close()

    def address(self, database: str) -> str:
        """For clients: all of them in one."""
        hosts = ",".join(each.at(DATA, SQL) for each in self.members)
        return f"postgresql://postgres:p@{hosts}/{database}"

    def remove(self) -> None:
        for each in self.members:
            each.remove()
