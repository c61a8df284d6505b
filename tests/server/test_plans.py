"""How SQLite goes about what it is asked: never through all that an app has of something, for the sake of a few."""

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
from parhelion.server.databases.sqlite import Sqlite
from parhelion.server.ports import Step

CROWDED = "app_user|attachment|attachment_use|client|client_association|conversation|delivery|device|event|message"
THROUGH = re.compile(rf"SCAN ({CROWDED}|participant)\b|SEARCH ({CROWDED}|participant) USING .*\(app_id=\?\)")
VERBS = re.compile(r"\s*(select|insert|update|delete)\s")
# Some at a time; or whether there is any; or what no statement says by itself.
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


def put_together() -> list[str]:
    """Those that are not: what they are depends on how many come."""
    person = rows.participants.Joining("user", "participant", rows.participants.SDKClient("client", b"", new=True))
    told = rows.events.Told("id", "conversation:message", "conversation", "lane", b"")
    post = rows.messages.post("app", "conversation", "id", 0, b"", ["file"], "user")
    writes = (
        rows.events.telling(post, "app", 0, [told]),
        rows.conversations.create("app", "id", "personal", [person], b"", 0, "", default=True, alone=True),
        rows.users.forget("app", "user", b"", b"", [("client", b"", b"")]),
    )
    return [step.sql for write in writes for step in write.steps]


ASKED = [sql for module in vars(rows).values() if isinstance(module, ModuleType) for sql in statements(module)]


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
