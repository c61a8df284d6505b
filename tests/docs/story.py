"""A page of the documentation as a story: its blocks are done in their order, as a reader would do them.

    ```python                         run, in one namespace a page
    ```python file=bot.py             kept as a file, beside what the page runs next
    ```python not run: REASON         not run; the reason is for people
    ```sh                             run by sh; what it sets, and the lines it prints to be pasted, hold from then on
    ```text output                    what the block before it printed, `...` standing for anything
    ```json output                    the same, compared as JSON; "..." stands for anything
    <!-- until: COMMAND -->           waits until sh says that it is so
    <!-- a person: opens URL and allows it -->    somebody at a browser lets a partner's program in

A reader has a server, an app, a key of it in the environment, and two pictures in the folder. The server's port and
those of bots are taken as they are free: 8000, 8010, 9000 and 3000 on a page are others here.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.forms import Browser
from tests.live import COMMAND

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>[\w+-]*)(?P<said>.*)\n(?P<text>(?s:.*?))^ *(?P=fence)$", re.MULTILINE
)
ASIDE = re.compile(r"^ *<!-- (?P<what>until|a person): (?P<text>.*) -->$", re.MULTILINE)
PASTED = re.compile(r"^ *export (\w+)=(\S+)$", re.MULTILINE)
SETTING = re.compile(r"^export ((?:PARHELION|WEBHOOK)_\w+)='?([^'\n]*)'?$", re.MULTILINE)
PORTS = re.compile(r"(?<=[: ])(8000|8010|9000|3000)\b")
INTO_A_FILE = re.compile(r" 2>>? \w")
# What is logged at a terminal, and in a file.
AT_A_TERMINAL = "export PARHELION_LOG_FORMAT=console PARHELION_LOG_REQUESTS=errors"
IN_A_FILE = "unset PARHELION_LOG_FORMAT PARHELION_LOG_REQUESTS"
CHECKER = doctest.OutputChecker()
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(64)


class Block(NamedTuple):
    """A block of code of a page."""

    page: Path
    line: int
    language: str
    said: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def is_output(self) -> bool:
        return self.said == "output"

    @property
    def reason(self) -> str | None:
        """Why it is not run."""
        return self.said.removeprefix("not run:").strip() if self.said.startswith("not run") else None

    @property
    def file(self) -> str | None:
        """What it is kept as."""
        return self.said.removeprefix("file=") if self.said.startswith("file=") else None


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, and what stands between them for who follows it."""
    text = page.read_text(encoding="utf-8")
    found = [
        Block(
            page,
            text.count("\n", 0, block.start()) + 1,
            block["language"],
            block["said"].strip(),
            re.sub(rf"^ {{{len(block['indent'])}}}", "", block["text"], flags=re.MULTILINE),
        )
        for block in BLOCK.finditer(text)
    ]
    found += [
        Block(page, text.count("\n", 0, aside.start()) + 1, aside["what"], "", aside["text"])
        for aside in ASIDE.finditer(text)
    ]
    return sorted(found, key=lambda each: each.line)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Reader:
    """Somebody who does what a page says, in a folder of their own."""

    folder: Path
    settings: dict[str, str]
    world: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})
    printed: str = ""
    _shells: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _ports: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tools = self.folder / "tools"
        tools.mkdir()
        command = " ".join(shlex.quote(each) for each in COMMAND)
        port = self._port("8000")  # for `serve`, unless the page says another
        (tools / "parhelion").write_text(
            f'#!/bin/sh\ncase "$*" in *--port*) ;; serve*) set -- "$@" --port {port} ;; esac\nexec {command} "$@"\n'
        )
        (tools / "parhelion").chmod(0o755)
        for name in ("sun.png", "moon.png"):
            (self.folder / name).write_bytes(PNG)
        path = f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        self._env = os.environ | self.settings | {"PATH": path, "PYTHONUNBUFFERED": "1"}
        self._state = tools / "state"
        self._state.write_text("")

    def follow(self, page: Path) -> None:
        """Do all that a page says."""
        for block in blocks(page):
            try:
                self.do(block)
            except BaseException as error:
                error.add_note(f"in the block at {block.place}")
                raise

    def do(self, block: Block) -> None:
        """Do what one block says."""
        if block.is_output:
            self._compare(block)
        elif block.language == "until":
            self._wait(block)
        elif block.language == "a person":
            self._let_in(block)
        elif block.language not in {"python", "sh"} or block.reason is not None:
            pass
        elif name := block.file:
            (self.folder / name).write_text(self._here(block.text))
        elif block.language == "python":
            self._run(block)
        else:
            self._type(block)

    def _run(self, block: Block) -> None:
        program = "\n" * block.line + self._here(block.text)  # so that a traceback names the line of the page
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            exec(compile(program, str(block.page), "exec", dont_inherit=True), self.world)
        self._print(told.getvalue())

    def _print(self, printed: str) -> None:
        """What is printed to be pasted is pasted."""
        self.printed = printed
        for name, value in PASTED.findall(printed):
            with self._state.open("a") as pasted:
                pasted.write(f"export {name}={shlex.quote(value)}\n")
            os.environ[name] = value

    def _type(self, block: Block) -> None:
        out = self.folder / "tools" / "out"
        with out.open("wb") as told:  # not a pipe: what goes on in the background would hold it open
            shell = self._shell(self._here(block.text), stdout=told, start_new_session=True)
            self._shells.append(shell)
            status = shell.wait(60)
        assert status == 0, out.read_text()
        self._print(out.read_text())
        for name, value in SETTING.findall(self._state.read_text()):
            os.environ[name] = value
        if re.search(r"&$", block.text, re.MULTILINE):
            named = PORTS.findall(block.text)
            for number in named or (["8000"] if "parhelion serve" in block.text else []):
                wait_for_port(int(self._port(number)))

    def _shell(self, text: str, **how: Any) -> subprocess.Popen[bytes]:
        """It begins with what was set before, and what it sets is kept."""
        kept = shlex.quote(str(self._state))
        logged = IN_A_FILE if INTO_A_FILE.search(text) else AT_A_TERMINAL
        program = f". {kept}\n{logged}\nset -a\n{text}\nexport -p > {kept}\n"
        return subprocess.Popen(
            ["sh", "-ec", program],
            cwd=self.folder,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            **how,
        )

    def _wait(self, block: Block) -> None:
        deadline = time.monotonic() + 30
        while self._shell(self._here(block.text), stdout=subprocess.DEVNULL).wait(30) != 0:
            assert time.monotonic() < deadline, f"it is not so: {block.text}"
            time.sleep(0.05)

    def _let_in(self, block: Block) -> None:
        """The owner of the app follows a link, shows a key, and allows it."""
        address = self._here(block.text.split()[1])
        partner, server = Browser(address), Browser(self.settings["PARHELION_URL"])
        server.open(partner.open("/").headers["location"].removeprefix(server.url))
        key, secret = self.settings["PARHELION_KEY_ID"], self.settings["PARHELION_SECRET"]
        back = urlsplit(server.press("allow", key=key, secret=secret).headers["location"])
        assert partner.open(f"{back.path}?{back.query}").status == 200, partner.answer

    def _compare(self, block: Block) -> None:
        want = self._here(block.text)
        if block.language == "json":
            assert alike(json.loads(want), json.loads(self.printed)), f"{self.printed}\nis not\n{want}"
        else:
            flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
            assert CHECKER.check_output(want, self.printed, flags), f"{self.printed}\nis not\n{want}"

    def _here(self, text: str) -> str:
        return PORTS.sub(lambda found: self._port(found[1]), text)

    def _port(self, number: str) -> str:
        if number not in self._ports:
            self._ports[number] = str(free_port())
        return self._ports[number]

    def leave(self) -> None:
        """Let go of all that a page opened."""
        for thing in self.world.values():
            if type(thing).__name__ == "Client" and type(thing).__module__.startswith("parhelion.client"):
                thing.close()
        for shell in self._shells:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGTERM)
        for shell in self._shells:
            wait_for_end(shell.pid)


def alike(want: Any, got: Any) -> bool:
    if want == "...":
        return True
    if isinstance(want, dict) and isinstance(got, dict):
        return want.keys() == got.keys() and all(alike(want[key], got[key]) for key in want)
    if isinstance(want, list) and isinstance(got, list):
        return len(want) == len(got) and all(map(alike, want, got))
    return bool(want == got)


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline, f"nobody listens on {port}"
            time.sleep(0.01)
        else:
            return


def wait_for_end(group: int) -> None:
    """Until nobody of a process group is left."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    os.killpg(group, signal.SIGKILL)


@contextlib.contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """A story that hangs is ended, and says where."""

    def enough(*_: object) -> None:
        raise TimeoutError(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, enough)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
