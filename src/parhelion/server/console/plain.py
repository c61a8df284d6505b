"""Names as text that cannot pretend to be another."""

from __future__ import annotations

import re

# What turns the writing of everything after it around, and so can make one name look like another.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(name: str | None) -> str:
    """A name on one line, with what would turn its letters around made visible."""
    text = _CONTROLS.sub(" ", name or "").replace("\n", " ").replace("\t", " ")
    return _TURNING.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
