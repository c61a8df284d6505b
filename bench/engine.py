"""A PostgreSQL for the measurements that need one: started once a run, with a database for whoever asks."""

from __future__ import annotations

import atexit
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

from tests.engines.postgres import Server, ask
from tests.engines.programs import NoServer

from . import machine

__all__ = ["SAID", "NoServer", "database"]
# Whoever runs it may not be allowed into .cache; and where /tmp is memory, nothing would be durable.
PLACE = Path("/var/tmp")
SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "4GB"}
SAID = "as it is installed, but with shared_buffers of 512 MB and max_wal_size of 4 GB"
_numbers = count(1)


@contextmanager
def database() -> Iterator[str]:
    """The address of an empty database while it is needed. Raises NoServer, saying why."""
    server, name = _server(), f"bench_{next(_numbers)}"
    if isinstance(server, str):
        raise NoServer(server)
    ask(server.address(), f"create database {name}")
    try:
        yield server.address(name)
    finally:
        ask(server.address(), f"drop database {name} with (force)", "checkpoint")


@cache
def _server() -> Server | str:
    """Or why there is none."""
    above = Path(os.environ.get("BENCH_DATA", PLACE))
    machine.progress("Starting a PostgreSQL; where it is not installed, Debian's package may be")
    try:
        server = Server(above if above.is_dir() else Path(tempfile.gettempdir()), **SETTINGS)
    except NoServer as reason:
        return str(reason)
    atexit.register(server.remove)
    return server
