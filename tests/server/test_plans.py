"""How a database goes about what it is asked: never through all that an app has of something, for the sake of a few."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import apsw
import pytest

from parhelion.server import rows
from parhelion.server.databases import migrations
from parhelion.server.databases._words import asked_in_sqlite
from parhelion.server.databases.sqlite import Sqlite
from parhelion.server.ports import Step, Write
from tests.engines import chosen

CROWDED = (
    "app_user|arrival|attachment|attachment_use|client|client_association|conversation|delivery|device|event|message"
)
THROUGH = re.compile(rf"SCAN ({CROWDED}|participant)\b|SEARCH ({CROWDED}|participant) USING .*\(app_id=\?\)")
VERBS = re.compile(r"\s*(select|insert|update|delete)\s")
# Some at a time; or whether there is any; or what no statement says by itself.
COMPLETE = re.compile(r"(?is)\s*(select|insert|update|delete|with)\s(?!.*\{)(?!.*\b(and|where|p\.)\s*$)")
BOUNDED = re.compile(r"limit :several|not exists \(select 1 from \w+ where app_id = :app\)|\{")


def statements(module: ModuleType) -> Iterator[str]:
    """All that is written down in a file of rows."""
    for value in vars(module).values():
        yield from (value,) if isinstance(value, str) else (step.sql for step in steps(value))


def steps(value: Any) -> Iterator[Step]:
    if isinstance(value, Step):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from steps(each)


def written() -> tuple[Write, ...]:
    """Writes that are put together: what they are depends on how many come."""
    person = rows.participants.Joining("user", "participant", rows.participants.SDKClient("client", b"", new=True))
    told = rows.events.Told("id", "conversation:message", "conversation", "lane", b"")
    post = rows.messages.post("app", "conversation", "id", 0, b"", ["file"], "user")
    return (
        rows.events.telling(post, "app", 0, [told]),
        rows.conversations.create("app", "id", "personal", [person], b"", 0, "", default=True, alone=True),
        rows.users.forget("app", "user", b"", b"", [("client", b"", b"")], 0),
        rows.tally.add("app", 0, {"name": 1}),
        rows.erasures.untell("app", 1, ["webhook"]),
        rows.erasures.retell("app", 1, b"", b"", ["webhook"]),
    )


def put_together() -> list[str]:
    """Statements that are not written down in one piece."""
    return [step.sql for write in written() for step in write.steps]


# How much there is: asked once, before all of it is read.
WHOLE = {rows.exporting.SIZE, rows.attachments.COUNT}
EVERY = [sql for module in vars(rows).values() if isinstance(module, ModuleType) for sql in statements(module)]
ASKED = [sql for sql in EVERY if sql not in WHOLE]


def through(folder: Path, asked: list[str]) -> dict[str, list[str]]:
    """The statements that look through all of an app, and where they do."""

    async def explained() -> dict[str, list[str]]:
        database = Sqlite(folder / "parhelion.db")
        try:
            await database.migrate(migrations.scripts())
            found: dict[str, list[str]] = {}
            for sql in sorted({each for each in asked if VERBS.match(each) and not BOUNDED.search(each)}):
                with suppress(apsw.SQLError):  # a beginning, which others complete
                    values = dict.fromkeys(re.findall(r":(\w+)", sql))
                    plan = await database.read_all(f"explain query plan {sql}", values)
                    found[sql] = [row[3] for row in plan if THROUGH.match(row[3])]
            assert len(found) == 1 or len(found) > 150, "that is not all of them"
            return {sql: places for sql, places in found.items() if places}
        finally:
            await database.close()

    return asyncio.run(explained())


def test_a_few_are_found_without_looking_through_all_of_an_app(tmp_path: Path) -> None:
    assert through(tmp_path, [*ASKED, *put_together()]) == {}


@pytest.mark.parametrize(
    "sql",
    [
        "select body from app_user where app_id = :app and email = :email and brand_id = :brand order by id",
        "delete from participant where app_id = :app and user_id = :user",
        "delete from attachment where app_id = :app and id in (select attachment_id from media_to_remove)",
        "select count(*) from message",
    ],
)
def test_one_that_does_is_told(sql: str, tmp_path: Path) -> None:
    assert sql in through(tmp_path, [sql])


def test_a_search_begins_with_the_index_of_words_and_sorts_nothing(tmp_path: Path) -> None:
    async def explained() -> list[list[str]]:
        database = Sqlite(tmp_path / "parhelion.db")
        try:
            await database.migrate(migrations.scripts())
            values = dict.fromkeys(("app", "conversation", "words", "cursor"), "a") | {"several": 1}
            return [
                [row[3] for row in await database.read_all(f"explain query plan {asked_in_sqlite(sql)}", values)]
                for sql in rows.search.PAGES.values()
            ]
        finally:
            await database.close()

    for plan in asyncio.run(explained()):
        assert "VIRTUAL TABLE INDEX" in plan[0]
        assert all(step.startswith("SEARCH") for step in plan[1:]), plan


# -- the same, over PostgreSQL ----------------------------------------------------------------------------------------

WALKED = re.compile(
    rf"Seq Scan on ({CROWDED}|participant)(_\d\d)?\b"
    rf"|Index (?:Only )?Scan (?:Backward )?using \w+ on ({CROWDED})(_\d\d)?\b[^\n]*\n"
    r"\s+Index Cond: \(app_id = \$\d+\)\n"
)
PARTITION = re.compile(r"Scan (?:Backward )?(?:using \w+ )?on (message|delivery)_(\d\d)\b")
# What is asked of an app, or of a lane, is asked of all partitions: rarely, or of few of them.
OF_ALL = re.compile(
    r"from (message|delivery) where app_id = :app(\)| order by [\w, ]+ limit :several)"
    r"|\blane = :lane|d\.lane|min\(webhook_id\)|d\.webhook_id = w\.id|m\.conversation_id = c\.id"
    r"|words is null limit|limit :most|\(m\.conversation_id, m\.id\) > "
)
SWEEP = re.compile(r"(?is)\s*delete from (?!lane_lease)(?=.*limit :several)")  # leases are few
ANYWHERE = "select body from message where app_id = :app and id = :id"
# Of each type, a value: what is equal to null is in no partition, and is not looked for.
SAYS = {"text": "'app'", "bigint": "1", "int8": "1", "int4": "1", "bytea": "''"}
# One app has all there is, and a server has seen that. Before it has, any index that begins with the app is as good.
FILL = """
do $$ declare it record; begin
    for it in select table_name as name, string_agg(quote_ident(column_name), ', ') as columns, string_agg(case
            when column_name = 'app_id' then quote_literal('app')
            when data_type = 'bigint' then 'n'
            when data_type = 'bytea' then quote_literal('') || '::bytea'
            else 'md5(n::text)' end, ', ') as rows
        from information_schema.columns where table_schema = 'public' and table_name not in ('migration', 'receipt')
            and table_name not in (select relname from pg_class where relispartition)
        group by table_name loop
        execute format('insert into %I (%s) select %s from generate_series(1, 5000) n on conflict do nothing',
            it.name, it.columns, it.rows);
    end loop;
end $$"""


@pytest.fixture(scope="module")
def plans() -> dict[str, str]:
    """How PostgreSQL goes about each statement, when it has seen much of everything."""
    from parhelion.server.databases._connecting import Address
    from parhelion.server.databases._tongue import numbered
    from parhelion.server.databases.postgres import Postgres

    address = chosen.fresh()

    async def explained() -> dict[str, str]:
        store = Postgres(address)
        await store.migrate(migrations.scripts())
        await store.close()
        connection = await Address(address).connect(enable_seqscan="on")
        await connection.execute(FILL)
        await connection.execute("analyze")
        await connection.execute("set enable_seqscan = off")
        found: dict[str, str] = {}
        for sql in sorted({each for each in [*ASKED, *put_together(), ANYWHERE] if COMPLETE.match(each)}):
            text, _ = numbered(sql)
            types = [type.name for type in (await connection.prepare(text)).get_parameters()]
            await connection.execute(f"prepare it as {text}")
            values = f"({', '.join(SAYS[type] for type in types)})" if types else ""
            plan = "\n".join(row[0] for row in await connection.fetch(f"explain execute it {values}"))
            await connection.execute("deallocate it")
            found[sql] = plan + "\n"
        await connection.close(timeout=5)
        return found

    found = asyncio.run(explained())
    assert len(found) > 150, "that is not all of them"
    return found


def told(found: dict[str, str]) -> str:
    return "\n".join(f"{sql}\n{plan}" for sql, plan in found.items())


@pytest.mark.engine("postgresql")
def test_postgresql_reads_every_statement_and_walks_through_nothing_that_is_large(plans: dict[str, str]) -> None:
    walked = {sql: plan for sql, plan in plans.items() if WALKED.search(plan) and not BOUNDED.search(sql)}
    assert not walked, told(walked)


@pytest.mark.engine("postgresql")
def test_some_rows_at_a_time_go_without_looking_at_those_that_stay(plans: dict[str, str]) -> None:
    """PostgreSQL expects a tenth of all rows of `in (... limit :several)`, and joins that with the whole table."""
    sweeps = {sql: plan for sql, plan in plans.items() if SWEEP.match(sql)}
    assert len(sweeps) > 20
    joined = {sql: plan for sql, plan in sweeps.items() if " Join " in plan}
    assert not joined, told(joined)


@pytest.mark.engine("postgresql")
def test_a_statement_that_names_a_conversation_or_a_webhook_looks_into_one_partition(
    plans: dict[str, str],
) -> None:
    looking = {sql: PARTITION.findall(plan) for sql, plan in plans.items()}
    assert sum(map(bool, looking.values())) > 30, "the tables have no partitions"
    several = {sql for sql, places in looking.items() if len(set(places)) > len(dict(places))}
    wrong = {sql for sql in several if not OF_ALL.search(sql)} - {ANYWHERE}
    assert ANYWHERE in several, "it would not be seen"
    assert not wrong, told({sql: plans[sql] for sql in wrong})


@pytest.mark.engine("postgresql")
def test_postgresql_searches_by_the_index_of_words_and_a_conversation_in_one_partition() -> None:
    from parhelion.server.databases._connecting import Address
    from parhelion.server.databases._tongue import numbered
    from parhelion.server.databases._words import asked_in_postgres
    from parhelion.server.databases.postgres import Postgres

    address = chosen.fresh()

    async def explained() -> dict[bool, list[str]]:
        store = Postgres(address)
        await store.migrate(migrations.scripts())
        await store.close()
        connection = await Address(address).connect()
        await connection.execute(FILL)
        await connection.execute("analyze")
        found: dict[bool, list[str]] = {True: [], False: []}
        for (here, _), sql in rows.search.PAGES.items():
            text, names = numbered(asked_in_postgres(sql))
            types = [type.name for type in (await connection.prepare(text)).get_parameters()]
            said = ["'word'" if name == "words" else SAYS[type] for name, type in zip(names, types, strict=True)]
            await connection.execute(f"prepare it as {text}")
            plan = [row[0] for row in await connection.fetch(f"explain (analyze) execute it ({', '.join(said)})")]
            await connection.execute("deallocate it")
            found[here].append("\n".join(plan))
        await connection.close(timeout=5)
        return found

    found = asyncio.run(explained())
    for plan in found[True] + found[False]:
        assert not WALKED.search(plan), plan
    for plan in found[False]:
        assert len(set(re.findall(r"message_(\d\d)_message_by_words", plan))) == 16, plan
    for plan in found[True]:
        assert "Subplans Removed: 15" in plan, plan


@pytest.mark.engine("postgresql")
def test_postgresql_compiles_every_kind_of_write() -> None:
    from parhelion.server.databases._connecting import Address
    from parhelion.server.databases._functions import Kinds
    from parhelion.server.databases.postgres import Postgres

    address = chosen.fresh()

    async def compiled() -> int:
        store = Postgres(address)
        await store.migrate(migrations.scripts())
        await store.close()
        connection, kinds, several = await Address(address).connect(), Kinds(), 0
        for kind in dict.fromkeys(every_kind()):
            function = await kinds.function(connection, kind, "")
            if function is not None:
                await connection.execute(function.create)
                several += 1
        await connection.close(timeout=5)
        return several

    assert asyncio.run(compiled()) > 80


def every_kind() -> Iterator[tuple[Step, ...]]:
    for module in vars(rows).values():
        if isinstance(module, ModuleType):
            for value in vars(module).values():
                yield from kinds_of(value)
    yield from (write.steps for write in written())


def kinds_of(value: Any) -> Iterator[tuple[Step, ...]]:
    if isinstance(value, tuple) and not isinstance(value, Step):
        if value and all(isinstance(each, Step) for each in value):
            yield value
        else:
            for each in value:
                yield from kinds_of(each)
