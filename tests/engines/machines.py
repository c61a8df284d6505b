"""Machines for engines and nodes: network namespaces of this one, each with links of its own that can be cut.

    bridge `front`  10.N.1.1  --+-- node-1  10.N.1.2
    (this machine)              +-- node-2  10.N.1.3
    bridge `data`   10.N.2.1  --+-- node-1  10.N.2.2
                                +-- ...

A link that is cut swallows what is sent over it: nobody is told, as when a cable is pulled out at a switch. It needs
root and `ip`; where these are not, `Here` stands in, and no link can be cut.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from tests.engines.programs import PLACES, NoServer, free_port

_OURS = re.compile(r"ph(\d+)[bv]\d+")  # a device: whose, and which
_SPACE = re.compile(r"parhelion-(\d+)-\S+")


class Here:
    """This very machine, in the place of one that would have links of its own."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._ports: dict[int, int] = {}

    def at(self, link: str) -> str:
        """Its address on a link."""
        return "127.0.0.1"

    def port(self, usual: int) -> int:
        """Where a program listens that would listen at its usual port."""
        return self._ports.setdefault(usual, free_port())

    def command(self, *words: str, user: tuple[int, int] | None = None) -> list[str]:
        """A command as it is run there."""
        return [*_as(user), *words]


class Machine(Here):
    """A network namespace."""

    def __init__(self, name: str, space: str, links: dict[str, tuple[str, str]]) -> None:
        """`links`: by name, the device at this end, and the address at the other."""
        super().__init__(name)
        self._space, self._links = space, links

    def at(self, link: str) -> str:
        return self._links[link][1]

    def port(self, usual: int) -> int:
        return usual

    def command(self, *words: str, user: tuple[int, int] | None = None) -> list[str]:
        return ["ip", "netns", "exec", self._space, *_as(user), *words]

    def cut(self, *links: str) -> None:
        for link in links:
            _ip("link", "set", self._links[link][0], "down")

    def mend(self, *links: str) -> None:
        for link in links:
            _ip("link", "set", self._links[link][0], "up")


class Network:
    """Bridges, and machines that hang at some of them."""

    def __init__(self, *links: str) -> None:
        """`NoServer` where there can be none."""
        if os.geteuid() != 0 or shutil.which("ip", path=PLACES) is None:
            raise NoServer("links can be cut by root only, with `ip` of the package iproute2")
        self._clean()
        self._pid, self._numbers = os.getpid(), count(1)
        self._spaces: list[str] = []
        self._bridges: dict[str, tuple[str, str]] = {}  # by link: the device, and what addresses begin with
        try:
            for link in links:
                number = next(self._numbers)
                device, begin = f"ph{self._pid}b{number}", f"10.{128 + self._pid % 100}.{number}"
                _ip("link", "add", device, "type", "bridge")
                _ip("addr", "add", f"{begin}.1/24", "dev", device)
                _ip("link", "set", device, "up")
                self._bridges[link] = device, begin
        except subprocess.CalledProcessError as trouble:
            self.close()
            raise NoServer(f"network namespaces cannot be made here: {trouble.stderr.strip()}") from None

    def at(self, link: str) -> str:
        """This machine's own address on a link."""
        return f"{self._bridges[link][1]}.1"

    def machine(self, name: str, *links: str) -> Machine:
        space, ends = f"parhelion-{self._pid}-{name}", dict[str, tuple[str, str]]()
        _ip("netns", "add", space)
        self._spaces.append(space)
        _ip("-n", space, "link", "set", "lo", "up")
        for link in links:
            number, (bridge, begin) = next(self._numbers), self._bridges[link]
            device, address = f"ph{self._pid}v{number}", f"{begin}.{number}"
            _ip("link", "add", device, "type", "veth", "peer", "name", link, "netns", space)
            _ip("link", "set", device, "master", bridge, "up")
            _ip("-n", space, "addr", "add", f"{address}/24", "dev", link)
            _ip("-n", space, "link", "set", link, "up")
            ends[link] = device, address
        return Machine(name, space, ends)

    def close(self) -> None:
        """All programs in it have ended."""
        self._clean(self._pid)

    def _clean(self, mine: int | None = None) -> None:
        """What is ours, or what somebody has left behind who was killed."""

        def gone(pid: str) -> bool:
            return int(pid) == mine or not Path(f"/proc/{pid}").exists()

        for found in _SPACE.finditer(_ip("netns", "list")):
            if gone(found[1]):
                _ip("netns", "del", found[0])
        for found in {each[0]: each for each in _OURS.finditer(_ip("-o", "link"))}.values():
            if gone(found[1]):
                subprocess.run(["ip", "link", "del", found[0]], capture_output=True, check=False)  # or it went along


def _as(user: tuple[int, int] | None) -> Sequence[str]:
    if user is None:
        return ()
    return "setpriv", f"--reuid={user[0]}", f"--regid={user[1]}", "--clear-groups"


def _ip(*words: str) -> str:
    return subprocess.run(["ip", *words], capture_output=True, text=True, check=True, timeout=30).stdout
