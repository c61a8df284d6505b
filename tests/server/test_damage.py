"""A file that is not what was written: what a client sees of it, and that nothing more is written into it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.live import Answer, Caller, Live, run
from tests.server.damage import leaves, pages, spoil

pytestmark = pytest.mark.embedded


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Caller, str]:
    """A folder that nobody serves, with a conversation that takes many pages."""
    server = Live(tmp_path_factory.mktemp("filled") / "data")
    app = server.app()
    conversation = app.conversation()
    for number in range(30):
        app.say(conversation, f"{number} " + "hello " * 600)
    server.stop()
    return server.data, app, conversation


@pytest.fixture
def store(filled: tuple[Path, Caller, str], tmp_path: Path) -> Path:
    """The file of a copy of it, to be spoilt."""
    shutil.copytree(filled[0], tmp_path / "data")
    return tmp_path / "data" / "parhelion.db"


@pytest.fixture
def served(filled: tuple[Path, Caller, str], serve: Callable[..., Live]) -> Callable[[], tuple[Live, Caller, str]]:
    """Serves what is spoilt by then."""

    def start() -> tuple[Live, Caller, str]:
        server = serve()
        return server, replace(filled[1], url=server.url), filled[2]

    return start


def is_damage(answer: Answer) -> bool:
    return answer.status == 503 and "damaged" in answer.titles[0] and answer.headers["retry-after"] == "60"


def test_what_can_be_read_is_read_and_nothing_is_written_any_more(
    store: Path, served: Callable[[], tuple[Live, Caller, str]]
) -> None:
    spoil(store, leaves(store, "message")[-1])
    server, app, conversation = served()

    assert app.get(f"{app.app}/conversations/{conversation}").status == 200
    newest = app.get(f"{app.messages(conversation)}?page[before]={'f' * 24}")
    assert is_damage(newest), newest
    before = store.read_bytes()
    said = {"author": {"type": "business"}, "content": {"type": "text", "text": "on"}}
    assert is_damage(app.post(app.messages(conversation), said))
    assert is_damage(app.post(f"{app.app}/users", {"externalId": "new"})), "whatever it would be"
    assert app.get(f"{app.app}/conversations/{conversation}").status == 200, "and reading goes on"
    server.stop()
    assert store.read_bytes() == before


def test_damage_that_a_write_meets_is_no_damage_to_the_writes_beside_it(
    store: Path, served: Callable[[], tuple[Live, Caller, str]]
) -> None:
    """The guard of a post is read in one page, and its message goes into another one: the spoilt one."""
    for page in leaves(store, "message"):
        spoil(store, page)
    server, app, conversation = served()
    count = counted(store)
    said = {"author": {"type": "business"}, "content": {"type": "text", "text": "on"}}
    assert is_damage(app.post(app.messages(conversation), said))
    assert is_damage(app.post(f"{app.app}/users", {"externalId": "new"}))
    assert counted(store) == count, "the guard was taken back"
    server.stop()


def test_a_file_that_is_none_is_not_served(store: Path) -> None:
    spoil(store, 1, at=0, several=16)
    before = store.read_bytes()
    done = run("serve", "--port", "0", "--data", str(store.parent))
    assert done.returncode == 1
    assert "cannot be used as a store: file is not a database" in done.stderr
    assert "parhelion check" in done.stderr
    assert store.read_bytes() == before


def test_a_damaged_index_of_words_costs_searches_and_no_more(
    store: Path, served: Callable[[], tuple[Live, Caller, str]]
) -> None:
    connection: Any = apsw.Connection(str(store))
    connection.execute("update message_words_data set block = x'0000' where id > 100")
    connection.close()
    server, app, conversation = served()
    found = app.get(f"/parhelion/v1/apps/{app.app_id}/search?query=hello")
    assert is_damage(found), found
    assert app.post(f"{app.app}/users", {"externalId": "new"}).status == 201
    assert app.get(app.messages(conversation)).status == 200
    server.stop()


def counted(store: Path) -> list[object]:
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        found = database.execute("select message_count, last_message_id from conversation").fetchall()
    database.close()
    return found


def test_the_log_of_a_damaged_file_stays_as_it_is(store: Path, served: Callable[[], tuple[Live, Caller, str]]) -> None:
    server, app, conversation = served()
    app.say(conversation, "in the log")
    log = store.with_name("parhelion.db-wal")
    assert log.stat().st_size
    for page in pages(store, "app_user_by_email") + leaves(store, "message")[:1]:
        spoil(store, page)
    first = app.get(f"{app.messages(conversation)}?page[after]={'0' * 24}")
    assert is_damage(first), first
    kept = log.read_bytes()
    server.stop()
    assert log.read_bytes() == kept
