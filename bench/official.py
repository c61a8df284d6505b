"""The discontinued official client, in an environment of its own under .cache, which tests/official uses too."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from . import environments
from .environments import Missing

__all__ = ["VERSION", "Missing", "python"]

VERSION = "17.0.1"


@cache
def python() -> Path:
    """The interpreter that has it. Raises Missing, saying why."""
    requirement = f"sunshine-conversations-client=={VERSION}"
    return environments.python(f"official-{VERSION}", requirement, "sunshine_conversations_client")
