"""Settings: options before the environment before a file, each declared once, and faults with what would be right."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from parhelion.cli.settings import TABLE, Settings, gather, key, option, shown, variable, without_secret
from parhelion.server.databases import migrations
from parhelion.server.databases.sqlite import Sqlite
from parhelion.server.rules.rates import rate_of
from tests.buckets import Place
from tests.engines import chosen
from tests.engines.nats import Servers
from tests.live import COMMAND

SECRET = "postgresql://parhelion:geheim@127.0.0.1:1/none"


def file(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def settings(folder: Path, text: str = "", environment: dict[str, str] | None = None, **asked: Any) -> Settings:
    return gather({"config": file(folder, text), **asked}, environment or {}).settings()


def faults(folder: Path, text: str, environment: dict[str, str] | None = None) -> list[str]:
    found = gather({"config": file(folder, text)}, environment or {}).faults
    return [each.replace(str(folder / "settings.toml"), "FILE") for each in found]


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | environment,
    )


def test_an_option_goes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    text = 'host = "::1"\nport = 1\nworkers = 3\n'
    found = settings(tmp_path, text, {"PARHELION_PORT": "2", "PARHELION_WORKERS": "4"}, workers=5)
    assert (found.host, found.port, found.workers) == ("::1", 2, 5)


def test_what_is_empty_is_not_said(tmp_path: Path) -> None:
    assert settings(tmp_path, 'host = ""\n', {"PARHELION_DATABASE": "", "PARHELION_PORT": ""}) == Settings()


def test_every_setting_can_be_said_in_all_three_places(tmp_path: Path) -> None:
    words = dict.fromkeys(TABLE, "7") | {
        "database": "postgresql://here/x",
        "media": "s3://files",
        "bus": "nats://here",
        "dispatch": "elsewhere",
        "console": "off",
        "host": "0.0.0.0",
        "metrics": "off",
        "log_format": "console",
        "log_requests": "none",
        "traces": "on",
        "public_url": "https://chat.example.org",
        "allow_targets": "loopback,private",
        "trusted_proxies": "10.0.0.0/8, fd00::/8",
    }
    said = "".join(f'{key(name)} = "{word}"\n' for name, word in words.items())
    in_file = settings(tmp_path, said)
    assert in_file == settings(tmp_path, "", {variable(name): word for name, word in words.items()})
    assert all(getattr(in_file, name) != getattr(Settings, name) for name in TABLE)
    told = " ".join(run("serve", "--help").stdout.split())
    assert all(f" {option(name)} " in told for name in TABLE)


def test_a_file_says_numbers_and_arrays_as_toml_does(tmp_path: Path) -> None:
    found = settings(tmp_path, 'drain = 2.5\nallow-targets = ["private", "loopback"]\nrate-limit-app = 100\n')
    assert (found.drain, found.allow_targets, found.rate_limit_app) == (2.5, ("private", "loopback"), rate_of("100"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('# x\n\ndatabse = "x"', "FILE:3: 'databse' is no setting: did you mean 'database'?"),
        ("public_url = 1", "FILE:1: 'public_url' is no setting: did you mean 'public-url'?"),
        ("[serve]\nport = 1", "FILE:1: 'serve' is no setting: "),
        ("workers = 1\nport = 70000", "FILE:2: port: '70000' is not a port: 0 to 65535"),
        ("port = true", "FILE:1: port should be a string or a number"),
        ("port = [1]", "FILE:1: port should be a string or a number"),
        ("allow-targets = [1]", 'FILE:1: allow-targets should be ["private"]'),
        ('allow-targets = "everywhere"', "FILE:1: allow-targets: 'everywhere' is none of loopback, private"),
        ('media = "s3://me:hush@files?endpoint=x"', "FILE:1: media: endpoint should be like "),
        ("drain = 4000", "FILE:1: drain: '4000' is not a number of seconds: 0 to 3600"),
        ("grace = -1", "FILE:1: grace: '-1' is not a number of seconds"),
        ("port = ", "FILE is not TOML: "),
    ],
)
def test_a_fault_names_its_place_and_what_is_right(tmp_path: Path, text: str, fault: str) -> None:
    [found] = faults(tmp_path, text)
    assert found.startswith(fault)
    assert "hush" not in found


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    assert len(faults(tmp_path, "port = 70000\nhots = 1\n", {"PARHELION_WORKERS": "0"})) == 3


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    done = run("serve", "--config", tmp_path / "none.toml")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"parhelion: {tmp_path}/none.toml cannot be read: No such file or directory\n"


def test_a_secret_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    path = file(tmp_path, f'database = "{SECRET}"\n')
    assert gather({"config": path}, {}).warnings == []
    path.chmod(0o604)
    [warning] = gather({"config": path}, {}).warnings
    assert "chmod o-r" in warning
    path.write_text('database = "postgresql://parhelion@here/none"\nbus = "nats://here"\n')
    assert gather({"config": path}, {}).warnings == []
    path.write_text('bus = "nats://token@here"\n')
    assert len(gather({"config": path}, {}).warnings) == 1


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        (SECRET, "postgresql://***@127.0.0.1:1/none"),
        ("postgresql://a,b/x?user=me&password=geheim", "postgresql://a,b/x?user=me&password=***"),
        ("postgresql://a/x?password=ge@heim&user=me@a", "postgresql://a/x?password=***&user=me@a"),
        ("postgresql://me:ge/he?im#@[x]@a,b/x?sslmode=require", "postgresql://***@a,b/x?sslmode=require"),
        ("nats://geheim@a,b", "nats://***@a,b"),
        ("s3://files", "s3://files"),
    ],
)
def test_an_address_is_shown_without_what_lets_one_in(address: str, safe: str) -> None:
    assert without_secret(address) == safe


def test_a_check_shows_what_holds_and_where_it_was_said(tmp_path: Path) -> None:
    path = file(tmp_path, f'port = 8010\nworkers = 2\ndata = "{tmp_path / "data"}"\n')
    done = run("config", "check", "--drain", "3", PARHELION_CONFIG=str(path), PARHELION_WORKERS="4")
    assert (done.returncode, done.stderr) == (0, ""), done
    lines = [line.split() for line in done.stdout.splitlines()]
    for line in (["port", "8010", f"{path}:1"], ["workers", "4", "PARHELION_WORKERS"], ["drain", "3", "--drain"]):
        assert line in lines, done.stdout
    assert "All is well." in done.stdout
    assert not (tmp_path / "data").exists()


def test_a_check_says_what_is_wrong_and_never_a_password(tmp_path: Path) -> None:
    pytest.importorskip("asyncpg")
    done = run("config", "check", "--data", tmp_path / "data", PARHELION_DATABASE=SECRET)
    assert done.returncode == 1
    assert "database    WRONG  postgresql://127.0.0.1:1/none cannot be reached" in done.stdout
    assert "One thing is wrong." in done.stdout
    assert "geheim" not in done.stdout + done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.embedded
def test_a_check_of_a_store_finds_its_version_and_another_master_key(tmp_path: Path) -> None:
    where = ("--data", tmp_path / "data")
    assert run("account", "key", *where).returncode == 0
    assert "up to date" in run("config", "check", *where).stdout
    (tmp_path / "data" / "master.key").write_bytes(b"x" * 64)
    done = run("config", "check", *where)
    assert done.returncode == 1
    assert "it belongs to another master key" in done.stdout


@pytest.mark.embedded
def test_a_store_from_before_master_keys_were_known_is_told_to_be_brought_up_to_date(tmp_path: Path) -> None:
    async def made() -> None:
        store = Sqlite(tmp_path / "parhelion.db")
        await store.migrate(migrations.scripts()[:3])
        await store.close()

    asyncio.run(made())
    done = run("config", "check", "--data", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "of version 3" in done.stdout
    assert "parhelion migrate" in done.stdout
    done = run("copy", "--from", f"sqlite:{tmp_path}", "--to", f"sqlite:{tmp_path / 'other'}")
    assert done.returncode == 1
    assert "run `parhelion migrate` on it first" in done.stderr
    assert "Traceback" not in done.stderr


# -- the master key ---------------------------------------------------------------------------------------------------


def test_a_master_key_that_is_named_has_to_be_there(tmp_path: Path) -> None:
    done = run("account", "key", "--data", tmp_path / "data", "--master-key-file", tmp_path / "key")
    assert done.returncode == 1
    assert "there is no master key at" in done.stderr
    assert not (tmp_path / "key").exists()
    (tmp_path / "key").write_bytes(b"x" * 64)
    assert run("account", "key", "--data", tmp_path / "data", "--master-key-file", tmp_path / "key").returncode == 0
    assert not (tmp_path / "data" / "master.key").exists()


@pytest.mark.engine("postgresql")
def test_a_first_start_on_the_store_of_another_key_leaves_no_key_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARHELION_DATABASE", chosen.fresh())
    assert run("account", "key", "--data", tmp_path / "one").returncode == 0
    done = run("account", "key", "--data", tmp_path / "other")
    assert done.returncode == 1
    assert "master.key is missing" in done.stderr
    assert "copy it from another node" in done.stderr
    assert not (tmp_path / "other" / "master.key").exists()


@pytest.mark.engine("postgresql")
def test_a_first_start_without_its_database_leaves_no_key_behind(tmp_path: Path) -> None:
    done = run("account", "key", "--data", tmp_path / "data", PARHELION_DATABASE=SECRET)
    assert done.returncode == 1
    assert not (tmp_path / "data" / "master.key").exists()


def test_a_value_is_shown_as_it_would_be_said() -> None:
    assert [shown("drain", 3.0), shown("allow_targets", ("loopback", "private"))] == ["3", "loopback, private"]


@pytest.mark.engine("s3")
def test_a_check_tries_the_bucket_and_leaves_nothing_in_it(tmp_path: Path, place: Place) -> None:
    where = ("config", "check", "--data", tmp_path / "data")
    done = run(*where, PARHELION_MEDIA=place.address)
    assert done.returncode == 0, done.stdout
    assert "wrote, read and removed a file" in done.stdout
    assert place.objects() == set()
    keys = place.bucket.keys
    assert keys is not None
    assert keys.secret not in done.stdout
    nowhere = run(*where, PARHELION_MEDIA=place.address.replace(place.bucket.name, "no-such-bucket"))
    assert nowhere.returncode == 1
    assert "media       WRONG" in nowhere.stdout
    assert "there is no such bucket" in nowhere.stdout


@pytest.mark.engine("nats")
@pytest.mark.engine("postgresql")
def test_a_check_tries_the_bus(tmp_path: Path, nats: Servers) -> None:
    where = ("config", "check", "--data", tmp_path / "data", "--database", chosen.fresh(), "--bus")
    done = run(*where, nats.address)
    assert done.returncode == 0, done.stdout
    assert f"bus         ok     {nats.address} is reached" in done.stdout
    away = run(*where, "nats://127.0.0.1:1")
    assert away.returncode == 1
    assert "bus         WRONG  nats://127.0.0.1:1 cannot be used" in away.stdout
