"""Stores of other versions: which ones a program works with, and how one becomes another while it is in use."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest

from parhelion.server.databases import migrations
from parhelion.server.databases.sqlite import Sqlite
from parhelion.server.ports import Database, Shape, Step, UnusableStore, Write
from tests.cli.test_database import run as command
from tests.engines import chosen
from tests.engines.postgres import ask

Scripts = list[tuple[int, str]]
FIRST: Scripts = [(1, "-- expand: from 1\ncreate table box (id text primary key, n bigint not null default 0);\n")]
EXPANDED: Scripts = [*FIRST, (2, "-- expand\nalter table box add column label text;\n")]
INDEXED: Scripts = [*EXPANDED, (3, "-- index\ncreate index box_by_label on box (label, id);\n")]
FILL = """-- backfill
update box set label = 'box ' || id where id in (select id from box where label is null order by id limit 100);
"""
FILLED: Scripts = [*INDEXED, (4, FILL)]
CONTRACTED: Scripts = [*FILLED, (5, "-- contract: from 4\nalter table box drop column n;\n")]
ADD = (Step("insert into box (id, n) values (:id, :n)"),)


def box(id: str) -> Write:
    return Write(id, ADD, {"id": id, "n": 0})


class Place:
    """Where one store is."""

    def __init__(self, where: Path | str) -> None:
        self.where = where

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Database]:
        database = self._made()
        try:
            yield database
        finally:
            await database.close()

    def _made(self) -> Database:
        if isinstance(self.where, Path):
            return Sqlite(self.where)
        from parhelion.server.databases.postgres import Postgres

        return Postgres(self.where)

    def sql(self, *statements: str) -> Sequence[Any]:
        """Past the programs."""
        if isinstance(self.where, str):
            return ask(self.where, *statements)
        connection = apsw.Connection(str(self.where))
        try:
            return [row for statement in statements for row in connection.execute(statement)]
        finally:
            connection.close()

    async def migrated(self, scripts: Scripts) -> list[int]:
        done: list[int] = []
        async with self.opened() as database:
            await database.migrate(scripts, done.append)
        return done

    async def filled(self, scripts: Scripts, several: int) -> None:
        await self.migrated(scripts)
        counted = f"with recursive c(n) as (select 1 union all select n + 1 from c where n < {several})"
        self.sql(f"insert into box (id, n) {counted} select 'b' || n, n from c")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.engine("postgresql"))])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Place(tmp_path / "db" if request.param == "sqlite" else chosen.fresh())


@pytest.fixture
def shared() -> Place:
    return Place(chosen.fresh())


def run(story: Callable[[], Coroutine[Any, Any, Any]], seconds: float = 60) -> Any:
    return asyncio.run(asyncio.wait_for(story(), seconds))


def test_a_program_works_with_a_newer_store_until_something_is_taken_away_that_it_uses(place: Place) -> None:
    async def story() -> None:
        await place.migrated(FIRST)
        async with place.opened() as old:
            await old.open(FIRST)
            assert await place.migrated(FILLED) == [2, 3, 4]
            await old.write(box("b"))  # while it is open...
        async with place.opened() as old:
            await old.open(FIRST)  # ... and when it comes again
            assert [tuple(row) for row in await old.read_all("select id, n from box", {})] == [("b", 0)]
            assert await old.shape() == Shape(4, 1)
        assert await place.migrated(CONTRACTED) == [5]
        async with place.opened() as old:
            with pytest.raises(UnusableStore, match="version 5, and this program knows versions up to 1: it takes one"):
                await old.open(FIRST)
        async with place.opened() as before:
            await before.open(FILLED)

    run(story)


def test_a_script_that_does_not_say_what_it_is_shuts_older_programs_out(place: Place) -> None:
    async def story() -> None:
        await place.migrated([*FIRST, (2, "create table other (id text primary key);\n")])
        async with place.opened() as old:
            with pytest.raises(UnusableStore, match="one that knows version 2"):
                await old.open(FIRST)

    run(story)


@pytest.mark.parametrize("version", range(1, 5))
def test_stores_from_before_the_rule_are_brought_up_to_date(place: Place, version: int) -> None:
    everything = migrations.scripts()
    run(lambda: place.migrated(everything[:version]))
    place.sql("alter table migration drop column oldest")  # which it had not then

    async def story() -> None:
        async with place.opened() as store:
            assert await store.shape() == Shape(version, version)
            await store.migrate(everything)
            await store.open(everything)
            assert await store.shape() == Shape(everything[-1][0], 4)
            assert await store.read_all("select fingerprint from master_key", {}) == []

    run(story)


def test_a_database_of_somebody_else_is_refused_and_left_alone(place: Place) -> None:
    place.sql("create table orders (id bigint primary key)", "insert into orders values (7)")

    async def story() -> None:
        for act in ("open", "migrate"):
            async with place.opened() as store:
                with pytest.raises(UnusableStore, match=r"tables that are not ours \(orders\)"):
                    await getattr(store, act)(FIRST)

    run(story)
    assert [tuple(row) for row in place.sql("select id from orders")] == [(7,)]


def test_two_at_once_and_again_do_it_once(place: Place) -> None:
    async def story() -> None:
        await place.filled(FIRST, 1000)
        both = await asyncio.gather(place.migrated(CONTRACTED), place.migrated(CONTRACTED))
        assert sorted([*both[0], *both[1]]) == [2, 3, 4, 5]
        assert await place.migrated(CONTRACTED) == []

    run(story)
    assert place.sql("select count(*) from box where label = 'box ' || id")[0][0] == 1000


def test_a_backfill_that_was_cut_off_goes_on_where_it_was(place: Place) -> None:
    trips = "insert into box (id, n) select min(id), 0 from box having count(label) = 500;\n"  # at half of it

    async def story() -> None:
        await place.filled(INDEXED, 1000)
        with pytest.raises(UnusableStore, match=r"(?i)unique"):
            await place.migrated([*INDEXED, (4, FILL + trips)])
        assert place.sql("select count(*) from box where label is not null")[0][0] == 400, "whole runs of it"
        assert await place.migrated(FILLED) == [4]

    run(story)
    assert place.sql("select count(*) from box where label = 'box ' || id")[0][0] == 1000


# -- PostgreSQL, which others use meanwhile --------------------------------------------------------------------------


@pytest.mark.engine("postgresql")
def test_a_store_that_others_share_is_changed_only_when_somebody_says_so(shared: Place) -> None:
    async def story() -> None:
        await shared.migrated(FIRST)
        async with shared.opened() as new:
            with pytest.raises(UnusableStore, match=r"version 1, and this program needs 4.*`parhelion migrate`"):
                await new.open(FILLED)
            assert await new.shape() == Shape(1, 1)
        await shared.migrated(FILLED)
        async with shared.opened() as new:
            await new.open(CONTRACTED)  # what is only to be taken away can wait

    run(story)


@pytest.mark.engine("postgresql")
def test_nobody_waits_long_behind_a_change_that_waits_for_a_table(shared: Place) -> None:
    import asyncpg

    waiting = "select waitstart from pg_locks where not granted and mode = 'AccessExclusiveLock'"

    async def story() -> float:
        await shared.filled(FIRST, 100)
        holder, watch = await asyncpg.connect(shared.where), await asyncpg.connect(shared.where)
        await holder.execute("begin")
        await holder.fetch("select count(*) from box")  # it is held from here on
        change = asyncio.create_task(shared.migrated(EXPANDED))
        longest, tries = 0.0, set[Any]()
        async with shared.opened() as old:
            await old.open(FIRST)
            while len(tries) < 3:
                tries |= {row[0] for row in await watch.fetch(waiting)}
                begun = asyncio.get_running_loop().time()
                await old.read_all("select n from box where id = 'b1'", {})
                longest = max(longest, asyncio.get_running_loop().time() - begun)
            assert not change.done()
            await holder.execute("rollback")
            assert await change == [2]
        await holder.close()
        await watch.close()
        return longest

    assert run(story) < 1.5, "a change waits for 0.2 s at a time"


@pytest.mark.engine("postgresql")
def test_an_index_is_made_while_others_write_and_what_was_cut_off_is_made_anew(shared: Place) -> None:
    unique = (3, "-- index\ncreate unique index box_by_label on box (label);\n")
    valid = "select indisvalid from pg_index where indexrelid = 'box_by_label'::regclass"

    async def story() -> None:
        await shared.filled(EXPANDED, 10)
        shared.sql("update box set label = 'same'")
        with pytest.raises(UnusableStore, match=r"(?i)unique"):
            await shared.migrated([*EXPANDED, unique])
        assert shared.sql(valid)[0][0] is False, "that is what PostgreSQL leaves"
        shared.sql("update box set label = id")
        async with shared.opened() as old:
            await old.open(FIRST)
            change = asyncio.create_task(shared.migrated([*EXPANDED, unique]))
            written = 0
            while not change.done() or not written:
                await old.write(box(f"x{written}"))
                written += 1
            assert await change == [3]
        assert shared.sql(valid)[0][0] is True

    run(story)


@pytest.mark.engine("postgresql")
def test_an_index_of_a_table_in_partitions_is_on_all_of_them(shared: Place) -> None:
    parts = """-- expand
create table box (id text not null, label text, primary key (id)) partition by hash (id);
create table box_0 partition of box for values with (modulus 2, remainder 0);
create table box_1 partition of box for values with (modulus 2, remainder 1);
"""

    async def story() -> None:
        await shared.migrated([(1, parts)])
        assert await shared.migrated([(1, parts), INDEXED[-1]]) == [3]
        assert await shared.migrated([(1, parts), INDEXED[-1]]) == []

    run(story)
    found = shared.sql("select indisvalid from pg_index where indexrelid::regclass::text like '%box_by_label'")
    assert [row[0] for row in found] == [True] * 3


@pytest.mark.engine("postgresql")
def test_nothing_is_taken_away_while_somebody_is_connected_who_needs_it(
    shared: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    from parhelion.server.databases import _migrating

    monkeypatch.setattr(_migrating, "FAREWELL", 0.3)

    async def story() -> None:
        await shared.filled(EXPANDED, 3)
        async with shared.opened() as old:
            await old.open(EXPANDED)
            with pytest.raises(UnusableStore, match=r"do not know version 4.*stop them, and run it again"):
                await shared.migrated(CONTRACTED)
            assert await old.shape() == Shape(4, 1), "all that could be done was"
            await old.write(box("x"))
        monkeypatch.undo()
        async with shared.opened() as new:
            await new.open(FILLED)
            assert await shared.migrated(CONTRACTED) == [5]

    run(story)


@pytest.mark.engine("postgresql")
def test_a_change_whose_connection_is_lost_says_so_and_can_be_run_again(shared: Place) -> None:
    kill = """select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'parhelion 4' and pid <> pg_backend_pid() and query like '%update box%'"""

    async def story() -> None:
        await shared.filled(INDEXED, 20_000)
        change = asyncio.create_task(shared.migrated(FILLED))
        while not change.done() and not await asyncio.to_thread(shared.sql, kill):
            pass
        with pytest.raises(UnusableStore, match="was lost while it was brought up to date"):
            await change
        assert await shared.migrated(FILLED) == [4]

    run(story)
    assert shared.sql("select count(*) from box where label = 'box ' || id")[0][0] == 20_000


# -- the command -----------------------------------------------------------------------------------------------------


def test_the_command_says_what_there_is_to_do_and_does_it(place: Place, tmp_path: Path) -> None:
    everything = migrations.scripts()
    data = tmp_path / "data"
    data.mkdir()
    if isinstance(place.where, Path):
        place.where = data / "parhelion.db"
        where = ["--data", str(data)]
    else:
        where = ["--data", str(data), "--database", place.where.replace("parhelion@", "parhelion:geheim@")]
    run(lambda: place.migrated(everything[:3]))
    dry = command("migrate", *where, "--dry-run")
    assert (dry.returncode, dry.stderr) == (0, "")
    assert re.search(r"is of version 3, .*\nto do: 0004_master_key\.sql \(expand\)\n", dry.stdout)
    assert "Nothing was changed" in dry.stdout
    if isinstance(place.where, str):
        refused = command("serve", "--port", "0", *where)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "`parhelion migrate`" in refused.stderr
    done = command("migrate", *where)
    assert (done.returncode, done.stderr) == (0, "")
    assert "done: 0004_master_key.sql" in done.stdout
    assert f"It is of version {everything[-1][0]} now" in done.stdout
    again = command("migrate", *where)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.endswith("There is nothing to do.\n")
    assert "geheim" not in "".join(each.stdout + each.stderr for each in (dry, done, again))


def test_the_command_makes_no_store(tmp_path: Path) -> None:
    done = command("migrate", "--data", str(tmp_path / "none"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"parhelion: there is no store in {tmp_path / 'none'}: parhelion serve makes one\n"
    assert not (tmp_path / "none").exists()


# -- what a script may hold: see CONTRIBUTING.md ---------------------------------------------------------------------

ALLOWED = {
    "expand": r"create table (?P<made>\w+) |create (unique )?index \w+ on (?P<indexed>\w+) |"
    r"alter table \w+ add column \w+ \w+( not null default \S+)?$|insert into (?P<given>\w+) ",
    "index": r"create (unique )?index \w+ on \w+ ",
    "backfill": r"(?s)(update|insert into|delete from) .* limit \d+",
    "contract": r"drop (table|index) \w+$|alter table \w+ drop column \w+$|alter table \w+ alter column ",
}


def faults(version: int, text: str) -> list[str]:
    """What a script does that its kind may not."""
    head, _, body = text.partition("\n")
    kind = re.fullmatch(r"-- (expand|index|backfill|contract: from (\d+))", head)
    if kind is None:
        return [f"{version}: the first line says what it is"]
    if kind[2] is not None and not 0 < int(kind[2]) < version:
        return [f"{version}: whoever knew the version before goes on working"]
    found, made = list[str](), set[str]()
    bare = re.sub(r"--[^\n]*", "", body)
    for statement in filter(None, (each.strip() for each in bare.split(";\n"))):
        read = re.match(ALLOWED[kind[1].partition(":")[0]], " ".join(statement.split()))
        if read is None:
            found.append(f"{version}: {kind[1]} may not {statement}")
            continue
        named = read.groupdict()
        made |= {named.get("made") or ""}
        if (table := named.get("indexed") or named.get("given")) and table not in made:
            found.append(f"{version}: {table} is in use: it takes a script of its own to {statement}")
    return found


def test_scripts_hold_what_their_kind_may_and_have_every_number_once() -> None:
    files = sorted(Path(str(migrations.__file__)).parent.glob("*.sql"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    assert all(file.read_text().endswith(";\n") for file in files)
    later = [(number, text) for number, text in migrations.scripts() if number > 4]  # before that there was no rule
    assert [fault for number, text in later for fault in faults(number, text)] == []


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("-- expand\ncreate table a (id text primary key);\ncreate index a_by on a (id);\n", True),
        ("-- expand\nalter table a add column b text not null default '';\n", True),
        ("-- expand\nalter table a add column b text;\n", True),
        ("-- index\ncreate index a_by on a (b);\n", True),
        (FILL, True),
        ("-- contract: from 8\nalter table a drop column b;\n", True),
        ("create table a (id text primary key);\n", False),
        ("-- expand\nalter table a drop column b;\n", False),
        ("-- expand\nalter table a add column b text not null;\n", False),
        ("-- expand\ncreate index a_by on a (b);\n", False),
        ("-- expand\nupdate a set b = 1;\n", False),
        ("-- index\ncreate table a (id text primary key);\n", False),
        ("-- backfill\nupdate a set b = 1 where b is null;\n", False),
        ("-- contract: from 9\ndrop table a;\n", False),
        ("-- contract\ndrop table a;\n", False),
    ],
)
def test_what_a_script_may_not_hold_is_told(text: str, allowed: bool) -> None:
    assert (faults(9, text) == []) is allowed
