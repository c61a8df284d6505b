"""`parhelion audit`: shown from anywhere, exported beside a server that writes, and verified by what it leaves."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli import asking
from tests.drills.machine import Full
from tests.live import Caller, Live, run
from tests.workers import until


def lines(caller: Caller, *arguments: str) -> subprocess.CompletedProcess[str]:
    return asking.run(caller, "audit", "list", *arguments)


def test_who_changed_what_is_shown_a_line_each_newest_first(app: Caller) -> None:
    talk = app.conversation()
    said = [app.say(talk)["id"] for _ in range(3)]
    about = ("--object", f"conversation/{talk}")
    shown = lines(app, *about).stdout.splitlines()
    assert len(shown) == 4
    assert all(f"  {app.key_id}  127.0.0.1  " in line for line in shown)
    messages = [f"  PostMessage  conversation/{talk}/message/{each}  in {app.app_id}" for each in said[::-1]]
    assert all(line.endswith(end) for line, end in zip(shown, messages, strict=False))
    assert lines(app, *about, "--limit", "2").stdout.splitlines() == shown[:2]
    assert lines(app, *about, "--operation", "CreateConversation").stdout.splitlines() == shown[3:]
    assert lines(app, *about, "--key", "operator").stdout == "There is no such line in the audit log.\n"
    assert lines(app, *about, "--until", "2020-01-01").stdout == "There is no such line in the audit log.\n"
    [made] = map(json.loads, lines(app, *about, "--operation", "CreateConversation", "--json").stdout.splitlines())
    assert (made["key"], made["object"], made["outcome"]) == (app.key_id, f"conversation/{talk}", "changed")


def test_what_cannot_be_shown_is_said(app: Caller) -> None:
    for wrong, status in ((("--app", "another"), 1), (("--since", "yesterday"), 2), (("--limit", "0"), 2)):
        done = lines(app, *wrong)
        assert (done.returncode, done.stdout) == (status, "")
        assert "Traceback" not in done.stderr


def test_commands_leave_lines_too(live: Live, account: Caller) -> None:
    where = ("--data", str(live.data))
    client = json.loads(run("oauth", "client", "create", "--name", "p", "--redirect-uri", "https://a.example/", *where,
                            "--json").stdout)["clientId"]  # fmt: skip
    assert run("oauth", "client", "delete", client, *where).returncode == 0
    shown = lines(account, "--object", f"oauthClient/{client}").stdout.splitlines()
    assert [line.partition("-  ")[2] for line in shown] == [
        f"oauth client delete  oauthClient/{client}",
        f"oauth client create  oauthClient/{client}",
    ]
    assert all("  (command line)  " in line for line in shown)
    assert "secret" not in "".join(shown)


def test_the_head_is_in_the_log_of_the_server(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as errors:
        server = Live(tmp_path / "data", stderr=errors)
        try:
            server.app()
            until(lambda: b"; its head is 1:" in log.read_bytes(), "nobody can tell later whether the end was cut off")
        finally:
            server.stop()


@pytest.mark.embedded
def test_a_log_is_exported_and_verified_and_a_foreign_hand_is_named(serve: Callable[..., Live], tmp_path: Path) -> None:
    live = serve()
    app = live.app()
    talk = app.conversation()
    for _ in range(5):
        app.say(talk)
    where, file = ("--data", str(live.data)), tmp_path / "audit.jsonl"
    done = run("audit", "export", *where, "--to", str(file))  # beside the server
    assert done.returncode == 0, done
    assert file.stat().st_mode & 0o777 == 0o600
    head = done.stdout.split("--head ")[1].strip()
    again = run("audit", "export", *where, "--to", str(file))
    assert (again.returncode, "is there already" in again.stderr) == (1, True)
    for verified in (run("audit", "verify", *where), run("audit", "verify", str(file), *where, "--head", head)):
        assert (verified.returncode, verified.stderr) == (0, ""), verified
        assert " is whole. " in verified.stdout
    live.stop()

    with sqlite3.connect(live.data / "parhelion.db") as foreign:
        foreign.execute("update audit set key_id = 'nobody' where position = 4")
        foreign.execute("delete from audit where position = 5")
    found = run("audit", "verify", *where)
    assert (found.returncode, found.stdout) == (1, "")
    told = [line.strip() for line in found.stderr.splitlines()]
    assert told[1:3] == ["line 5: missing: seal 1 has it", "line 4: altered, or written by somebody else than a server"]
    file.write_bytes(file.read_bytes().replace(b'"PostMessage"', b'"GetMessage"', 1))
    assert "line " in run("audit", "verify", str(file), *where).stderr


@pytest.mark.embedded
def test_where_there_is_no_store_none_is_made(tmp_path: Path) -> None:
    for what in (("verify",), ("export", "--to", str(tmp_path / "audit.jsonl"))):
        nothing = run("audit", *what, "--data", str(tmp_path / "data"))
        assert (nothing.returncode, "there is no store" in nothing.stderr) == (1, True)
        assert not (tmp_path / "data").exists()
        assert not (tmp_path / "audit.jsonl").exists()


@pytest.mark.embedded
def test_an_export_that_finds_no_room_leaves_nothing_behind(tmp_path: Path) -> None:
    where = ("--data", str(tmp_path / "data"))
    assert run("app", "create", *where, "--name", "Shop").returncode == 0
    disk = Full(tmp_path / "disk", 1)
    try:
        disk.fill()
        file = disk.folder / "audit.jsonl"
        full = run("audit", "export", *where, "--to", str(file))
        assert (full.returncode, "No space left" in full.stderr, file.exists()) == (1, True, False)
        disk.empty()
        assert run("audit", "export", *where, "--to", str(file)).returncode == 0
        other = tmp_path / "other"
        other.write_bytes(b"k" * 64)
        found = run("audit", "verify", str(file), *where, "--master-key-file", str(other))
        assert (found.returncode, f"Not one line fits {other}" in found.stderr) == (1, True)
    finally:
        disk.close()


def test_what_cannot_be_verified_is_said(tmp_path: Path) -> None:
    where = ("--data", str(tmp_path / "data"))
    file = tmp_path / "audit.jsonl"
    file.write_text("what?\n")
    no_key = run("audit", "verify", str(file), *where)
    assert (no_key.returncode, "no master key" in no_key.stderr) == (1, True)
    (tmp_path / "key").write_bytes(b"k" * 64)
    key = ("--master-key-file", str(tmp_path / "key"))
    strange = run("audit", "verify", str(file), *where, *key)
    assert (strange.returncode, "row 1 is not one of an export" in strange.stderr) == (1, True)
    wrong_head = run("audit", "verify", str(file), *where, *key, "--head", "x")
    assert (wrong_head.returncode, "is not a head such as" in wrong_head.stderr) == (1, True)
    missing = run("audit", "verify", str(tmp_path / "none"), *where, *key)
    assert missing.returncode == 1
    assert "Traceback" not in missing.stderr
