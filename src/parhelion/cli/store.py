"""Where a command finds what the server keeps."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ..server.assemble import engines
from ..server.commands import Engines


@dataclass(frozen=True, slots=True, repr=False)
class Store:
    """A data folder, and the address of a database where the rows are not in the folder."""

    data: Path
    database: str | None = None

    def __str__(self) -> str:
        """Without a password."""
        if self.database is None:
            return str(self.data)
        parts = urlsplit(self.database)
        return f"{self.data} and {parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    __repr__ = __str__

    def open(self) -> AbstractAsyncContextManager[Engines]:
        """The engines over it."""
        return engines(self.data, database=self.database)
