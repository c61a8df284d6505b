"""The SQL of rows and migrations, as PostgreSQL is told it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

_NAME = re.compile(r"'(?:[^']|'')*'|(?<!:):([a-z]\w*)")  # what is in quotes comes first: it names nothing
_RETURNING = re.compile(r"\breturning\b", re.IGNORECASE)
_SHAPE = re.compile(r"\b(create|alter) table\b", re.IGNORECASE)
_TEXT = re.compile(r"\btext\b", re.IGNORECASE)


def named(sql: str, name: Callable[[str], str]) -> str:
    """With something else in place of each `:name`."""
    return _NAME.sub(lambda found: name(found[1]) if found[1] else found[0], sql)


@cache
def numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """`:name` becomes `$1`, one number a name; and the names in that order."""
    names: dict[str, int] = {}
    text = named(sql, lambda name: f"${names.setdefault(name, len(names) + 1)}")
    return text, tuple(names)


@cache
def answers(sql: str) -> bool:
    """Whether a statement that changes rows answers them."""
    return _RETURNING.search(sql) is not None


def bytewise(statement: str) -> str:
    """Text is compared byte by byte, as SQLite does it and as ids want it, whatever the database's own order is."""
    return _TEXT.sub('text collate "C"', statement) if _SHAPE.search(statement) else statement
