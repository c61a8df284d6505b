"""NATS for tests: a server of their own, or a cluster, in a temporary folder, at free ports of this machine.

It needs no root and no container. Where nats-server is not installed, Debian's package is, if that can be done here;
otherwise whoever wants it is told so in a sentence (`NoServer`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engines.postgres import NoServer, free_port

PROGRAM = "nats-server"
PLACES = "/usr/sbin:/usr/local/bin:/usr/local/sbin"  # beside those of PATH
PATIENCE = 30  # seconds


@dataclass
class Node:
    """One server. `more`: lines of its configuration."""

    folder: Path
    name: str
    more: str = ""
    client: int = field(default_factory=free_port)
    routes: int = field(default_factory=free_port)
    monitor: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.client}"

    def configure(self, others: list[Node]) -> None:
        routes = ", ".join(f'"nats://127.0.0.1:{node.routes}"' for node in others)
        cluster = f"cluster {{ name: test, listen: 127.0.0.1:{self.routes}, routes: [{routes}] }}\n" if others else ""
        said = f"server_name: {self.name}\nlisten: {self.host}\nhttp: 127.0.0.1:{self.monitor}\n{cluster}{self.more}\n"
        (self.folder / f"{self.name}.conf").write_text(said)

    def start(self) -> None:
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [_program(), "-c", str(self.folder / f"{self.name}.conf")], stdout=log, stderr=log
            )
        self._until(lambda: self.asked("healthz").get("status") == "ok")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE)
            self.process = None

    def meets(self, several: int) -> None:
        """Wait until it has a route to so many others."""
        self._until(lambda: len({each["remote_id"] for each in self.asked("routez").get("routes") or ()}) == several)

    def clients(self) -> int:
        """How many are connected to it."""
        return int(self.asked("connz").get("num_connections", 0))

    def asked(self, what: str) -> Any:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.monitor}/{what}", timeout=5) as answer:
            return json.load(answer)
        return {}

    def _until(self, what: Any) -> None:
        end = time.monotonic() + PATIENCE
        while not what():
            assert time.monotonic() < end, (self.folder / f"{self.name}.log").read_text()
            time.sleep(0.02)


class Servers:
    """One, or a cluster."""

    def __init__(self, several: int = 1, more: str = "") -> None:
        _program()
        self.folder = Path(tempfile.mkdtemp(prefix="parhelion-nats-"))
        self.nodes = [Node(self.folder, f"n{number + 1}", more) for number in range(several)]
        try:
            for node in self.nodes:
                node.configure([other for other in self.nodes if other is not node])
                node.start()
            for node in self.nodes:
                node.meets(several - 1)
        except BaseException:
            self.remove()
            raise

    @property
    def address(self) -> str:
        return f"nats://{','.join(node.host for node in self.nodes)}"

    def remove(self) -> None:
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def _program() -> str:
    if (found := _found()) is None:
        _install()
        found = _found()
    if found is None:
        raise NoServer("NATS is not installed (no nats-server)")
    return found


def _found() -> str | None:
    return shutil.which(PROGRAM, path=f"{os.environ.get('PATH', os.defpath)}:{PLACES}")


def _install() -> None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise NoServer("NATS is not installed, and only root could do it, with apt-get install nats-server")
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "timeout": 600}
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", PROGRAM]):
        subprocess.run(["apt-get", "-q", *arguments], check=False, env=environment, **quiet)
