"""A PostgreSQL for tests: its own, in a temporary folder, at a free port of this machine.

It needs no root and no container. Where PostgreSQL is not installed, Debian's package is, if that can be done here;
otherwise whoever wants it is told so in a sentence (`NoServer`).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from tests.engines.programs import free_port, program, user

T = TypeVar("T")
USERS = ("postgres", "nobody")  # who runs it when we are root, which PostgreSQL refuses to be
SETTINGS = """
fsync = on
max_connections = 200
shared_buffers = 64MB
unix_socket_directories = ''
listen_addresses = '127.0.0.1'
"""


class Server:
    """One that is started, stopped and killed. All databases in it are those of whoever started it."""

    def __init__(self, above: Path | None = None, **settings: str) -> None:
        """`above`: the folder that its own is made in; the usual one for what is temporary unless told."""
        self._bin, self._as = binaries(), user(*USERS)
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="parhelion-postgres-", dir=above))
        if self._as is not None:
            os.chown(self.folder, *self._as)
        # Its own order of text is not that of bytes: whoever relies on that has to say so.
        how = ["-U", "parhelion", "-A", "trust", "-E", "UTF8", "--locale-provider=icu", "--icu-locale=en-US"]
        self._run("initdb", "-D", str(self.folder / "data"), *how)
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.write(SETTINGS + f"port = {self.port}\n")
            file.writelines(f"{key} = {value}\n" for key, value in settings.items())
        self.start()

    def address(self, database: str = "postgres") -> str:
        return f"postgresql://parhelion@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        self._control("start", "-w", "-l", str(self.folder / "log"))

    def stop(self, how: str = "fast") -> None:
        """`how`: fast, or immediate, which is as good as killed."""
        self._control("stop", "-w", "-m", how)

    def remove(self) -> None:
        with suppress(AssertionError):  # it was stopped
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        how: dict[str, Any] = {}
        if self._as is not None:
            how = {"user": self._as[0], "group": self._as[1], "extra_groups": []}
        command = [str(self._bin / program), *arguments]
        with tempfile.TemporaryFile() as output:  # a pipe would be held open by the server
            done = subprocess.run(
                command, stdout=output, stderr=output, cwd=self.folder, timeout=120, check=False, **how
            )
            output.seek(0)
            assert done.returncode == 0, output.read().decode(errors="replace")


def binaries() -> Path:
    """Where PostgreSQL's programs are: the newest there are."""
    return Path(program("initdb", "postgresql", at=_newest)).parent


def _newest(name: str) -> str | None:
    found = [*Path("/usr/lib/postgresql").glob(f"[0-9]*/bin/{name}")]
    return str(max(found, key=lambda path: int(path.parts[-3]))) if found else None


def ask(address: str, *statements: str) -> list[Sequence[Any]]:
    """What the last of them answers."""
    import asyncpg

    async def asked() -> list[Sequence[Any]]:
        connection = await asyncpg.connect(address)
        try:
            rows: list[Sequence[Any]] = []
            for statement in statements:
                rows = await connection.fetch(statement)
            return rows
        finally:
            await connection.close()

    return apart(asked)


def apart(what: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """On a loop of its own, whether or not one runs here."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(what())).result()
