"""What is measured beside us, each in an environment of its own under .cache, made from the package index and kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import machine


class Missing(Exception):
    """It is not here, and could not be had."""


def python(name: str, requirement: str, module: str) -> Path:
    """The interpreter that has it, made when there is none. Raises Missing, saying why."""
    place = machine.CACHE / f"{name}-{sys.version_info.major}.{sys.version_info.minor}"
    if not _works(place, module):
        machine.progress(f"Installing {requirement} into {place.relative_to(machine.ROOT)}")
        place.parent.mkdir(exist_ok=True)
        (place.parent / ".gitignore").write_text("*\n")
        made = place.with_name(f"{place.name}-{os.getpid()}")  # under its own name when it is whole
        pip = [_python(made), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1"]
        try:
            _run([sys.executable, "-m", "venv", made], requirement)
            _run([*pip, requirement], requirement)
            if not place.exists():  # another run may have been faster
                made.rename(place)
        finally:
            shutil.rmtree(made, ignore_errors=True)
        if not _works(place, module):
            raise Missing(f"{requirement} was installed and cannot be imported")
    return _python(place)


def _python(place: Path) -> Path:
    return place / "bin" / "python"


def _works(place: Path, module: str) -> bool:
    asked = [_python(place), "-c", f"import {module}"]
    return asked[0].exists() and subprocess.run(asked, check=False, capture_output=True).returncode == 0


def _run(command: list[str | Path], requirement: str) -> None:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{requirement} could not be installed: {error}") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Missing(f"{requirement} could not be installed: {last}")
