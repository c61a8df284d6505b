"""The store's shape, forward only: each file is applied once, in the order of its number."""

from __future__ import annotations

from importlib.resources import files


def scripts() -> list[tuple[int, str]]:
    """Every migration: its number, and its statements."""
    return sorted(
        (int(file.name.partition("_")[0]), file.read_text())
        for file in files(__name__).iterdir()
        if file.name.endswith(".sql")
    )
