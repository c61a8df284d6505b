"""The store's shape, forward only: each file is applied once, in the order of its number.

What each says of itself in its first line, and may hold, is in CONTRIBUTING.md.
"""

from __future__ import annotations

from importlib.resources import files

from ...ports import Shape
from .._shapes import changes, to_do


def scripts() -> list[tuple[int, str]]:
    """Every migration: its number, and its statements."""
    return sorted((_number(file.name), file.read_text()) for file in files(__name__).iterdir() if _is_one(file.name))


def names() -> dict[int, str]:
    """What each is called, by its number."""
    return {_number(file.name): file.name for file in files(__name__).iterdir() if _is_one(file.name)}


def plan(store: Shape) -> list[tuple[str, str]]:
    """What there is to do to a store: the name of each script, and what kind it is. `UnusableStore`"""
    called = names()
    return [(called[change.version], change.kind) for change in to_do(store, changes(scripts()))]


def _number(name: str) -> int:
    return int(name.partition("_")[0])


def _is_one(name: str) -> bool:
    return name.endswith(".sql")
