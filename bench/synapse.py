"""Matrix Synapse, a peer that does the same job, beside us in the same run.

Synapse comes from the package index, in an environment of its own under .cache. A store with one user and its rooms is
made once, by Synapse itself, and kept beside it; every round starts from a copy of it.

    python -m bench.synapse        makes both, and says where they are
"""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from . import environments, machine, sample, servers, uploads
from .load import load
from .measure import Measure, folder
from .row import Aside, Row

VERSION = "1.163.2"
CONNECTIONS = (1, 16, 64)
ROOMS = 64  # that are sent to: a room for each connection
LISTED, FILLED = 4, 150  # rooms that are listed, and messages in each of them
SHARED_SECRET = "for the bench"  # with which the user registers
FILE = 10_000_000  # bytes
READY = 60  # seconds within which it answers
KEPT = machine.CACHE / f"synapse-{VERSION}-store-{ROOMS}-{LISTED}x{FILLED}"
WHY_SENDS = (
    "a message costs Synapse about 50 times the CPU that it costs us, and what we need is the interpreter's, as "
    "decision 14 says. With one connection half of our time is waiting: for the disk, and for two threads to "
    "wake each other."
)
WHY_UPLOADS = (
    "we sync each file before we answer, and Synapse leaves that to the system: a bare server that only writes and "
    "syncs is below 5 times, too."
)
NO_LIMIT = {"per_second": 1e6, "burst_count": 1_000_000}
LIMITS = {
    **{f"rc_{name}": NO_LIMIT for name in ("message", "registration", "media_create", "room_creation", "profile")},
    "rc_joins": {"local": NO_LIMIT, "remote": NO_LIMIT},
    "rc_login": {"address": NO_LIMIT, "account": NO_LIMIT, "failed_attempts": NO_LIMIT},
}
PEER = f"Matrix Synapse {VERSION}"
BODY = json.dumps(
    {
        "msgtype": "m.text",
        "body": sample.POST["content"]["text"],
        "author": sample.POST["author"],
        "actions": sample.POST["content"]["actions"],
        "metadata": sample.POST["metadata"],
    },
    separators=(",", ":"),
)


@cache
def python() -> Path:
    """The interpreter that has it. Raises Missing, saying why."""
    return environments.python(f"synapse-{VERSION}", f"matrix-synapse=={VERSION}", "synapse.app.homeserver")


def configuration(place: Path, port: int) -> dict[str, Any]:
    """All that it is told; the rest is as it comes. JSON is YAML."""
    return {
        "server_name": "bench",
        "report_stats": False,
        "listeners": [
            {"port": port, "bind_addresses": ["127.0.0.1"], "type": "http", "resources": [{"names": ["client"]}]}
        ],
        "database": {"name": "sqlite3", "args": {"database": str(place / "homeserver.db")}},
        "media_store_path": str(place / "media"),
        "signing_key_path": str(place / "signing.key"),
        "log_config": str(place / "log.json"),
        "trusted_key_servers": [],
        "registration_shared_secret": SHARED_SECRET,
        "macaroon_secret_key": SHARED_SECRET,
        "form_secret": SHARED_SECRET,
        **LIMITS,
    }


LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "ERROR"}}


@contextmanager
def serving(place: Path) -> Iterator[servers.Server]:
    """Synapse over a folder, once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = place / "homeserver.json"
    told.write_text(json.dumps(configuration(place, port)))
    (place / "log.json").write_text(json.dumps(LOGGING))
    command: list[str | Path] = [python(), "-m", "synapse.app.homeserver", "--config-path", told]
    if not (place / "signing.key").exists():
        machine.said([*command, "--generate-keys"])
    process = machine.start(command, machine.SERVES)
    server = servers.Server(process, f"http://127.0.0.1:{port}", authorization="")
    try:
        until = time.monotonic() + READY
        while not _answers(server):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"Synapse does not start: it ended with {process.poll()}")
            time.sleep(0.05)
        yield server
    finally:
        server.stop()


def _answers(server: servers.Server) -> bool:
    try:
        return server.ask("GET", "/health")[0] == 200
    except OSError:
        return False


def _asked(server: servers.Server, method: str, path: str, body: Any = None) -> Any:
    status, answer = server.ask(method, path, body)
    if status != 200:
        raise RuntimeError(f"Synapse answered {method} {path} with {status} {answer[:300]!r}")
    return json.loads(answer)


def register(server: servers.Server) -> str:
    """A user, who is let in by the shared secret: the user's token."""
    nonce = _asked(server, "GET", "/_synapse/admin/v1/register")["nonce"]
    said = {"nonce": nonce, "username": "bench", "password": "bench", "admin": False}
    signed = f"{nonce}\0bench\0bench\0notadmin".encode()
    said["mac"] = hmac.new(SHARED_SECRET.encode(), signed, hashlib.sha1).hexdigest()
    return str(_asked(server, "POST", "/_synapse/admin/v1/register", said)["access_token"])


def store() -> Path:
    """A store with a user, rooms to send to and rooms to list; who and which are in `told.json`."""
    if not KEPT.exists():
        machine.progress(f"Making {ROOMS + LISTED} rooms in Synapse, once, kept in {KEPT.relative_to(machine.ROOT)}")
        with folder() as above:
            place = above / "store"
            place.mkdir()
            with serving(place) as server:
                token = register(server)
                server.authorization = f"Bearer {token}"
                made = [
                    _asked(server, "POST", "/_matrix/client/v3/createRoom", {"preset": "private_chat"})["room_id"]
                    for _ in range(ROOMS + LISTED)
                ]
                rooms = [f"/_matrix/client/v3/rooms/{quote(room)}" for room in made]
                fill(server, putting(rooms[ROOMS:]))
            (place / "told.json").write_text(json.dumps({"token": token, "rooms": rooms}))
            shutil.rmtree(KEPT, ignore_errors=True)
            shutil.move(place, KEPT)
    return KEPT


def putting(rooms: list[str]) -> dict[str, Any]:
    """How a message is sent: under a transaction id of its own."""
    paths = [f"{room}/send/m.room.message/{{number}}" for room in rooms]
    return {"method": "PUT", "paths": paths, "body": BODY}


def posting(paths: list[str]) -> dict[str, Any]:
    """The same here."""
    key = ["idempotency-key: {number}"]
    return {"method": "POST", "paths": paths, "body": sample.POST_BODY.decode(), "headers": key}


def fill(server: servers.Server, sending: dict[str, Any]) -> None:
    ask(server, sending, LISTED, most=LISTED * FILLED)


def ask(
    server: servers.Server, what: dict[str, Any], connections: int, seconds: float = 0, most: int | None = None
) -> dict[str, Any]:
    return load(
        port=server.port,
        authorization=server.authorization,
        connections=connections,
        warm=0.5,
        seconds=seconds,
        most=most,
        **what,
    )


class Side(NamedTuple):
    """A server at work, and how it is asked for the same things."""

    server: servers.Server
    send: dict[str, Any]
    lists: list[str]
    upload: dict[str, Any]
    seconds: float  # that it is asked
    files: int


@contextmanager
def parhelion(place: Path) -> Iterator[Side]:
    app = servers.app(place / "data")
    with servers.serving(servers.parhelion(app), app) as server:
        paths = server.converse(ROOMS + LISTED)
        fill(server, posting(paths[ROOMS:]))
        upload = {"path": f"/v2/apps/{server.app}/attachments?access=public"}
        yield Side(server, posting(paths[:ROOMS]), paths[ROOMS:], upload, 1.0, 50)


@contextmanager
def synapse(place: Path) -> Iterator[Side]:
    shutil.copytree(store(), place / "data")
    told = json.loads((place / "data" / "told.json").read_text())
    with serving(place / "data") as server:
        server.authorization = f"Bearer {told['token']}"
        lists = [f"{room}/messages?dir=b&limit=100" for room in told["rooms"][ROOMS:]]
        upload = {"path": "/_matrix/media/v3/upload?filename=film.pdf", "whole": "application/pdf"}
        yield Side(server, putting(told["rooms"][:ROOMS]), lists, upload, 1.8, 12)


class Synapse(Measure):
    """The same work, done by both."""

    rows = (
        *(
            Row(f"messages sent a second, {many} connection{'s' * (many > 1)}", PEER, 50, 100, True, why=WHY_SENDS)
            for many in CONNECTIONS
        ),
        Row("lists of 100 a second, 1 connection", PEER, 30, 60, True),
        Row(f"uploads of 10 MB, {uploads.AT_A_TIME} at a time, MB/s", PEER, 5, 10, True, why=WHY_UPLOADS),
    )
    method = (
        (
            "Synapse from the package index: one process, SQLite as it sets it up, no rate limits, only errors logged, "
            "everything else as it comes. The same information in each message, each under a key that makes it safe to "
            f"send again (a transaction id there, an Idempotency-Key here), into {ROOMS} rooms or conversations at "
            "random; the same generator, the same cores. Both answer after a commit that is on the disk. Not to be "
            "compared is what Matrix asks for besides: Synapse hashes and signs each message, chains it to those "
            "before it and judges it by the rules of its room, so that other servers could believe it."
        ),
        "As above.",
        "As above.",
        (
            f"The newest 100 of one of {LISTED} rooms or conversations of about {FILLED} messages, as each side "
            "answers them. Synapse also looks up for each of them who may see it."
        ),
        (
            "The same bytes from four threads of one process, a connection for each file; as multipart here, as the "
            "body itself there. Each file is on the disk before Parhelion answers; Synapse leaves that to the system. "
            "A bare socket server, which only writes files and syncs them, says what the disk allows."
        ),
    )

    def __init__(self) -> None:
        rate, milli, kilo = "{:,.0f}".format, "{:.2f}".format, "{:.1f}".format
        whose = ("Parhelion", "Synapse")
        self.figures = {who: [Aside(who, rate) for _ in self.rows] for who in whose}
        self.cpu = {who: Aside(f"{who} CPU ms a message", milli) for who in whose}
        self.pages = {who: Aside(f"{who} page KB", kilo) for who in whose}
        self.bare = Aside("a bare socket server", rate)
        more = {len(CONNECTIONS) - 1: self.cpu, len(CONNECTIONS): self.pages, len(CONNECTIONS) + 1: {"": self.bare}}
        pairs = zip(*self.figures.values(), strict=True)
        self.asides = tuple((*pair, *more.get(number, {}).values()) for number, pair in enumerate(pairs))

    def round(self, quick: bool, number: int) -> None:
        if not self._here(quick):
            return
        sides = [("Parhelion", parhelion), ("Synapse", synapse)]
        for who, side in sides if number % 2 == 0 else sides[::-1]:
            with folder() as place, side(place) as at_work:
                self._take(who, at_work, 0.3 if quick else 1.0)
        with folder() as place, uploads.sink(place, "durably") as port:
            self.bare.add(uploads.send({"port": port, "size": FILE}, 20 if quick else 50))
        for row, ours, theirs in zip(self.rows, *self.figures.values(), strict=True):
            row.add(ours.samples[-1] / theirs.samples[-1])

    def _take(self, who: str, side: Side, much: float) -> None:
        server, pid, seconds = side.server, side.server.process.pid, side.seconds * much
        found: list[float] = []
        for connections in CONNECTIONS:
            used = machine.cpu_until_now(pid)
            sent = ask(server, side.send, connections, seconds)
            found.append(sent["rate"])
        self.cpu[who].add((machine.cpu_until_now(pid) - used) / sent["done"] * 1000)
        found.append(ask(server, {"method": "GET", "paths": side.lists}, 1, seconds)["rate"])
        self.pages[who].add(len(server.ask("GET", side.lists[0])[1]) / 1000)
        asked = {"port": server.port, "authorization": server.authorization, "size": FILE, **side.upload}
        uploads.send(asked, uploads.AT_A_TIME)
        found.append(uploads.send(asked, round(side.files * much)))
        for aside, each in zip(self.figures[who], found, strict=True):
            aside.add(each)

    def _here(self, quick: bool) -> bool:
        """Whether it can be measured; otherwise the rows say why not."""
        why = self.rows[0].missing
        if quick and not why:
            why = "a quick run leaves it out; `make bench ONLY=synapse` does not"
        if not why:
            try:
                store()
            except environments.Missing as missing:
                why = str(missing)
        for row in self.rows:
            row.missing = why
        return not why


if __name__ == "__main__":
    print(python(), store())
