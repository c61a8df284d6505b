"""parhelion --database: where the rows are, when they are not in the folder."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engines import chosen
from tests.live import COMMAND, Caller, Live

WITHOUT_ASYNCPG = COMMAND[-1].replace("import sys\n", "import sys\nsys.modules['asyncpg'] = None\n", 1)
NOWHERE = "postgresql://parhelion:geheim@127.0.0.1:1/none"


def run(*arguments: str, main: str = COMMAND[-1], **environment: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND[:-1], main, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env=os.environ | environment
    )


def test_a_missing_extra_is_told_in_a_sentence(tmp_path: Path) -> None:
    where = ("--data", str(tmp_path / "data"), "--database", NOWHERE)
    for command in (("serve", "--port", "0"), ("app", "create", "--name", "x"), ("oauth", "client", "list")):
        done = run(*command, *where, main=WITHOUT_ASYNCPG)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "parhelion: PostgreSQL needs an extra: pip install 'parhelion[postgresql]'\n"


@pytest.mark.parametrize(
    ("module", "command", "extra"),
    [
        ("obstore", ("app", "create", "--name", "x", "--media", "s3://files"), "s3"),
        ("uvicorn", ("copy", "--from", "sqlite:.", "--to", "sqlite:other"), "server"),  # it is missed as it is read
    ],
)
def test_whatever_is_not_installed_is_told_with_the_extra_that_has_it(
    tmp_path: Path, module: str, command: tuple[str, ...], extra: str
) -> None:
    without = WITHOUT_ASYNCPG.replace("asyncpg", module)
    done = run(*command, main=without, PARHELION_DATA=str(tmp_path / "data"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith(f"pip install 'parhelion[{extra}]'\n")
    assert "Traceback" not in done.stderr


def test_an_address_is_never_told_with_its_password(tmp_path: Path) -> None:
    pytest.importorskip("asyncpg")
    where = ("--data", str(tmp_path / "data"))
    for command in (("serve", "--port", "0"), ("account", "key")):
        for done in (
            run(*command, *where, "--database", NOWHERE),
            run(*command, *where, PARHELION_DATABASE=NOWHERE),
            run(*command, *where, "--database", NOWHERE.replace("postgresql", "mysql")),
        ):
            assert done.returncode == 1
            assert done.stderr.startswith("parhelion: ")
            assert "geheim" not in done.stdout + done.stderr
            assert "Traceback" not in done.stderr


@pytest.mark.engine("postgresql")
def test_who_has_no_app_yet_is_told_to_make_one_in_this_store_and_not_in_the_folder(
    serve: Callable[..., Live],
) -> None:
    live = serve("--database", chosen.fresh())
    assert live.process.stdout is not None
    said = live.process.stdout.readline()
    assert said.startswith("There is no app yet. Create one, with the settings of this server:")
    assert "--data" not in said


def test_a_server_for_tests_has_no_database(tmp_path: Path) -> None:
    done = run("serve", "--testing", "--database", NOWHERE)
    assert done.returncode == 1
    assert "leave out --database" in done.stderr


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> str:
    address = chosen.fresh()
    monkeypatch.setenv("PARHELION_DATABASE", address.replace("parhelion@", "parhelion:geheim@"))
    return address


@pytest.mark.engine("postgresql")
def test_all_commands_find_what_the_others_have_made(tmp_path: Path, environment: str) -> None:
    data = tmp_path / "data"
    live = Live(data)
    app, account = live.app(), live.account()
    assert account.get("/v2/apps").json["apps"][0]["id"] == app.app_id
    message = app.say(conversation := app.conversation())
    live.stop()
    assert sorted(path.name for path in data.iterdir()) == ["master.key", "media"]
    again = Live(data, "--workers", "2")
    caller = Caller(again.url, app.key_id, app.secret, app.app_id)
    assert caller.get(caller.messages(conversation)).json["messages"] == [message]
    again.stop()


@pytest.mark.engine("postgresql")
def test_a_folder_of_its_own_is_refused_with_another_master_key(tmp_path: Path, environment: str) -> None:
    assert run("account", "key", "--data", str(tmp_path / "one")).returncode == 0
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "master.key").write_bytes(b"x" * 64)
    done = run("account", "key", "--data", str(tmp_path / "other"))
    assert done.returncode == 1
    assert "master.key is another one" in done.stderr
    assert "geheim" not in done.stderr
