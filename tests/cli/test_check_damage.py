"""parhelion check: files that are missing or nobody's, an index of words that lies, bytes that a disk has changed."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest

from parhelion.cli.check import check as look
from parhelion.server.assemble import Store
from parhelion.server.databases import _log as log
from parhelion.server.ports import Step, Write
from parhelion.server.rows import search
from tests.buckets import Place
from tests.cli.test_check import check, foreign, found
from tests.engines import chosen
from tests.inside import engines
from tests.live import Caller, InBucket, Live
from tests.server.damage import SIZE, leaves, pages, spoil
from tests.server.test_copying import copy

LONG_AGO = time.time() - 24 * 60 * 60


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Caller, str]:
    """Many messages, some files, nobody serves it."""
    server = Live(tmp_path_factory.mktemp("filled") / "data")
    app = server.app()
    user = app.user(externalId="ada")
    conversation = app.conversation(user)
    for number in range(40):
        app.say(conversation, f"hello number{number} " + "and so on " * 200)
    for number in range(3):
        assert app.upload(b"x" * (number + 10)).status == 201
    server.stop()
    return server.data, app, conversation


@pytest.fixture
def data(filled: tuple[Path, Caller, str], tmp_path: Path) -> Path:
    """A copy of its folder."""
    shutil.copytree(filled[0], tmp_path / "data")
    return tmp_path / "data"


def files(data: Path) -> dict[str, bytes]:
    """What lies where, of the folder."""
    return {str(path.relative_to(data)): path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}


embedded = pytest.mark.embedded


# -- files ----------------------------------------------------------------------------------------------------------


@embedded
def test_a_file_that_is_missing_or_of_another_size_is_told(data: Path) -> None:
    whole = sorted((data / "media").glob("??/*"))
    whole[0].unlink()
    whole[1].write_bytes(b"short")
    foreign(data, "update attachment set created_at = 1")
    wrong = found(data)["files of attachments"]
    assert {each.split()[0] for each in wrong["some"]} == {whole[0].name, whole[1].name}
    assert any("missing" in each for each in wrong["some"])
    assert any("5 bytes instead of 1" in each for each in wrong["some"])
    assert not wrong["repair"]
    assert "backup" in wrong["advice"]
    assert check(data, "--repair", "--yes").returncode == 1


@embedded
def test_a_file_of_nothing_is_told_with_its_size_and_removed_only_when_that_is_asked_for(data: Path) -> None:
    orphan = data / "media" / "ZZ" / ("0" * 24 + "ZZ")
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"y" * 1234)
    strange = data / "media" / "ZZ" / "notes.txt"
    strange.write_text("a person's")
    os.utime(strange, (LONG_AGO, LONG_AGO))
    assert found(data) == {}, "it may be on its way in"

    os.utime(orphan, (LONG_AGO, LONG_AGO))
    before = files(data)
    wrong = found(data)["files of nothing"]
    assert wrong["some"] == [f"{orphan.name} (1,234 bytes)"]
    assert "1,234 bytes" in wrong["repair"]
    assert {name: each for name, each in files(data).items() if "parhelion.db-" not in name} == {
        name: each for name, each in before.items() if "parhelion.db-" not in name
    }
    done = check(data, "--repair", "--yes")
    assert done.returncode == 0, done
    assert "1,234 bytes" in done.stdout
    assert not orphan.exists()
    assert strange.exists()
    assert len(list((data / "media").glob("??/*"))) == 4


@embedded
def test_an_upload_under_way_is_no_fault(data: Path) -> None:
    """Its row is committed, and its file lies where it came in: whoever serves moves it."""
    file = min((data / "media").glob("??/*"))
    foreign(data, "update attachment set created_at = 1")
    part = data / "media" / "incoming" / f"{file.name}.part"
    file.rename(part)
    assert found(data) == {}
    part.unlink()
    assert set(found(data)) == {"files of attachments"}
    foreign(data, f"update attachment set created_at = {int(time.time() * 1000)} where id = '{file.name}'")
    assert found(data) == {}, "it was committed a moment ago"


@pytest.mark.engine("s3")
def test_files_in_a_bucket_are_looked_at_and_removed_there(tmp_path: Path, place: Place) -> None:
    server = InBucket(tmp_path / "data", place)
    app = server.app()
    for number in range(3):
        assert app.upload(b"x" * (number + 10)).status == 201
    server.stop()
    [one, *_] = sorted(place.files())

    def later() -> float:
        return time.time() + 24 * 60 * 60

    store = Store(server.data, chosen.database(server.data), bucket=place.bucket)
    assert look(store, clock=later) == 0
    foreign(server.data, f"delete from attachment where id = '{one.rpartition('/')[2]}'")
    assert look(store, clock=time.time) == 0, "it may be on its way in"
    assert look(store, clock=later) == 1
    assert len(place.files()) == 3
    assert look(store, repair=True, yes=True, clock=later) == 0
    assert place.files() == {each for each in place.files() if each != one}
    assert len(place.files()) == 2


# -- the index of words ---------------------------------------------------------------------------------------------


def finds(data: Path, app: str, words: str) -> int:
    async def asked() -> int:
        async with engines(data) as opened:
            return len(await search.page(opened.database, app, "", words.split(), search.NEWEST, 100, back=False))

    return asyncio.run(asked())


@embedded
def test_messages_that_are_not_found_by_their_words_are_indexed_anew(
    data: Path, filled: tuple[Path, Caller, str]
) -> None:
    app = filled[1].app_id
    assert finds(data, app, "hello") == 40
    foreign(
        data,
        "delete from message_place where place in (select place from message_place order by place limit 3)",
    )
    assert finds(data, app, "hello") == 37
    wrong = found(data)["words of messages"]
    assert wrong["wrong"] == 3
    assert check(data, "--repair", "--yes").returncode == 0
    assert finds(data, app, "hello") == 40


@embedded
@pytest.mark.parametrize(
    "spoilt",
    [
        "update message_words_data set block = x'0000' where id > 100",
        "delete from message_words_data where id > 100",
        "insert into message_place values (77, 'app', 'conversation', 'id')",
        "insert into message_words (message_words) values ('delete-all')",
    ],
)
def test_an_index_of_words_that_contradicts_itself_is_made_anew(
    data: Path, filled: tuple[Path, Caller, str], spoilt: str
) -> None:
    messages = foreign(data, "select * from message order by id")
    foreign(data, spoilt)
    assert set(found(data)) == {"index of words"}
    done = check(data, "--repair", "--yes")
    assert done.returncode == 0, done
    assert "searches find less" in done.stdout
    assert finds(data, filled[1].app_id, "hello number7*") == 1
    assert finds(data, filled[1].app_id, "hello") == 40
    assert foreign(data, "select * from message order by id") == messages


# -- the file -------------------------------------------------------------------------------------------------------

PLACES: dict[str, Callable[[Path], tuple[int, int]]] = {
    "a leaf of messages": lambda store: (leaves(store, "message")[3], 0),
    "the inside of messages": lambda store: (pages(store, "message", "internal")[0], 0),
    "a leaf of users": lambda store: (leaves(store, "app_user")[0], 0),
    "an index": lambda store: (pages(store, "conversation_by_activity")[0], 0),
    "a part of the index of words": lambda store: (pages(store, "message_words_data")[-1], 0),
    "the catalogue": lambda store: (1, 100),
    "the header": lambda store: (1, 0),
    "the middle of a page": lambda store: (leaves(store, "conversation")[0], 8),
}


@embedded
@pytest.mark.parametrize("where", PLACES.values(), ids=PLACES)
def test_a_page_that_is_not_what_was_written_is_found_and_nothing_is_overwritten(
    data: Path, where: Callable[[Path], tuple[int, int]]
) -> None:
    store = data / "parhelion.db"
    page, at = where(store)
    spoil(store, page, at)
    before = store.read_bytes()
    for how in ((), ("--repair", "--yes")):
        done = check(data, *how)
        assert done.returncode == 1, done
        assert "WRONG  file" in done.stdout
        assert "restore a backup" in done.stdout
    assert "no repair" in done.stdout
    assert store.read_bytes() == before


@embedded
def test_damage_is_told_by_the_table_that_has_it(data: Path) -> None:
    store = data / "parhelion.db"
    spoil(store, leaves(store, "device")[0])
    told = found(data)
    assert set(told) >= {"file"}
    assert all(each.startswith("device: ") for each in told["file"]["some"])
    assert told["file"]["damage"]


@embedded
def test_a_file_that_was_cut_off_is_found(data: Path) -> None:
    store = data / "parhelion.db"
    with store.open("r+b") as file:
        file.truncate(store.stat().st_size // 2)
    done = check(data)
    assert done.returncode == 1
    assert "WRONG  file" in done.stdout


@embedded
def test_where_only_an_index_is_damaged_a_copy_is_sound(data: Path, tmp_path: Path) -> None:
    """What is advised works."""
    store = data / "parhelion.db"
    messages = foreign(data, "select * from message order by id")
    spoil(store, pages(store, "conversation_by_activity")[0])
    assert "file" in found(data)
    copied = copy(f"sqlite:{data}", f"sqlite:{tmp_path / 'new'}")
    assert copied.returncode == 0, copied
    shutil.copytree(data / "media", tmp_path / "new" / "media", dirs_exist_ok=True)
    shutil.copy(data / "master.key", tmp_path / "new" / "master.key")
    assert found(tmp_path / "new") == {}
    assert foreign(tmp_path / "new", "select * from message order by id") == messages


# -- the log --------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_log(data: Path, tmp_path: Path) -> Path:
    """A folder as a process leaves it that is killed: several commits are in the log only."""

    async def write() -> None:
        async with engines(data) as opened:
            for number in range(5):
                values = {"number": number}
                steps = (WRITE,)
                await opened.database.write(Write("meter", steps, values))
            shutil.copytree(data, tmp_path / "killed")

    asyncio.run(write())
    (tmp_path / "killed" / "parhelion.db-shm").unlink()
    return tmp_path / "killed"


WRITE = Step("insert into meter (name, moment) values ('meter ' || cast(:number as text), 1)")


@embedded
def test_frames_of_the_log_that_are_not_what_was_written_are_found(with_log: Path) -> None:
    path = with_log / "parhelion.db-wal"
    assert found(with_log) == {}
    frames = log.broken(path)[1]
    assert frames >= 5
    with path.open("r+b") as file:
        file.seek(32 + (24 + SIZE) + 24 + 100)  # in the second
        file.write(b"\xff\xfe\xfd")
    before = path.read_bytes()
    told = found(with_log)
    assert told["log"]["some"] == ["frame 2"]
    assert "do not start the server" in told["log"]["advice"]
    assert check(with_log, "--repair", "--yes").returncode == 1
    assert path.read_bytes() == before


@embedded
def test_a_commit_that_was_cut_off_is_no_damage(with_log: Path) -> None:
    """The last one, which nobody was answered for."""
    path = with_log / "parhelion.db-wal"
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    assert log.broken(path)[0] == 0
    path.write_bytes(whole[: -(SIZE // 2)] + os.urandom(SIZE // 2))
    assert log.broken(path)[0] == 0
    path.write_bytes(b"")
    assert log.broken(path) == (0, 0)
    connection: Any = apsw.Connection(str(with_log / "parhelion.db"))
    assert connection.execute("select count(*) from meter").fetchall() == [(0,)], "the log was all there was of them"
    connection.close()


# -- what a store is ------------------------------------------------------------------------------------------------


def test_another_master_key_is_told(tmp_path: Path) -> None:
    data = tmp_path / "data"

    async def make() -> None:
        async with engines(data):
            pass

    asyncio.run(make())
    assert found(data) == {}
    (data / "master.key").write_bytes(os.urandom(64))
    assert set(found(data)) == {"master key"}
    (data / "master.key").unlink()
    assert "missing" in found(data)["master key"]["says"]


def test_a_store_of_another_version_is_told_and_its_rows_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"

    async def make() -> None:
        async with engines(data):
            pass

    asyncio.run(make())
    newest = foreign(data, "select max(version) from migration")[0][0]
    foreign(data, f"delete from migration where version = {newest}")
    told = found(data)
    assert set(told) == {"migrations"}
    assert "parhelion migrate" in told["migrations"]["advice"]
    assert check(data, "--repair", "--yes").returncode == 1
    assert foreign(data, "select max(version) from migration")[0][0] == newest - 1
    foreign(data, f"insert into migration (version, oldest) values ({newest}, 0)")


def test_where_there_is_no_store_none_is_made(tmp_path: Path) -> None:
    if not chosen.has_rows():
        done = check(tmp_path / "data")
        assert done.returncode == 1
        assert "there is no store" in done.stderr
        assert not (tmp_path / "data").exists()


@pytest.mark.engine("postgresql")
def test_an_index_that_is_not_whole_is_told(tmp_path: Path) -> None:
    if not chosen.has_rows():
        pytest.skip("rows are in SQLite")
    data = tmp_path / "data"

    async def make() -> None:
        async with engines(data):
            pass

    asyncio.run(make())
    foreign(data, "update pg_index set indisvalid = false where indexrelid = 'message_by_words'::regclass")
    try:
        told = found(data)
        assert told["indexes"]["some"] == ["message_by_words"]
        assert "reindex" in told["indexes"]["advice"]
    finally:
        foreign(data, "update pg_index set indisvalid = true where indexrelid = 'message_by_words'::regclass")
