"""The store that `filling` makes: made once, kept in .cache, and copied by whoever works on it."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import apsw

from parhelion.server.databases import migrations

from . import machine, servers
from .measure import folder

LAYOUT = 1  # counted up when `filling` makes something else of the same size
ROOM = 2  # what it takes on the disk while it is worked on, in kB a message
OLDER = "update event set created_at = created_at + :milliseconds"


@dataclass(frozen=True)
class Size:
    """How much is in a store."""

    messages: int
    conversations: int
    large: int  # conversations among them
    size: int  # of a large one, in messages
    of_one: int  # conversations of one user


class Store(NamedTuple):
    """A data folder, and what is in it."""

    app: servers.App
    there: dict[str, Any]

    @property
    def path(self) -> Path:
        return self.app.data / "parhelion.db"


class NoRoom(Exception):
    """The disk is too full for it."""


def kept(size: Size) -> Path:
    """The one in .cache: made when there is none, or one of another shape."""
    version = max(number for number, _ in migrations.scripts())
    shape = {**asdict(size), "version": version, "layout": LAYOUT}
    place = machine.CACHE / f"growth-{size.messages}"
    if not (place / "there.json").exists() or _there(place)["shape"] != shape:
        machine.progress(f"Making a store of {size.messages:,} messages, to be kept in .cache: about a minute")
        shutil.rmtree(place, ignore_errors=True)
        with folder() as above:
            app = servers.app(above / "store")
            asked = json.dumps({"app": app.id, **asdict(size)})
            there = json.loads(machine.said([sys.executable, "-m", "bench.filling", app.data, asked], None))
            there |= {"shape": shape, "app": app.id, "authorization": app.authorization}
            (app.data / "there.json").write_text(json.dumps(there))
            shutil.move(app.data, place)
    return place


def copied(size: Size, to: Path) -> Store:
    """A copy, on the disk, whose events are as old as if it had been made now. Raises NoRoom."""
    needed = size.messages * ROOM * 1000
    if shutil.disk_usage(to.parent).free < needed:
        raise NoRoom(f"it takes {needed / 1e9:.1f} GB in {to.parent.parent}, and there is less")
    place = kept(size)
    there = _there(place)
    shutil.copytree(place, to)
    store = Store(servers.App(to, there["app"], there["authorization"]), there)
    connection = apsw.Connection(str(store.path))
    connection.execute(OLDER, {"milliseconds": round((time.time() - there["made"]) * 1000)})
    connection.close()
    with store.path.open("rb") as file:
        os.fsync(file.fileno())  # or it would be written while others are timed
    return store


def _there(place: Path) -> dict[str, Any]:
    there: dict[str, Any] = json.loads((place / "there.json").read_text())
    return there
