"""Who is to be copied: ids or external ids, one a line, as CSV with a header, or as JSON lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from ...wire.reading import is_object

NAMES = ("id", "userid", "externalid")  # columns and fields, the best first; any case, with or without underscores


def read(path: Path) -> list[str]:
    """Each once, in the order of the file. Errors: ValueError, which names the line; OSError."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not in UTF-8") from None
    first = next((line for line in lines if line.strip()), "")
    if first.lstrip().startswith("{"):
        found = list(dict.fromkeys(_of_json(path, lines)))
    elif columns := _columns(first):
        found = list(dict.fromkeys(_of_csv(path, lines, columns)))
    else:
        found = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not found:
        raise ValueError(f"{path} names nobody: it has an id or an external id on each line")
    return found


def _columns(header: str) -> list[int]:
    """Where in a row somebody is named, the best place first; [] where the first line is no header."""
    try:
        said = [_name(each) for each in next(csv.reader([header]), list[str]())]
    except csv.Error:
        return []
    return [said.index(name) for name in NAMES if name in said]


def _of_csv(path: Path, lines: list[str], columns: list[int]) -> Iterator[str]:
    rows = csv.reader(lines)
    try:
        next(row for row in rows if row)  # the header
        for row in rows:
            if any(map(str.strip, row)):
                yield _first(path, rows.line_num, (row[at] for at in columns if at < len(row)))
    except csv.Error as error:
        raise ValueError(f"{path}, line {rows.line_num}: {error}") from None


def _of_json(path: Path, lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                said = json.loads(line)
            except (ValueError, RecursionError):
                raise ValueError(f"{path}, line {number}: it is not JSON") from None
            fields = {_name(name): value for name, value in said.items()} if is_object(said) else {}
            yield _first(path, number, (fields.get(name) for name in NAMES))


def _name(said: str) -> str:
    return said.strip().lower().replace("_", "")


def _first(path: Path, number: int, said: Iterator[object]) -> str:
    found = next((each.strip() for each in said if isinstance(each, str) and each.strip()), None)
    if found is None:
        raise ValueError(f"{path}, line {number}: it has no id, userId or externalId")
    return found
