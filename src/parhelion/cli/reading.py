"""What is said in a setting or an option, as a word: read, or refused with what would be right (ValueError)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..server.assemble import Store
    from ..server.bus.address import Bus
    from ..server.media.bucket import Bucket
    from ..server.rules.rates import Rate
    from ..server.rules.whence import Network

WORKERS = 64  # at most: a machine with more cores has no use for more on one file
SECONDS = 3600  # at most, of what a stop waits for


def host(said: str) -> str:
    if not said.strip():
        raise ValueError("it is empty; to listen on every address, say 0.0.0.0")
    return said


def url(said: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/\-]*)?", said):
        raise ValueError(f"{said!r} is not an address such as https://chat.example.org")
    return said


def target(said: str) -> str:
    match = re.fullmatch(r"https?://([A-Za-z0-9._\-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?([/?][!-~]*)?", said)
    if match is None or int((match[2] or ":0")[1:]) > 65535:
        raise ValueError(f"{said!r} is not an address such as http://localhost:3000/hook")
    return said


def header(said: str) -> str:
    if not (said and said.isascii() and said.isprintable() and said == said.strip()):
        raise ValueError("it should be ASCII, and not begin or end with a space")
    return said


def media_host(said: str) -> str:
    """A host, perhaps with a port, as addresses of files name it."""
    from ..server.rules.targets import place_of  # needs nothing of the server's extra

    try:
        place = place_of(f"https://{said}")
    except ValueError as error:
        raise ValueError(f"it {error}") from None
    if place.path != "/":
        raise ValueError(f"{said!r} is not a host such as media.example.org")
    return place.authority


def attempts(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and len(said) <= 2):
        raise ValueError(f"{said!r} is not a number of times: 0 to 99")
    return int(said)


def moment(said: str) -> datetime:
    try:
        read = datetime.fromisoformat(said)
    except ValueError:
        raise ValueError(f"{said!r} is not a time such as 2026-01-31T12:00:00Z") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def port(said: str) -> int:
    if not (said.isascii() and said.isdecimal()) or int(said) > 65535:
        raise ValueError(f"{said!r} is not a port: 0 to 65535")
    return int(said)


def several(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and len(said) < 9 and int(said) > 0):
        raise ValueError(f"{said!r} is not a number, 1 or more")
    return int(said)


def workers(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and len(said) <= 2 and 0 < int(said) <= WORKERS):
        raise ValueError(f"{said!r} is not a number of processes: 1 to {WORKERS}")
    return int(said)


def days(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and len(said) <= 5):
        raise ValueError(f"{said!r} is not a number of days: 1 or more, or 0 for ever")
    return int(said)


def networks(said: str) -> tuple[Network, ...]:
    """Some, with commas between them."""
    from ..server.rules.whence import network  # needs nothing of the server's extra

    return tuple(network(each) for each in said.split(",") if each.strip())


def seconds(said: str) -> float:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", said, re.ASCII) or float(said) > SECONDS:
        raise ValueError(f"{said!r} is not a number of seconds: 0 to {SECONDS}")
    return float(said)


def words(*allowed: str) -> Callable[[str], tuple[str, ...]]:
    """Some of these, with commas between them."""

    def read(said: str) -> tuple[str, ...]:
        found = tuple(filter(None, (each.strip() for each in said.split(","))))
        for each in found:
            if each not in allowed:
                raise ValueError(f"{each!r} is none of {', '.join(allowed)}")
        return found

    return read


def one_of(*allowed: str) -> Callable[[str], str]:
    """One of these."""

    def read(said: str) -> str:
        if said not in allowed:
            raise ValueError(f"{said!r} is neither {' nor '.join(allowed)}")
        return said

    return read


def rate(said: str) -> Rate:
    from ..server.rules.rates import rate_of  # needs nothing of the server's extra

    return rate_of(said)


def bucket(said: str) -> Bucket:
    from ..server.media.bucket import bucket_of  # needs nothing of the server's extra

    return bucket_of(said, os.environ)


def bus(said: str) -> Bus:
    from ..server.bus.address import bus_of  # needs nothing of the server's extra

    return bus_of(said)


def store(said: str) -> Store:
    """Rows by themselves, as `parhelion copy` is told them."""
    from ..server.assemble import Store

    if said.startswith(("postgresql://", "postgres://")):
        return Store(Path(), said)
    kind, _, folder = said.partition(":")
    if kind != "sqlite" or not folder:
        raise ValueError("it is not an address such as sqlite:./parhelion-data or postgresql://...")
    return Store(Path(folder))


def place(said: str) -> Path | Bucket:
    """Where attachments are."""
    return bucket(said) if said.startswith("s3:") else Path(said)
