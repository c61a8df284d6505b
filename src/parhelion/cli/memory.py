"""How much memory a command took."""

from __future__ import annotations

import re
import resource
import sys
from contextlib import suppress
from pathlib import Path

_MOST = re.compile(r"VmHWM:\s+(\d+) kB")


def peak() -> float:
    """The most that was resident so far, in MB."""
    with suppress(OSError):  # Linux says it of this program; getrusage, of whoever started it, too
        if found := _MOST.search(Path("/proc/self/status").read_text(encoding="ascii", errors="replace")):
            return int(found[1]) / (1_000_000 / 1024)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1_000_000 if sys.platform == "darwin" else 1_000_000 / 1024)
