"""How much memory a command took."""

from __future__ import annotations

import resource
import sys


def peak() -> float:
    """The most that was resident so far, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1_000_000 if sys.platform == "darwin" else 1_000_000 / 1024)
