"""Programs of engines: found, or installed where that can be done, and run in the background until they are ended."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

PLACES = os.pathsep.join((os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"))


class NoServer(Exception):
    """An engine is not here, and cannot be had. The message says why."""


def program(name: str, *packages: str, at: Callable[[str], str | None] | None = None) -> str:
    """Where a program is; Debian's packages are installed when it is not, if that can be done. `NoServer`

    `at`: looks for it where it is not on the path.
    """
    look = at or (lambda name: shutil.which(name, path=PLACES))
    found = look(name)
    if found is None:
        install(name, *packages)
        found = look(name)
    if found is None:
        raise NoServer(f"{name} is not installed, and apt-get install {' '.join(packages)} has not brought it")
    return found


def install(what: str, *packages: str) -> None:
    """By Debian's packages. `NoServer` where nobody may."""
    wanted = f"apt-get install {' '.join(packages)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise NoServer(f"{what} is not installed, and only root could do it, with {wanted}")
    print(f"{wanted} ...", flush=True)
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "timeout": 900}
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with _no_services():
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", "-q", *arguments], check=False, env=environment, **quiet)


@contextmanager
def _no_services() -> Generator[None]:
    """Packages start no services of their own: tests start what they need."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()


def user(*names: str) -> tuple[int, int] | None:
    """Whom to be instead of root: the first that there is; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in names:
        with suppress(KeyError):
            found = pwd.getpwnam(name)
            return found.pw_uid, found.pw_gid
    raise NoServer(f"this does not run as root, and there is no user {' or '.join(names)} to run it as")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(what: Callable[[], Any], why: str, seconds: float) -> Any:
    """Looks again and again, and answers what it has found."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, why
        time.sleep(0.1)
    return found


class Daemon:
    """A program in the background. What it says is in a file."""

    def __init__(self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self.command, self.log = list(command), log
        self._environment = os.environ | dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as file:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=self._environment,
                cwd=self.log.parent,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """-9: it has no time for anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """In order. Answers its exit status."""
        return self._end(signal.SIGTERM)

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])

    def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(how)
        try:
            return self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait(30)
