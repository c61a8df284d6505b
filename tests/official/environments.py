"""An environment with a release of the official client in it, made from the package index and kept between runs."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = "sunshine-conversations-client"
RELEASES = ("9.5.7", "12.8.0", "17.0.1")  # the three generations in use: the last of each
UNREACHABLE = re.compile(
    r"(?i)failed to establish|name resolution|name or service not known|getaddrinfo|connection (refused|reset|broken)"
    r"|timed? ?out|proxyerror|network is unreachable|ssl.*error|no route to host"
)


class NoClient(Exception):
    """The official client failed, as it says."""


def environment(version: str) -> Path:
    """The Python of that environment. Skips when the index cannot be reached; anything else that goes wrong fails."""
    kept = ROOT / ".cache" / f"official-{version}-{sys.version_info.major}.{sys.version_info.minor}"
    if not kept.exists():
        made = kept.with_name(f"{kept.name}-{os.getpid()}")  # under its own name when it is whole
        subprocess.run([sys.executable, "-m", "venv", str(made)], check=True, timeout=120)
        install = [str(python(made)), "-m", "pip", "install", "--quiet", "--retries", "1", f"{PACKAGE}=={version}"]
        done = subprocess.run(install, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode == 0:
            with suppress(OSError):  # another run was faster
                made.rename(kept)
        shutil.rmtree(made, ignore_errors=True)
        if done.returncode and UNREACHABLE.search(done.stdout + done.stderr):
            pytest.skip(f"the package index cannot be reached, so {PACKAGE} {version} is not here")
        assert done.returncode == 0, done.stderr
    return python(kept)


def python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


class Official:
    """The official client, in a process of its own."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._process = subprocess.Popen(
            [str(environment(version)), str(Path(__file__).with_name("worker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )

    def run(self, code: str) -> Any:
        """What the code says is its `answer`. Raises NoClient with what it raised."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(code) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        if "error" in told:
            raise NoClient(told["error"])
        return told["answer"]

    def close(self) -> None:
        self._process.communicate("", timeout=20)
