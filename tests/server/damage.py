"""Bytes of a store's file, changed as a disk would: by which page of what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import apsw

SIZE = 4096


def pages(path: Path, name: str, kind: str = "%") -> list[int]:
    """Those of a table or an index, by number. `kind`: leaf, internal or overflow."""
    connection: Any = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        sql = "select pageno from dbstat where name = ? and pagetype like ? order by path"
        return [int(row[0]) for row in connection.execute(sql, (name, kind))]
    finally:
        connection.close()


def leaves(path: Path, name: str) -> list[int]:
    """Where its rows are, in the order of its key."""
    return pages(path, name, "leaf")


def spoil(path: Path, page: int, at: int = 0, several: int = 64) -> None:
    """Flip all bits of some bytes of a page."""
    with path.open("r+b") as file:
        file.seek((page - 1) * SIZE + at)
        was = file.read(several)
        file.seek((page - 1) * SIZE + at)
        file.write(bytes(255 - byte for byte in was))
