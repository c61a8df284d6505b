"""parhelion copy: a whole store in another database, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from parhelion.cli import main
from parhelion.server.databases import migrations
from parhelion.server.databases._words import OWN
from parhelion.server.databases.sqlite import Sqlite
from parhelion.server.ports import UnusableStore
from tests.buckets import Place
from tests.engines import chosen
from tests.engines.postgres import ask
from tests.everything import MULTIPART, TABLE, Things, everything, path_of
from tests.live import COMMAND, Answer, Caller, Live


class Served(Live):
    """A server whose rows are where the test says, whatever else runs over another engine."""

    def __init__(self, data: Path, database: str | None = None) -> None:
        self.database = [] if database is None else ["--database", database]
        super().__init__(data)

    def _where(self) -> list[str]:
        return [f"--data={self.data}", *self.database]

    def key(self) -> Caller:
        done = run("account", "key", f"--data={self.data}", *self.database, "--json")
        assert done.returncode == 0, done.stderr
        found = re.findall(r'"(\w+)":"([^"]+)"', done.stdout)
        return Caller(self.url, dict(found)["keyId"], dict(found)["secret"])


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, in this process: many are run here."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = main(arguments)
        except SystemExit as end:
            status = int(end.code or 0)
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())


def copy(source: str, target: str, *more: str) -> subprocess.CompletedProcess[str]:
    return run("copy", "--from", source, "--to", target, *more)


def told(done: subprocess.CompletedProcess[str]) -> str:
    """Why it was not done, in a sentence."""
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("parhelion: ")
    return last


def story(server: Served) -> tuple[Caller, Things]:
    """Everything there is, in a store."""
    caller = server.key()

    def ask(method: str, path: str, body: object) -> object:
        said = {"content-type": MULTIPART} if isinstance(body, bytes) else {}
        answer = caller.send(method, path, body, said)
        assert answer.status < 300, (method, path, answer)
        return answer.json if answer.body else None

    things = everything(ask)
    caller.app_id = things["appId"]
    for number in range(150):
        caller.say(things["conversationId"], f'\N{GRINNING FACE} {number} \\ "quoted" \t')
    once = caller.post(f"/v2/apps/{things['appId']}/users", {"externalId": "once"}, idempotency_key="k1")
    assert once.status == 201
    things["onceId"] = once.json["user"]["id"]
    return caller, things


# They change as the server tries to send, by the moment, and as others are asked for.
CHANGING = {"GetDelivery", "ListDeliveries", "ListenEvents", "GetStatistics", "ExportApp", "ListAuditLines"}


def answers(caller: Caller, things: Things) -> dict[str, Answer]:
    """All that can be read of it, and what was answered to a key."""
    found = dict[str, Answer]()
    for name, operation in TABLE.items():
        if operation.method == "GET" and name not in CHANGING:
            path = path_of(operation, things)
            found[name] = caller.get(
                f"{path}?filter[userId]={things['userId']}" if name == "ListConversations" else path
            )
    once = {"externalId": "once"}
    found["again"] = caller.post(f"/v2/apps/{things['appId']}/users", once, idempotency_key="k1")
    return found


def bodies(found: dict[str, Answer], url: str) -> dict[str, tuple[int, bytes]]:
    return {name: (each.status, each.body.replace(url.encode(), b"")) for name, each in found.items()}


@pytest.fixture
def filled(tmp_path: Path) -> tuple[Path, Caller, Things]:
    """A folder with everything in it."""
    server = Served(tmp_path / "here")
    caller, things = story(server)
    server.stop()
    return tmp_path / "here", caller, things


def positions(where: str | Path) -> tuple[int, int]:
    """The next of an event's numbers, and how many there are."""
    if isinstance(where, Path):
        with sqlite3.connect(where / "parhelion.db") as database:
            [(last,)] = database.execute("select seq from sqlite_sequence where name = 'event'").fetchall()
            [(several,)] = database.execute("select count(*) from event").fetchall()
        database.close()
        return last + 1, several
    [(last,)] = ask(where, "select last_value from event_position_seq")
    [(several,)] = ask(where, "select count(*) from event")
    return last, several


@pytest.mark.engine("postgresql")
def test_a_store_that_was_copied_there_and_back_answers_the_same(
    filled: tuple[Path, Caller, Things], tmp_path: Path
) -> None:
    here, caller, things = filled
    address, back = chosen.fresh(), tmp_path / "back"
    wanted: dict[str, tuple[int, bytes]] = {}
    with sqlite3.connect(here / "parhelion.db") as database:  # the last numbers were given, and are forgotten
        database.execute("delete from event where position > (select max(position) - 10 from event)")
    database.close()
    done = copy(f"sqlite:{here}", address)
    assert done.returncode == 0, done.stderr
    assert f"Everything in {here} is in " in done.stdout
    assert "copied: " in done.stderr
    assert positions(address) == positions(here)
    done = copy(address, f"sqlite:{back}")
    assert done.returncode == 0, done.stderr
    assert "put that at" in done.stdout
    assert positions(back) == positions(here)
    shutil.copytree(here / "media", back / "media", dirs_exist_ok=True)
    shutil.copy(here / "master.key", back)
    for data, database in ((here, None), (here, address), (back, None)):
        server = Served(data, database)
        try:
            caller.url = server.url
            found = bodies(answers(caller, things), server.url)
            assert sum(status == 200 for status, _ in found.values()) > 15
            assert found["again"][0] == 201
            wanted = wanted or found
            assert {name for name in wanted if found[name] != wanted[name]} == set()
            assert caller.say(things["conversationId"])["id"]  # and it goes on
        finally:
            server.stop()


@pytest.mark.engine("postgresql")
def test_a_copy_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    here = large(tmp_path / "here", 30_000)
    address = chosen.fresh()
    source = ["copy", "--from", f"sqlite:{here}", "--to", address]
    halves: list[int] = []
    for _ in range(2):
        process = subprocess.Popen([*COMMAND, *source], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        end = time.monotonic() + 30
        before = halves[-1] if halves else 0
        while (several := there(address)) <= before:
            assert process.poll() is None, "it was done too soon to be killed"
            assert time.monotonic() < end, "nothing is copied"
        process.send_signal(signal.SIGKILL)
        process.communicate()
        halves.append(there(address))
        assert several <= halves[-1] < 30_000
        served = run("account", "key", f"--data={here}", "--database", address)
        assert told(served).endswith(
            "the store is the unfinished copy of another: run `parhelion copy`, or `restore`, again"
        )
    done = run(*source)
    assert done.returncode == 0, done.stderr
    [first] = re.findall(r"copied: ([\d,]+) of", done.stderr)[:1]
    assert int(first.replace(",", "")) >= 0
    assert there(address) == 30_000
    assert "unfinished" not in run("account", "key", f"--data={here}", "--database", address).stderr


def there(address: str) -> int:
    if ask(address, "select to_regclass('message')")[0][0] is None:
        return 0
    return int(ask(address, "select count(*) from message")[0][0])


def large(folder: Path, several: int) -> Path:
    """A store with so many messages."""
    done = run("account", "key", f"--data={folder}")
    assert done.returncode == 0
    with sqlite3.connect(folder / "parhelion.db") as database:
        counted = f"with recursive c(n) as (select 1 union all select n + 1 from c where n < {several})"
        row = "printf('a%02d', n % 7), printf('c%03d', n % 97), printf('%024d', n), cast('{\"n\":' || n || '}' as blob)"
        database.execute(f"insert into message (app_id, conversation_id, id, body) {counted} select {row} from c")
    database.close()
    return folder


@pytest.mark.engine("postgresql")
def test_what_the_source_was_told_since_a_copy_was_begun_comes_along(tmp_path: Path) -> None:
    here, address = large(tmp_path / "here", 3000), chosen.fresh()
    assert copy(f"sqlite:{here}", address).returncode == 0
    ask(address, "create table copying (source text not null)")  # as if it had been killed just before the end
    with sqlite3.connect(here / "parhelion.db") as database:
        [(mark,)] = database.execute("select fingerprint from master_key").fetchall()
        database.execute("update message set body = cast('changed' as blob) where id like '%5'")
        database.execute("delete from message where id like '%6'")
    database.close()
    ask(address, f"insert into copying values ('{mark}')", "delete from message where id like '%7'")
    assert copy(f"sqlite:{here}", address).returncode == 0
    found = ask(address, "select count(*), count(*) filter (where body = 'changed') from message")
    assert [tuple(row) for row in found] == [(2700, 300)]


@pytest.mark.engine("postgresql")
def test_what_the_other_database_does_not_take_is_told_with_its_table(tmp_path: Path) -> None:
    here, address = large(tmp_path / "here", 10), chosen.fresh()
    with sqlite3.connect(here / "parhelion.db") as database:
        database.execute("update message set body = 'no bytes' where id like '%7'")
    database.close()
    why = told(copy(f"sqlite:{here}", address))
    assert " (message): " in why
    assert why.endswith("What was copied is kept: run this again when that is put right")


def test_what_cannot_be_copied_is_told_in_a_sentence(tmp_path: Path) -> None:
    here, other = large(tmp_path / "here", 10), large(tmp_path / "other", 10)
    source = f"sqlite:{here}"
    assert "there is no store in" in told(copy(f"sqlite:{tmp_path / 'none'}", f"sqlite:{tmp_path / 'new'}"))
    assert not (tmp_path / "none").exists()
    assert "are the same" in told(copy(source, source))
    assert "is not empty" in told(copy(source, f"sqlite:{other}"))
    assert "--to ADDRESS" in told(run("copy", "--from", source))
    assert "go together" in told(run("copy", "--from", source, "--media-to", str(tmp_path / "media")))
    for wrong in ("mysql://x:geheim@y/z", str(here), "sqlite:"):
        done = copy(source, wrong)
        assert done.returncode == 2
        assert "it is not an address such as sqlite:" in done.stderr
        assert "geheim" not in done.stderr
    unfinished = tmp_path / "unfinished"
    assert copy(source, f"sqlite:{unfinished}").returncode == 0
    with sqlite3.connect(unfinished / "parhelion.db") as database:
        database.execute("create table copying (source text not null)")
        database.execute("insert into copying values ('another')")
    database.close()
    assert "unfinished copy of another store" in told(copy(source, f"sqlite:{unfinished}"))
    assert "unfinished copy" in told(copy(f"sqlite:{unfinished}", f"sqlite:{tmp_path / 'new'}"))
    with sqlite3.connect(other / "parhelion.db") as database:
        database.execute("delete from migration where version > 3")
    database.close()
    assert "run `parhelion migrate` on it first" in told(copy(f"sqlite:{other}", f"sqlite:{tmp_path / 'newest'}"))


def test_a_store_that_is_served_is_not_copied_from_nor_to(tmp_path: Path) -> None:
    server = Served(tmp_path / "here")
    try:
        server.key()
        source, target = f"sqlite:{tmp_path / 'here'}", f"sqlite:{tmp_path / 'there'}"
        assert "is in use: stop the server" in told(copy(source, target))
        caller = server.key()
        assert caller.get("/v2/apps").status == 200, "it does not mind"
    finally:
        server.stop()
    assert copy(source, target).returncode == 0


@pytest.mark.engine("postgresql")
def test_a_database_that_is_served_is_not_copied_from_nor_to(tmp_path: Path) -> None:
    address = chosen.fresh()
    here = large(tmp_path / "here", 10)
    server = Served(tmp_path / "data", address)
    try:
        server.key()
        for source, target in ((address, f"sqlite:{tmp_path / 'new'}"), (f"sqlite:{here}", address)):
            assert re.search(r"is in use \(\d+ connections", told(copy(source, target)))
    finally:
        server.stop()
    nowhere = "postgresql://parhelion:geheim@127.0.0.1:1/none"
    for source, target in ((nowhere, f"sqlite:{tmp_path / 'new'}"), (f"sqlite:{here}", nowhere)):
        assert "cannot be reached" in (why := told(copy(source, target)))
        assert "geheim" not in why


@pytest.mark.engine("postgresql")
def test_a_server_that_is_started_meanwhile_is_noticed(tmp_path: Path) -> None:
    async def story() -> None:
        from parhelion.server.databases._file import File
        from parhelion.server.databases._shared import Shared
        from parhelion.server.databases.copying import copy as copy_rows
        from parhelion.server.databases.postgres import Postgres

        address, scripts = chosen.fresh(), migrations.scripts()
        for made in (Sqlite(tmp_path / "parhelion.db"), Postgres(address)):
            await made.open(scripts)
            await made.close()
        started = Postgres(address)
        starting: list[asyncio.Task[None]] = []

        def told(what: str, *_: int) -> None:
            if what == "compared" and not starting:
                starting.append(asyncio.ensure_future(started.open(scripts)))

        class WithServer(Shared):
            async def check_alone(self) -> None:
                await starting[0]
                await super().check_alone()

        source, target = WithServer(address, source=True), File(tmp_path / "parhelion.db")
        try:
            with pytest.raises(UnusableStore, match=r"a server was started on .* meanwhile"):
                await copy_rows(source, target, scripts[-1][0], "it", told)
        finally:
            await started.close()
            await source.close()
            await target.close()

    asyncio.run(story())


@pytest.mark.engine("postgresql")
def test_no_table_is_forgotten(tmp_path: Path) -> None:
    """Each table, also one that is made one day, has rows, and all of them are there afterwards."""
    later = [
        (900, "-- expand\ncreate table later (id text not null, n bigint not null, primary key (n, id));\n"),
        (901, "-- expand\ncreate table counted (n bigint generated by default as identity primary key, b bytea);\n"),
    ]
    scripts = [*migrations.scripts(), *later]

    async def copied() -> dict[str, tuple[int, int]]:
        from parhelion.server.databases._file import File
        from parhelion.server.databases._shared import Shared
        from parhelion.server.databases.copying import copy as copy_rows
        from parhelion.server.databases.postgres import Postgres

        address = chosen.fresh()
        for made in (Sqlite(tmp_path / "parhelion.db"), Postgres(address)):
            await made.migrate(scripts)
            await made.close()
        with sqlite3.connect(tmp_path / "parhelion.db") as database:
            tables = [
                name
                for (name,) in database.execute("select name from sqlite_master where type = 'table'")
                if not name.startswith("sqlite") and name != "migration" and name not in OWN
            ]
            for table in tables:
                kinds = [row[2] for row in database.execute(f"pragma table_info({table})")]
                for n in (1, 2):
                    row = [n if "int" in kind else str(n).encode() if kind == "bytea" else str(n) for kind in kinds]
                    database.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)
        database.close()
        source, target = File(tmp_path / "parhelion.db"), Shared(address, source=False)
        try:
            await copy_rows(source, target, 901, "x", lambda *_: None)
            await target.finish(await source.numbers())
        finally:
            await source.close()
            await target.close()
        found = {table: len(ask(address, f"select * from {table}")) for table in tables}
        ask(address, "insert into counted (b) values ('x')")
        return {
            **{table: (n, 2) for table, n in found.items()},
            "next": (ask(address, "select max(n) from counted")[0][0], 3),
        }

    found = asyncio.run(copied())
    assert {"later", "counted", "message", "event", "answered"} <= found.keys()
    assert {table: n for table, n in found.items() if n[0] != n[1]} == {}


# -- files -----------------------------------------------------------------------------------------------------------


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("??/*"))}


def test_files_are_copied_and_compared(filled: tuple[Path, Caller, Things], tmp_path: Path) -> None:
    here, _, _ = filled
    media, there = here / "media", tmp_path / "there"
    asked = ["copy", "--from", f"sqlite:{here}", "--media-from", str(media), "--media-to", str(there)]
    wanted = files(media)
    assert wanted
    for spoil in (None, b"", b"other"):
        if spoil is not None:
            [first, *_] = there.glob("??/*")
            first.write_bytes(spoil)  # as if it had been cut off
        done = run(*asked)
        assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
        assert files(there) == wanted
    [gone, *_] = media.glob("??/*")
    gone.unlink()
    done = run(*asked[:-1], str(tmp_path / "again"))
    assert done.returncode == 1
    assert f"1 files are not at {media}: {gone.name}" in done.stderr
    assert "is no folder" in told(run(*asked[:4], str(tmp_path / "nothing"), *asked[5:]))


@pytest.mark.engine("s3")
def test_files_go_into_a_bucket_and_come_back(
    filled: tuple[Path, Caller, Things], tmp_path: Path, place: Place
) -> None:
    here, _, _ = filled
    back = tmp_path / "back"
    for source, target in ((str(here / "media"), place.address), (place.address, str(back))):
        done = run("copy", "--from", f"sqlite:{here}", "--media-from", source, "--media-to", target)
        assert done.returncode == 0, done.stderr
        assert "a-secret" not in done.stdout + done.stderr
    assert files(back) == files(here / "media")
