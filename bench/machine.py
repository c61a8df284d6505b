"""The machine that is measured on: its cores, its disk, the memory and the CPU time of processes."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import apsw

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".cache"
VERSIONS = ("parhelion", "uvicorn", "uvloop", "httptools", "apsw", "msgspec")
# Byte code is cached wherever this runs, and what is printed is whole: unbuffered, a long line may lose its end.
LEFT_OUT = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
ENVIRONMENT = {
    key: value for key, value in os.environ.items() if not key.startswith("PARHELION_") and key not in LEFT_OUT
}


def cores() -> tuple[int, int] | None:
    """A core for who serves and one for who asks, where they can be told apart."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    here = sorted(os.sched_getaffinity(0))
    return (here[0], here[-1]) if len(here) > 1 else None


CORES = cores()
SERVES, ASKS = CORES or (None, None)


def start(command: Sequence[str | Path], core: int | None, *, stdin: int | None = None) -> subprocess.Popen[str]:
    """A process on its core, its output readable."""
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=stdin,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=ENVIRONMENT | {"PYTHONUNBUFFERED": "1"},
    )
    if core is not None:
        os.sched_setaffinity(process.pid, {core})  # before it has other threads: they inherit it
    return process


def said(command: Sequence[str | Path], core: int | None = ASKS) -> str:
    """What a command prints. Its complaints pass through to stderr."""
    process = start(command, core)
    printed, _ = process.communicate(timeout=300)
    if process.returncode:
        raise RuntimeError(f"{Path(str(command[0])).name} ended with {process.returncode}")
    return printed


def cpu_of(command: Sequence[str | Path]) -> float:
    """Seconds of CPU that a command takes from start to end, threads and system calls included."""
    process = start(command, ASKS)
    assert process.stdout is not None
    process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def cpu_until_now(pid: int) -> float:
    """Seconds of CPU a running process has taken. Linux only: elsewhere 0."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stolen() -> tuple[int, int]:
    """Ticks that the host kept from this machine, and all ticks, since it started."""
    try:
        ticks = [int(each) for each in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    except OSError:
        return 0, 0
    return ticks[7], sum(ticks)


def fdatasyncs(folder: Path, seconds: float) -> float:
    """How often a second a block of 4 KB is made durable in a file that has its size already."""
    path = folder / "fdatasync"
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    sync = getattr(os, "fdatasync", os.fsync)
    try:
        os.write(file, bytes(4096 * 1024))
        os.fsync(file)
        done, begun = 0, time.perf_counter()
        while (took := time.perf_counter() - begun) < seconds:
            os.pwrite(file, b"y" * 4096, 4096 * (done % 1024))
            sync(file)
            done += 1
    finally:
        os.close(file)
        path.unlink()
    return done / took


def memory(pid: int | str) -> tuple[int, int]:
    """Bytes a process holds now, and held at its peak since `forget_peak`. Linux only."""
    found = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    now, peak = (int(found[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
    return now, peak


def forget_peak(pid: int | str) -> None:
    """Let the peak begin again from what is held now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def line() -> str:
    """The machine, in one line."""
    model = platform.processor() or platform.machine()
    with suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(each for each in lines if each.startswith("model name")).partition(": ")[2]
    known = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    return (
        f"{os.cpu_count()} cores ({model.strip()}), {platform.system()} {platform.release().partition('-')[0]}, "
        f"Python {platform.python_version()}, {known}, SQLite {apsw.sqlite_lib_version()}"
    )


def progress(words: str) -> None:
    """Tell whoever waits how far we are."""
    print(words, file=sys.stderr, flush=True)
