"""What a machine does to a server: disks that fill up, take no writes or fail, and limits that are drawn tighter.

Full     a disk of its own, a few megabytes of memory: needs root, to mount it
Faulty   between the server and its disk: faulty.c, compiled here. Any user's, where there is a compiler
Limit    of a process that runs: files, their size, memory. Any user's
"""

from __future__ import annotations

import mmap
import os
import resource
import shutil
import struct
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

WRITES, SYNCS, MAKES, SHORT = 1, 2, 4, 8  # as in faulty.c
ALL = -1


class Full:
    """A folder on a disk that can be filled."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        if os.geteuid():
            pytest.skip("only root can mount a small disk")
        folder.mkdir()
        self.folder, self._ballast = folder, folder / "ballast"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"no small disk can be mounted: {done.stderr.strip()}")

    def fill(self) -> None:
        """To the last byte."""
        with self._ballast.open("ab", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError:
                return

    def empty(self) -> None:
        self._ballast.unlink()

    def remount(self, how: str) -> None:
        """`ro` or `rw`. Nobody may have a file open there to write to."""
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.folder)], check=True)

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


class Faulty:
    """A server that is started while it is `between` has a disk that can be told to fail."""

    def __init__(self, place: Path, under: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            pytest.skip("there is no C compiler, so nothing comes between a server and its disk")
        self._library, self._under, control = place / "faulty.so", under, place / "control"
        source = Path(__file__).with_name("faulty.c")
        said = subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", str(self._library), str(source), "-ldl"],
            capture_output=True,
            text=True,
            check=False,
        )
        if said.returncode:
            pytest.skip(f"what comes between a server and its disk cannot be compiled here: {said.stderr[:200]}")
        control.write_bytes(bytes(20))
        with control.open("r+b") as file:
            self._control = mmap.mmap(file.fileno(), 20)
        self._where = str(control)

    def between(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """From here on, for what is started."""
        monkeypatch.setenv("LD_PRELOAD", str(self._library))
        monkeypatch.setenv("FAULTY_UNDER", str(self._under))
        monkeypatch.setenv("FAULTY_CONTROL", self._where)

    def strike(self, what: int, error: int, *, after: int = 0, several: int = ALL) -> None:
        """So many calls fail, after so many that go well."""
        self._control[:] = struct.pack("5i", 0, error, after, several, 0)
        self._control[:4] = struct.pack("i", what)

    def heal(self) -> int:
        """Answers how many calls have failed."""
        self._control[:4] = bytes(4)
        return int(struct.unpack_from("i", self._control, 16)[0])


@contextmanager
def limit(pid: int, which: int, most: int) -> Generator[None]:
    """Of a process that runs, for a while."""
    before = resource.prlimit(pid, which)
    resource.prlimit(pid, which, (most, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, which, before)


def descriptors(pid: int) -> int:
    """How many files and sockets a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - only their number is wanted


def address_space(pid: int) -> int:
    """Bytes that a process has reserved."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * mmap.PAGESIZE


def busy(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def table(name: str, rows: Sequence[Sequence[object]]) -> None:
    """What the client saw: to be read with -s."""
    print(f"\n{name}")
    for row in rows:
        print("  " + "  ".join(f"{each!s:<34}" if place == 0 else f"{each!s:<16}" for place, each in enumerate(row)))
