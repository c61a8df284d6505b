"""HAProxy and nginx for tests: each with its example of deploy/, before nodes on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from tests.engines.programs import free_port, program
from tests.workers import until

DEPLOY = Path(__file__).parents[2] / "deploy"
NODES = [f"10.0.0.1{number}:8000" for number in (1, 2, 3)]  # as the examples call them


class Proxy(ABC):
    """One that runs, until `stop`. `NoServer` where it cannot be had."""

    name: str

    def __init__(self, folder: Path, ports: Sequence[int]) -> None:
        """`folder`: empty, or not there. `ports`: of the nodes."""
        self._program = program(self.name, self.name)
        folder.mkdir(exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._file = self._written(folder, ports)
        checked = subprocess.run(self._command(check=True), capture_output=True, text=True, check=False, timeout=30)
        assert checked.returncode == 0, checked.stderr
        self.said = checked.stdout + checked.stderr
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(self._command(check=False), stdout=log, stderr=log)
        until(self._answers, f"{self.name} does not begin")

    @abstractmethod
    def _written(self, folder: Path, ports: Sequence[int]) -> Path:
        """The settings, in a file."""

    @abstractmethod
    def _command(self, *, check: bool) -> list[str]:
        """To run it in the foreground, or to have its settings checked."""

    def _answers(self) -> bool:
        assert self._process.poll() is None, f"{self.name} ended"
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:  # it waits for clients
            self._process.kill()
            self._process.wait(10)


class HAProxy(Proxy):
    name = "haproxy"

    def _written(self, folder: Path, ports: Sequence[int]) -> Path:
        text = _here((DEPLOY / "haproxy.cfg").read_text(), ports, "bind :80\n", f"bind 127.0.0.1:{self.port}\n")
        file = folder / "haproxy.cfg"
        file.write_text(text)
        return file

    def _command(self, *, check: bool) -> list[str]:
        return [self._program, *(["-c"] if check else ["-db"]), "-f", str(self._file)]


class Nginx(Proxy):
    name = "nginx"

    def _written(self, folder: Path, ports: Sequence[int]) -> Path:
        text = _here((DEPLOY / "nginx.conf").read_text(), ports, "listen 80;", f"listen 127.0.0.1:{self.port};")
        (folder / "site.conf").write_text(text)
        user = "user root;" if os.geteuid() == 0 else ""  # it writes into the test's own folder
        places = "".join(
            f"{each}_temp_path {folder}/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        file = folder / "nginx.conf"
        file.write_text(
            f"{user} pid {folder}/pid; error_log {folder}/errors; worker_processes 1; daemon off;\n"
            f"events {{ worker_connections 1024; }}\nhttp {{ access_log off; {places} include {folder}/site.conf; }}\n"
        )
        return file

    def _command(self, *, check: bool) -> list[str]:
        return [self._program, *(["-t"] if check else []), "-e", "stderr", "-c", str(self._file)]


def _here(text: str, ports: Sequence[int], listens: str, here: str) -> str:
    """An example with other addresses in it, and otherwise as it is."""
    for node, port in zip(NODES, ports, strict=True):
        assert node in text
        text = text.replace(node, f"127.0.0.1:{port}")
    assert listens in text
    return text.replace(listens, here, 1)
