"""What a store still holds, byte by byte: strings are looked for in every file, however they may be written there."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from parhelion.server.ports import Database
from tests.engines import chosen

_TABLES = "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"


def spellings(text: str) -> Iterator[bytes]:
    """In lower case, as all is compared: as it is, as other encodings have it, escaped, and inside of base64."""
    text = text.lower()
    yield text.encode()
    yield json.dumps(text)[1:-1].encode()
    for encoding in ("utf-16-le", "utf-16-be"):
        yield text.encode(encoding)


def in_base64(text: str) -> Iterator[bytes]:
    """As it is, but for the letters at both ends that hold bytes of its neighbours, at each of three places."""
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + text.encode()).rstrip(b"=")
        yield coded[-(-before * 8 // 6) : len(coded) - 1]


def found(pieces: Iterable[bytes], texts: Iterable[str]) -> set[str]:
    """Which of these texts are in any of the pieces."""
    wanted, met = set(texts), set[str]()
    for piece in pieces:
        lower = piece.lower()
        met |= {
            text
            for text in wanted - met
            if any(each in lower for each in spellings(text)) or any(each in piece for each in in_base64(text))
        }
    return met


async def pieces(folder: Path, database: Database) -> list[bytes]:
    """Every file of a data folder with its name; and over PostgreSQL, every value of every table."""
    held = _files(folder)
    for (table,) in await database.read_all(_TABLES, {}) if chosen.has_rows() else ():
        rows = await database.read_all(f"select * from {table}", {})
        held += [b"\n".join(each if isinstance(each, bytes) else str(each).encode() for each in row) for row in rows]
    return held


def _files(folder: Path) -> list[bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path.relative_to(folder)).encode() + b"\n" + path.read_bytes() for path in files]
