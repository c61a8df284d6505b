"""NATS for tests: a server, or several that are a cluster, with JetStream, in a folder of their own."""

from __future__ import annotations

import json
import shutil
import tempfile
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.engines.machines import Here
from tests.engines.programs import Daemon, program, until

LINK = "bus"  # that they are reached over
CLIENTS, ROUTES, MONITOR = 4222, 6222, 8222  # ports
PATIENCE = 30.0  # seconds


class Node:
    """One server."""

    def __init__(self, folder: Path, where: Here, more: str = "") -> None:
        """`more`: lines of its settings. `NoServer`"""
        self._program = program("nats-server", "nats-server")
        self.folder, self.where, self.name, self._more = folder, where, where.name, more
        self.daemon: Daemon | None = None

    @property
    def host(self) -> str:
        """host:port"""
        return self._at(CLIENTS)

    @property
    def route(self) -> str:
        return f"nats://{self._at(ROUTES)}"

    def begin(self, routes: Sequence[str]) -> None:
        """`routes`: of all servers of its cluster; none when it is alone."""
        settings = self.folder / f"{self.name}.conf"
        lines = [f"server_name: {self.name}", f'listen: "{self.host}"', f'http: "{self._at(MONITOR)}"']
        lines += [f'jetstream {{ store_dir: "{self.folder / self.name}", max_mem: 64MB, max_file: 256MB }}']
        if routes:
            listed = ", ".join(f'"{each}"' for each in routes)
            lines += [f'cluster {{ name: parhelion, listen: "{self._at(ROUTES)}", routes: [{listed}] }}']
        settings.write_text("\n".join([*lines, self._more, ""]))
        command = self.where.command(self._program, "-c", str(settings))
        self.daemon = Daemon(command, self.folder / f"{self.name}.log")

    def start(self) -> None:
        """Again. It is ready when this returns."""
        if self.daemon is not None:
            self.daemon.start()
        self.wait()

    def wait(self) -> None:
        until(lambda: self.asked("healthz").get("status") == "ok", f"{self.name} is not ready", PATIENCE)

    def meets(self, several: int) -> None:
        """Wait until it has a route to so many others."""

        def found() -> bool:
            return len({each["remote_id"] for each in self.asked("routez").get("routes") or ()}) == several

        until(found, f"{self.name} does not meet {several} others", PATIENCE)

    def kill(self) -> None:
        if self.daemon is not None:
            self.daemon.kill()

    def clients(self) -> int:
        """How many are connected to it."""
        return int(self.asked("connz").get("num_connections", 0))

    def asked(self, what: str) -> Any:
        with suppress(OSError), urllib.request.urlopen(f"http://{self._at(MONITOR)}/{what}", timeout=5) as answer:
            return json.load(answer)
        return {}

    def _at(self, port: int) -> str:
        return f"{self.where.at(LINK)}:{self.where.port(port)}"


class Servers:
    """One, or a cluster. All are ready."""

    def __init__(self, several: int = 1, more: str = "", wheres: Sequence[Here] = ()) -> None:
        """`wheres`: machines, one for each; without them all are on this one."""
        self.folder = Path(tempfile.mkdtemp(prefix="parhelion-nats-"))
        places = wheres or [Here(f"n{number + 1}") for number in range(several)]
        self.nodes: list[Node] = []
        try:
            self.nodes += [Node(self.folder, where, more) for where in places]
            routes = [node.route for node in self.nodes] if len(self.nodes) > 1 else []
            for node in self.nodes:
                node.begin(routes)
            for node in self.nodes:
                node.wait()
                node.meets(len(self.nodes) - 1)
        except BaseException:
            self.remove()
            raise

    @property
    def address(self) -> str:
        """For --bus: all of them in one."""
        return f"nats://{','.join(node.host for node in self.nodes)}"

    def remove(self) -> None:
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
