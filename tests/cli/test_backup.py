"""parhelion backup and restore: a store that is served, in a folder, and out of it again; and what goes wrong."""

from __future__ import annotations

import asyncio
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import apsw
import pytest

from parhelion.cli import main
from parhelion.server.databases import migrations
from parhelion.server.databases.sqlite import Sqlite
from parhelion.server.media.directory import Directory
from tests.drills.machine import Full
from tests.live import COMMAND, Caller, Live

pytestmark = pytest.mark.embedded
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
Done = subprocess.CompletedProcess[str]


def run(*arguments: object) -> Done:
    """The command, in this process: many are run here."""
    words, out, err = [str(each) for each in arguments], io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = main(words)
        except SystemExit as end:
            status = int(end.code or 0)
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())


def done(*arguments: object) -> Done:
    finished = run(*arguments)
    assert finished.returncode == 0, finished.stderr
    return finished


def told(*arguments: object) -> str:
    """Why it was not done, in a sentence."""
    finished = run(*arguments)
    assert finished.returncode == 1, finished
    assert "Traceback" not in finished.stderr
    last = finished.stderr.splitlines()[-1]
    assert last.startswith("parhelion: ")
    return last


def rows(data: Path) -> dict[str, list[Any]]:
    """All that is in a database that nobody serves."""
    with closing(sqlite3.connect(f"file:{data / 'parhelion.db'}?mode=ro", uri=True)) as there:
        names = [row[0] for row in there.execute("select name from sqlite_master where type = 'table'")]
        plain = [name for name in names if name != "message_words"]
        return {name: sorted(there.execute(f"select * from {name}"), key=repr) for name in plain}


def files(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (data / "media").glob("??/*")}


def snapshots(folder: Path) -> list[Path]:
    return sorted((folder / "snapshots").iterdir())


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def uploaded(app: Caller, data: bytes = PICTURE) -> str:
    answer = app.upload(data, "a.png")
    assert answer.status == 201, answer
    return str(answer.json["attachment"]["mediaUrl"])


def forget(app: Caller, url: str) -> None:
    assert app.post(f"{app.app}/attachments/remove", {"mediaUrl": url}).status in {200, 204}


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def key(data: Path, tmp_path: Path) -> Path:
    """What an operator has put away."""
    return tmp_path / "away" / "master.key"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a conversation and two files in it."""
    live = Live(tmp_path_factory.mktemp("template") / "data")
    app = live.app()
    app.say(app.conversation(), "hello")
    for number in range(2):
        uploaded(app, PICTURE + bytes([number]))
    live.stop()
    return live.data


@pytest.fixture
def stopped(template: Path, data: Path, key: Path) -> Path:
    """A copy of it, which nobody serves."""
    shutil.copytree(template, data)
    key.parent.mkdir()
    shutil.copy(data / "master.key", key)
    return data


# -- there and back ----------------------------------------------------------------------------------------------------


def test_a_store_that_is_served_comes_back_whole_on_another_machine(
    serve: Callable[..., Live], data: Path, folder: Path, tmp_path: Path
) -> None:
    live = serve()
    app = live.app()
    place = app.conversation()
    said = [app.say(place, f"message {number}")["id"] for number in range(20)]
    url = uploaded(app)
    finished = done("backup", folder, "--data", data, "--with-key")
    assert "attachments   1, " in finished.stdout
    assert app.say(place, "after the backup")["id"]
    live.kill()
    shutil.rmtree(data)

    assert f"Next:  parhelion serve --data {data}" in done("restore", folder, "--data", data).stdout
    live.start()
    app.url = live.url
    answer = app.get(app.messages(place))
    assert [each["id"] for each in answer.json["messages"]] == said
    fetched = app.get(url.partition("/sc")[2] if "/sc" in url else "/" + url.split("/", 3)[3])
    assert (fetched.status, fetched.body) == (200, PICTURE)
    assert app.say(place, "it goes on")["id"] > said[-1]
    live.stop()


def test_every_row_of_every_table_and_every_file_is_the_same(stopped: Path, folder: Path, tmp_path: Path) -> None:
    done("backup", folder, "--data", stopped)
    done("restore", folder, "--data", tmp_path / "new")
    assert rows(tmp_path / "new") == rows(stopped)
    assert files(tmp_path / "new") == files(stopped)
    assert len(files(stopped)) == 2


def test_a_backup_says_what_is_in_it_and_others_can_check_it(stopped: Path, folder: Path) -> None:
    done("backup", folder, "--data", stopped)
    [snapshot] = snapshots(folder)
    about = json.loads((snapshot / "backup.json").read_text())
    assert about["rows"]["counts"]["message"] == 1
    assert about["media"]["count"] == 2
    assert about["begun"] <= about["moment"] <= about["ended"]
    assert about["moment"].replace("-", "").replace(":", "") == snapshot.name
    for command in (
        ["sha256sum", "-c", str(snapshot / "media.sums")],
        ["sh", "-c", f"echo {about['rows']['sha256']} {snapshot}/parhelion.db | sha256sum -c"],
    ):
        assert subprocess.run(command, cwd=folder / "media", check=False, capture_output=True).returncode == 0
    with closing(sqlite3.connect(snapshot / "parhelion.db")) as there:
        assert there.execute("pragma journal_mode").fetchone() == ("delete",), "one file, with no log"


def test_a_backup_holds_no_master_key_unless_it_is_asked_for(stopped: Path, folder: Path, key: Path) -> None:
    said = done("backup", folder, "--data", stopped).stdout
    assert "The master key is NOT in it" in said
    secret = key.read_bytes()
    assert not any(secret in each for each in contents(folder).values())
    assert "The master key is in it" in done("backup", folder, "--data", stopped, "--with-key").stdout
    newest = snapshots(folder)[-1] / "master.key"
    assert newest.read_bytes() == secret
    assert newest.stat().st_mode & 0o077 == 0
    assert (newest.parent / "parhelion.db").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder, folder / "media", snapshots(folder)[-1]))
    (stopped / "master.key").write_bytes(b"x" * 64)
    assert "is not the master key of this store" in told("backup", folder, "--data", stopped, "--with-key")


# -- one after the other -----------------------------------------------------------------------------------------------


def test_a_file_is_copied_once_and_goes_with_the_last_backup_that_has_it(
    serve: Callable[..., Live], data: Path, folder: Path, tmp_path: Path
) -> None:
    live = serve()
    app = live.app()
    first, second = uploaded(app, PICTURE + b"1"), uploaded(app, PICTURE + b"2")
    name = first.split("/")[-2]
    assert "2, 20,498 bytes; new here: 2" in done("backup", folder, "--data", data).stdout
    copied = {path: path.stat().st_ino for path in (folder / "media").glob("??/*")}
    uploaded(app, PICTURE + b"3")
    assert "3, 30,747 bytes; new here: 1" in done("backup", folder, "--data", data).stdout
    assert {path: path.stat().st_ino for path in copied} == copied
    forget(app, first)
    until(lambda: name not in files(data))
    assert "2, 20,498 bytes; new here: 0" in done("backup", folder, "--data", data).stdout
    assert name in files(folder), "an earlier backup has it"
    said = done("backup", folder, "--data", data, "--keep", "1").stdout
    assert "has 1 of at most 1; 3 older went, with 1 attachment that no other has" in said
    assert name not in files(folder)
    assert second.split("/")[-2] in files(folder)
    assert len(snapshots(folder)) == 1
    live.stop()
    done("restore", folder, "--data", tmp_path / "new")
    assert files(tmp_path / "new") == files(data)


def test_any_backup_that_is_kept_can_be_taken_out(
    serve: Callable[..., Live], data: Path, folder: Path, tmp_path: Path
) -> None:
    live = serve()
    app = live.app()
    place = app.conversation()
    for number in range(3):
        app.say(place, f"message {number}")
        done("backup", folder, "--data", data, "--keep", "2")
    names = [each.name for each in snapshots(folder)]
    assert len(names) == 2
    assert [line.split()[0] for line in done("restore", folder, "--list").stdout.splitlines()[1:]] == names
    done("restore", folder, "--data", tmp_path / "new", "--at", names[0])
    assert len(rows(tmp_path / "new")["message"]) == 2
    why = told("restore", folder, "--data", tmp_path / "other", "--at", "20200101T000000.000Z")
    assert "has no backup '20200101T000000.000Z'; it has " + names[1] in why
    assert not (tmp_path / "other").exists()


def test_a_file_that_went_bad_in_the_backup_is_found_on_demand_and_written_again(stopped: Path, folder: Path) -> None:
    done("backup", folder, "--data", stopped)
    bad = next((folder / "media").glob("??/*"))
    good = bad.read_bytes()
    bad.write_bytes(good[:-1] + b"?")
    done("backup", folder, "--data", stopped)
    assert bad.read_bytes() != good, "what an earlier one has copied is not read each time"
    done("backup", folder, "--data", stopped, "--verify-all")
    assert bad.read_bytes() == good
    bad.write_bytes(good[:-1])
    done("backup", folder, "--data", stopped)
    assert bad.read_bytes() == good, "but how long it is is seen"


def test_a_clock_that_was_put_back_costs_no_backup(
    stopped: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done("backup", folder, "--data", stopped)
    now = time.time() - 86_400
    with monkeypatch.context() as earlier:
        earlier.setattr("parhelion.cli.backup.time.time", lambda: now)
        done("backup", folder, "--data", stopped, "--keep", "1")
    [left] = snapshots(folder)
    assert left.name == time.strftime("%Y%m%dT%H%M%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03}Z"


# -- what is deleted, and what comes in meanwhile ----------------------------------------------------------------------


def test_what_is_deleted_while_it_is_held_goes_after_that(serve: Callable[..., Live], data: Path) -> None:
    live = serve()
    app = live.app()
    first, second = (uploaded(app, PICTURE + each).split("/")[-2:] for each in (b"1", b"2"))

    async def held() -> None:
        async with Directory(data / "media").holding():
            forget(app, f"{app.url}/attachments/v2/{'/'.join(first)}")
            uploaded(app, b"\x89PNG\r\n\x1a\n uploads go on")
            app.say(app.conversation(), "and so do posts")
            assert first[0] in files(data)

    asyncio.run(held())
    forget(app, f"{app.url}/attachments/v2/{'/'.join(second)}")  # there is something to do again
    until(lambda: not {first[0], second[0]} & files(data).keys())
    live.stop()


def test_an_upload_that_a_crash_left_on_its_way_is_in_it(stopped: Path, folder: Path, tmp_path: Path) -> None:
    kept = next((stopped / "media").glob("??/*"))
    kept.rename(stopped / "media" / "incoming" / f"{kept.name}.part")  # committed, and killed before it was moved
    done("backup", folder, "--data", stopped)
    assert len(files(folder)) == 2


def test_a_file_that_is_lost_or_cut_short_is_named_and_the_rest_saved(
    stopped: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parhelion.cli.backup.PATIENCE", 0.1)
    lost, short = sorted((stopped / "media").glob("??/*"))
    lost.unlink()
    short.write_bytes(PICTURE[:100])
    why = told("backup", folder, "--data", stopped)
    assert f"2 attachments missing at {stopped / 'media'}, or not whole there" in why
    assert lost.name in why
    assert short.name in why
    [snapshot] = snapshots(folder)
    assert set(json.loads((snapshot / "backup.json").read_text())["media"]["missing"]) == {lost.name, short.name}
    finished = done("restore", folder, "--data", tmp_path / "new")
    assert "2 attachments missing since it was made" in finished.stderr
    assert rows(tmp_path / "new") == rows(stopped)


# -- where it cannot go ------------------------------------------------------------------------------------------------


def test_a_folder_that_is_not_for_backups_is_left_as_it_is(stopped: Path, tmp_path: Path) -> None:
    assert "is in the data folder" in told("backup", stopped / "backups", "--data", stopped)
    assert not (stopped / "backups").exists()
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "ada.jpg").write_bytes(b"a face")
    assert "has other things in it (ada.jpg)" in told("backup", tmp_path / "photos", "--data", stopped)
    assert contents(tmp_path / "photos") == {"ada.jpg": b"a face"}
    assert "no folder of backups" in told("restore", tmp_path / "photos", "--data", tmp_path / "new")
    assert "no folder of backups" in told("restore", tmp_path / "nowhere", "--list")
    assert "--keep" in run("backup", tmp_path / "b", "--data", stopped, "--keep", "0").stderr
    assert "/proc/backups" in told("backup", "/proc/backups", "--data", stopped)
    (tmp_path / "file").write_text("a file")
    assert "file" in told("backup", tmp_path / "file", "--data", stopped)


def test_a_folder_has_the_backups_of_one_store(stopped: Path, folder: Path, tmp_path: Path) -> None:
    done("backup", folder, "--data", stopped)
    done("account", "key", "--data", tmp_path / "other")
    assert "has the backups of another store" in told("backup", folder, "--data", tmp_path / "other")
    assert len(snapshots(folder)) == 1


def test_a_store_that_is_not_there_or_is_too_new_is_told(stopped: Path, folder: Path, tmp_path: Path) -> None:
    assert "there is no store in" in told("backup", folder, "--data", tmp_path / "nothing")
    with closing(sqlite3.connect(stopped / "parhelion.db")) as there:
        there.execute("insert into migration (version, oldest) values (9999, 9999)")
        there.commit()
    assert "Install a newer Parhelion" in told("backup", folder, "--data", stopped)
    assert not folder.exists()
    assert "master key into the backup" in told("backup", folder, "--data", tmp_path / "nothing", "--with-key")


def test_two_do_not_write_into_one_folder_at_once(stopped: Path, folder: Path, tmp_path: Path) -> None:
    from parhelion.cli.backups import Backups

    done("backup", folder, "--data", stopped)
    with Backups(folder, write=True):
        assert "somebody else backs up into" in told("backup", folder, "--data", stopped)
        assert "wait for that" in told("restore", folder, "--data", tmp_path / "new")
    with Backups(folder, write=False):
        assert len(run("restore", folder, "--list").stdout.splitlines()) == 2
        assert "wait for that" in told("backup", folder, "--data", stopped)
    done("backup", folder, "--data", stopped)


def test_two_that_back_up_one_store_into_two_folders_wait_for_one_another(
    stopped: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parhelion.server.media.directory.PATIENCE", 0.1)

    async def held() -> str:
        async with Directory(stopped / "media").holding():
            return await asyncio.to_thread(told, "backup", folder, "--data", stopped)

    assert "somebody else is backing up the same attachments: try again when that is done" in asyncio.run(held())
    assert snapshots(folder) == []
    done("backup", folder, "--data", stopped)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    if os.geteuid() != 0:
        pytest.skip("only root makes a small disk")
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_costs_no_earlier_backup(
    serve: Callable[..., Live], data: Path, folder: Path, tmp_path: Path
) -> None:
    live = serve()
    app = live.app()
    uploaded(app)
    with small_disk(folder, "20m"):
        done("backup", folder, "--data", data)
        before = contents(folder)
        for _ in range(12):
            uploaded(app, PICTURE + os.urandom(2_000_000))
        assert f"the disk of {folder} is full. Earlier backups are as they were" in told(
            "backup", folder, "--data", data
        )
        assert before.items() <= contents(folder).items()
        assert len(snapshots(folder)) == 1
        done("restore", folder, "--data", tmp_path / "new")
        assert len(files(tmp_path / "new")) == 1
    with small_disk(tmp_path / "tiny", "1m"):
        assert "there is not enough room at" in told("backup", tmp_path / "tiny", "--data", data)
    live.stop()


def test_a_store_whose_disk_is_full_is_backed_up_to_another(stopped: Path, folder: Path, tmp_path: Path) -> None:
    disk = Full(tmp_path / "disk", 8)
    try:
        data = Path(shutil.copytree(stopped, disk.folder / "data"))
        with closing(apsw.Connection(str(data / "parhelion.db"))) as connection:
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            connection.execute("pragma wal_autocheckpoint = 0")
            connection.execute("insert into client_association values ('a', 'c', 'u', zeroblob(2000000))")
        disk.fill()  # so what is in the log has no room in the file
        done("backup", folder, "--data", data)
    finally:
        disk.close()
    done("restore", folder, "--data", tmp_path / "new")


def test_a_damaged_store_is_told_and_drives_out_no_good_backup(stopped: Path, folder: Path) -> None:
    done("backup", folder, "--data", stopped)
    before = contents(folder)
    size = (stopped / "parhelion.db").stat().st_size
    with (stopped / "parhelion.db").open("r+b") as file:
        for page in range(4, size // 4096, 3):
            file.seek(page * 4096)
            file.write(b"\xff" * 100)
    why = told("backup", folder, "--data", stopped, "--keep", "1")
    assert "is damaged, and was not backed up" in why or "malformed" in why
    assert contents(folder) == before


# -- killed on the way -------------------------------------------------------------------------------------------------


def test_a_backup_that_is_killed_at_any_moment_leaves_the_earlier_ones_and_the_next_one_is_whole(
    serve: Callable[..., Live], data: Path, folder: Path, tmp_path: Path
) -> None:
    live = serve()
    app = live.app()
    place = app.conversation()
    uploaded(app)
    begun = time.monotonic()
    command = [*COMMAND, "backup", str(folder), "--data", str(data)]
    subprocess.run(command, check=True, capture_output=True)
    lasts = time.monotonic() - begun
    dice = random.Random(7)
    for round_ in range(4):
        app.say(place, f"message {round_}")
        uploaded(app, PICTURE + os.urandom(300_000))
        before = {each.name: contents(each) for each in snapshots(folder) if each.name[0].isdigit()}
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(lasts * dice.uniform(0.3, 1.0))  # where it is then is what varies
            process.send_signal(signal.SIGINT if round_ == 3 else signal.SIGKILL)
        after = {each.name: contents(each) for each in snapshots(folder)}
        assert before.items() <= after.items()
    live.stop()  # what it counts of apps is in the rows then
    done("backup", folder, "--data", data, "--keep", "1")
    assert [each.name[0].isdigit() for each in snapshots(folder)] == [True]
    assert list((folder / "media" / "incoming").iterdir()) == []
    done("restore", folder, "--data", tmp_path / "new")
    assert rows(tmp_path / "new") == rows(data)
    assert files(tmp_path / "new") == files(data) == files(folder)


def test_ctrl_c_is_answered_with_what_it_costs(stopped: Path, folder: Path) -> None:
    done("backup", folder, "--data", stopped)
    command = [*COMMAND, "backup", str(folder), "--data", str(stopped)]
    lost = next((stopped / "media").glob("??/*"))
    lost.unlink()  # it is waited for
    (folder / "media" / lost.parent.name / lost.name).unlink()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        until((folder / "snapshots" / "unfinished" / "parhelion.db").exists)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert "interrupted. Earlier backups are as they were" in process.stderr.read()
    assert process.returncode == 130
    assert len(snapshots(folder)) == 1


def test_a_restore_that_is_killed_is_never_served_and_goes_on(
    stopped: Path, folder: Path, key: Path, tmp_path: Path
) -> None:
    done("backup", folder, "--data", stopped)
    new, bad = tmp_path / "new", snapshots(folder)[0] / "parhelion.db"
    good = bad.read_bytes()
    bad.write_bytes(good[:5000] + b"?" + good[5001:])
    assert "parhelion.db is not as it was written: take another backup" in told("restore", folder, "--data", new)
    shutil.copy(key, new / "master.key")
    assert "unfinished copy" in told("serve", "--data", new, "--port", "0", "--log-requests", "none")
    assert "unfinished copy" in told("backup", tmp_path / "other", "--data", new)
    assert files(new) == files(stopped)
    bad.write_bytes(good)
    command = [*COMMAND, "restore", str(folder), "--data", str(new)]
    for delay in (0.1, 0.2, 0.3, 0.4):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(delay)
            process.kill()
        if process.returncode == 0:
            break
    finished = run("restore", folder, "--data", new)
    assert finished.returncode == 0 or "has a store in it" in finished.stderr
    assert rows(new) == rows(stopped)
    assert {path.name for path in new.iterdir()} - {"parhelion.db-turn"} == {"master.key", "media", "parhelion.db"}


def test_a_restore_of_another_backup_does_not_go_on_with_the_first(stopped: Path, folder: Path, tmp_path: Path) -> None:
    done("backup", folder, "--data", stopped)
    done("backup", folder, "--data", stopped)
    first, second = snapshots(folder)
    (second / "parhelion.db").write_bytes(b"")
    told("restore", folder, "--data", tmp_path / "new")
    why = told("restore", folder, "--data", tmp_path / "new", "--at", first.name)
    assert f"the unfinished copy of something else (the backup {second.name})" in why


# -- where it comes back -----------------------------------------------------------------------------------------------


def test_nothing_that_is_there_is_written_over(stopped: Path, folder: Path, tmp_path: Path) -> None:
    done("backup", folder, "--data", stopped)
    before = contents(stopped)
    assert "has a store in it, which was left as it is" in told("restore", folder, "--data", stopped)
    assert contents(stopped) == before
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "ada.jpg").write_bytes(b"a face")
    assert "has other things in it (ada.jpg)" in told("restore", folder, "--data", tmp_path / "photos")
    assert contents(tmp_path / "photos") == {"ada.jpg": b"a face"}
    address = "postgresql://nobody@127.0.0.1:1/none"
    why = told("restore", folder, "--data", tmp_path / "new", "--database", address)
    assert "restore it without --database" in why


def test_the_master_key_has_to_be_that_of_the_store(stopped: Path, folder: Path, key: Path, tmp_path: Path) -> None:
    done("backup", folder, "--data", stopped)
    new, other = tmp_path / "new", tmp_path / "other.key"
    other.write_bytes(b"x" * 64)
    assert "is not the master key of this store" in told("restore", folder, "--data", new, "--master-key", other)
    assert not new.exists()
    assert "No such file" in told("restore", folder, "--data", new, "--master-key", tmp_path / "none")
    new.mkdir()
    shutil.copy(other, new / "master.key")
    assert f"{new / 'master.key'} is not the master key" in told("restore", folder, "--data", new)
    (new / "master.key").unlink()
    said = done("restore", folder, "--data", new, "--master-key", key).stdout
    assert "Next:  parhelion serve" in said
    assert (new / "master.key").read_bytes() == key.read_bytes()
    assert (new / "master.key").stat().st_mode & 0o777 == 0o600
    assert "put the master key of this store at" in done("restore", folder, "--data", tmp_path / "keyless").stdout
    assert "master.key is missing" in told(
        "serve", "--data", tmp_path / "keyless", "--port", "0", "--log-requests", "none"
    )


def test_what_is_damaged_in_a_backup_is_named(stopped: Path, folder: Path, key: Path, tmp_path: Path) -> None:
    done("backup", folder, "--data", stopped)
    bad, whole = sorted((folder / "media").glob("??/*"))
    bad.write_bytes(PICTURE)
    finished = run("restore", folder, "--data", tmp_path / "new", "--master-key", key)
    assert finished.returncode == 1
    assert f"1 attachment damaged in the backup: {bad.name}" in finished.stderr
    assert list(files(tmp_path / "new")) == [whole.name], "what is whole is there"
    assert rows(tmp_path / "new") == rows(stopped)
    [snapshot] = snapshots(folder)
    sums = (snapshot / "media.sums").read_text()
    (snapshot / "media.sums").write_text(sums[:-2] + "?\n")
    assert "media.sums is not as it was written" in told("restore", folder, "--data", tmp_path / "other")
    about = (snapshot / "backup.json").read_text()
    (snapshot / "backup.json").write_text(about.replace('"format": 1', '"format": 2'))
    assert "was written by a newer Parhelion" in told("restore", folder, "--list")
    (snapshot / "backup.json").write_text(about[:50])
    assert "backup.json is damaged" in told("restore", folder, "--data", tmp_path / "other")
    (snapshot / "backup.json").unlink()
    assert "no backup that is complete" in told("restore", folder, "--data", tmp_path / "other")
    assert "no backup that is complete" in run("restore", folder, "--list").stdout


def test_a_backup_of_an_older_version_is_brought_up_to_date_as_it_is_served(folder: Path, tmp_path: Path) -> None:
    async def made() -> None:
        store = Sqlite(tmp_path / "old" / "parhelion.db")
        await store.migrate(migrations.scripts()[:3])
        await store.close()

    (tmp_path / "old").mkdir()
    asyncio.run(made())
    done("backup", folder, "--data", tmp_path / "old")
    key = tmp_path / "key"
    key.write_bytes(b"k" * 64)
    done("restore", folder, "--data", tmp_path / "new", "--master-key", key)
    assert len(rows(tmp_path / "new")["migration"]) == 3
    done("account", "key", "--data", tmp_path / "new")
    assert len(rows(tmp_path / "new")["migration"]) == len(migrations.scripts())
