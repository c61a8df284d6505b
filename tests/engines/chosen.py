"""Which engines the tests run over: what `--engine` asks for, and what the environment gives. The rows are in SQLite,
unless `--engine postgresql` says otherwise.

A test names a data folder, as ever. Over PostgreSQL each folder has a database of its own, which is emptied and given
to another folder when its test is over.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests import buckets
from tests.engines.postgres import Server, apart, ask
from tests.engines.programs import NoServer

ENGINES = ("postgresql", "s3", "nats", "cluster", "browser")
GIVEN = {  # addresses of what is to be used instead of something of our own
    "postgresql": "PARHELION_TEST_POSTGRES",  # a server, whose databases called parhelion_test_... are made and used
    "s3": buckets.GIVEN,
}
TEMPLATE = "parhelion_test"
EMPTY = """
do $$ declare it record; begin
    for it in select oid from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
        and relname not in ('migration', 'receipt') loop
        execute 'delete from ' || it.oid::regclass;
    end loop;
    for it in select oid from pg_class where relkind = 'S' and relnamespace = 'public'::regnamespace
        and relname <> 'receipt_writer_seq' loop
        perform setval(it.oid, 1, false);
    end loop;
end $$"""
AS_NEW = "select 1 from migration having max(version) < 1000"  # not one that a test has made newer
OTHERS = """
select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"""


@dataclass
class _Chosen:
    engines: Sequence[str] = ()
    server: tuple[str, str] | None = None  # its address up to the name of a database, and what comes after that
    why: str = ""  # there is none
    template: str = ""
    made: int = 0
    used: dict[Path, str] = field(default_factory=dict)  # addresses of databases
    free: list[str] = field(default_factory=list)


_now = _Chosen()


def choose(engines: Sequence[str]) -> None:
    _now.engines = engines


def is_wanted(engine: str) -> bool:
    """Whether tests that need it are to run."""
    return engine in _now.engines or GIVEN.get(engine, "") in os.environ


def has_rows() -> bool:
    """Whether PostgreSQL has the rows of this run. It has those of nodes that share a bus."""
    return not {"postgresql", "nats"}.isdisjoint(_now.engines)


def server() -> tuple[str, str]:
    """Where PostgreSQL is; started when none was given. `NoServer`"""
    if _now.server is None and not _now.why:
        try:
            address, mark, settings = (os.environ.get(GIVEN["postgresql"]) or _started()).partition("?")
            _now.server = address.rpartition("/")[0], mark + settings
        except NoServer as reason:
            _now.why = str(reason)
    if _now.server is None:
        raise NoServer(_now.why)
    return _now.server


def fresh(template: str = "template0") -> str:
    """The address of a new database."""
    _now.made += 1
    name = f"{TEMPLATE}_{os.getpid()}_{_now.made}"
    ask(_address("postgres"), f"create database {name} template {template}")
    return _address(name)


def database(data: Path) -> str | None:
    """What a server on a data folder is told: None, where all is in the folder."""
    if not has_rows():
        return None
    for folder in [each for each in _now.used if not each.parent.exists()]:
        give_back(folder)
    if data not in _now.used:
        _now.used[data] = _now.free.pop() if _now.free else fresh(_template())
    return _now.used[data]


def give_back(folder: Path) -> None:
    """Nobody needs what data folders in it hold."""
    for data in [each for each in _now.used if each.is_relative_to(folder)]:
        address = _now.used.pop(data)
        if ask(address, OTHERS, EMPTY, AS_NEW):
            _now.free.append(address)


def _started() -> str:
    started = Server()
    atexit.register(started.remove)
    return started.address()


def _address(database: str) -> str:
    base, settings = server()
    return f"{base}/{database}{settings}"


def _template() -> str:
    from parhelion.server.databases import migrations
    from parhelion.server.databases.postgres import Postgres

    async def migrate() -> None:
        store = Postgres(address)
        await store.migrate(migrations.scripts())
        await store.close()

    if not _now.template:
        address = fresh()
        apart(migrate)
        _now.template = address.partition("?")[0].rpartition("/")[2]
    return _now.template
