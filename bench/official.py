"""The discontinued official client, in an environment of its own under .cache, which tests/official uses too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from . import machine

VERSION = "17.0.1"
PLACE = machine.CACHE / f"official-{VERSION}-{sys.version_info.major}.{sys.version_info.minor}"
PYTHON = PLACE / "bin" / "python"
PACKAGE = f"sunshine-conversations-client=={VERSION}"


class Missing(Exception):
    """It is not here, and could not be had."""


@cache
def python() -> Path:
    """The interpreter that has it. Raises Missing, saying why."""
    if not _works():
        machine.progress(f"Installing {PACKAGE} into {PLACE.relative_to(machine.ROOT)}")
        PLACE.parent.mkdir(exist_ok=True)
        (PLACE.parent / ".gitignore").write_text("*\n")
        made = PLACE.with_name(f"{PLACE.name}-{os.getpid()}")  # under its own name when it is whole
        pip = [made / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        try:
            _run([sys.executable, "-m", "venv", made])
            _run([*pip, "--retries", "1", PACKAGE])
            if not PLACE.exists():  # another run may have been faster
                made.rename(PLACE)
        finally:
            shutil.rmtree(made, ignore_errors=True)
        if not _works():
            raise Missing(f"{PACKAGE} was installed and cannot be imported")
    return PYTHON


def _works() -> bool:
    asked = [PYTHON, "-c", "import sunshine_conversations_client"]
    return PYTHON.exists() and subprocess.run(asked, check=False, capture_output=True).returncode == 0


def _run(command: list[str | Path]) -> None:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{PACKAGE} could not be installed: {error}") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Missing(f"{PACKAGE} could not be installed: {last}")
