"""The command line: says what it did and what to do next, and fails with a sentence."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from parhelion.cli.serve import reach_of
from parhelion.server.rules.targets import Reach
from tests.live import COMMAND, Caller, Live, environment, parhelion
from tests.workers import Kept


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    told = environment(*command)
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=told)


def test_an_app_created_beside_a_running_server_works_at_once(live: Live) -> None:
    app = live.app('Zoë\'s "app" ☀')
    answer = app.get(app.app)
    assert (answer.status, answer.json["app"]["displayName"]) == (200, 'Zoë\'s "app" ☀')


def test_an_app_created_before_the_server_was_started_works_too(tmp_path: Path, serve: Callable[[], Live]) -> None:
    made = parhelion("app", "create", "--data", str(tmp_path / "data"), "--name", "early", "--json")
    assert list(made) == ["appId", "keyId", "secret"]
    live = serve()
    later = live.app()
    later.key_id, later.secret, later.app_id = made["keyId"], made["secret"], made["appId"]
    assert later.get(later.app).status == 200
    live.stop()


def test_people_are_told_how_to_go_on(tmp_path: Path) -> None:
    said = run("app", "create", "--data", tmp_path / "data", "--name", "x").stdout
    for name in ("PARHELION_APP_ID", "PARHELION_KEY_ID", "PARHELION_SECRET"):
        assert f"  export {name}=" in said
    assert "COMMAND" in run("--help").stdout


@pytest.mark.parametrize("name", ["", "x" * 101])
def test_a_name_that_cannot_be_is_refused_and_nothing_is_made(tmp_path: Path, name: str) -> None:
    done = run("app", "create", "--data", tmp_path / "data", "--name", name, "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("parhelion: --name: ")
    assert not (tmp_path / "data").exists()


def test_a_taken_port_is_a_sentence_and_changes_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("serve", "--port", str(taken.getsockname()[1]), "--data", tmp_path / "data")
    assert done.returncode == 1
    assert "Choose another with --port" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("port", ["http", "-1", "65536"])
def test_what_is_no_port_is_refused(port: str) -> None:
    done = run("serve", "--port", port)
    assert done.returncode == 2
    assert "is not a port" in done.stderr or "expected one argument" in done.stderr


@pytest.mark.embedded
def test_a_store_that_is_none_is_refused_with_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "parhelion.db").write_bytes(b"not a database" * 1000)
    newer = tmp_path / "newer"
    newer.mkdir()
    with sqlite3.connect(newer / "parhelion.db") as database:
        database.execute("create table migration (version bigint not null primary key)")
        database.execute("insert into migration values (999)")
    database.close()
    for data in (folder, newer):
        (data / "master.key").write_bytes(b"x" * 64)
    for data, why in ((folder, "cannot be used as a store"), (newer, "version 999")):
        for command in (("serve", "--port", "0"), ("app", "create", "--name", "x")):
            done = run(*command, "--data", data)
            assert (done.returncode, done.stdout) == (1, ""), done
            assert why in done.stderr
            assert "Traceback" not in done.stderr


def test_a_store_without_its_master_key_is_refused_rather_than_given_another(tmp_path: Path) -> None:
    parhelion("app", "create", "--data", str(tmp_path / "data"), "--name", "x", "--json")
    (tmp_path / "data" / "master.key").unlink()
    done = run("serve", "--port", "0", "--data", tmp_path / "data")
    assert done.returncode == 1
    assert "master.key is missing" in done.stderr
    assert not (tmp_path / "data" / "master.key").exists()


def test_a_store_with_another_master_key_is_refused_rather_than_served_with_wrong_secrets(
    tmp_path: Path,
) -> None:
    parhelion("app", "create", "--data", str(tmp_path / "data"), "--name", "x", "--json")
    key = (tmp_path / "data" / "master.key").read_bytes()
    (tmp_path / "data" / "master.key").write_bytes(b"x" * 64)
    done = run("serve", "--port", "0", "--data", tmp_path / "data")
    assert done.returncode == 1
    assert "master.key is another one" in done.stderr
    (tmp_path / "data" / "master.key").write_bytes(key)
    parhelion("app", "create", "--data", str(tmp_path / "data"), "--name", "x", "--json")


def test_a_name_that_the_terminal_cannot_show_does_not_cost_the_secret(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "app", "create", "--data", str(tmp_path / "data"), "--name", "日本"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert "PARHELION_SECRET=" in done.stdout


@pytest.mark.parametrize(
    "wrong",
    [("--host", ""), ("--public-url", "javascript:x"), ("--public-url", "chat.example.org"), ("--port", "٣")],
)
def test_an_argument_that_would_surprise_is_refused(tmp_path: Path, wrong: tuple[str, str]) -> None:
    done = run("serve", "--data", tmp_path / "data", *wrong)
    assert done.returncode == 2
    assert wrong[0] in done.stderr


def test_a_folder_that_is_a_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    done = run("serve", "--port", "0", "--data", tmp_path / "data")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


@pytest.mark.embedded
def test_what_needs_keeping_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    parhelion("app", "create", "--data", str(tmp_path / "data"), "--name", "x", "--json")
    modes = {path.name: path.stat().st_mode & 0o777 for path in [tmp_path / "data", *(tmp_path / "data").iterdir()]}
    files = dict.fromkeys(["master.key", "parhelion.db", "parhelion.db-turn"], 0o600)
    assert modes == {"data": 0o700, "media": 0o700, **files}


@pytest.mark.embedded
def test_no_secret_is_in_the_store(live: Live) -> None:
    app = live.app()
    app.say(app.conversation())
    stored = b"".join(path.read_bytes() for path in live.data.glob("parhelion.db*"))
    assert app.key_id.encode() in stored
    assert app.secret.encode() not in stored


def test_a_server_that_is_told_to_stop_answers_what_is_under_way(serve: Callable[[], Live]) -> None:
    live = serve()
    app = live.app()
    place = app.conversation()
    body = json.dumps({"author": {"type": "business"}, "content": {"type": "text", "text": "x"}}).encode()
    host, port = live.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        head = f"POST {app.messages(place)} HTTP/1.1\r\nHost: x\r\nAuthorization: {app.basic()}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        line.sendall(head.encode() + body[:10])
        line.settimeout(0.2)
        with pytest.raises(TimeoutError):
            line.recv(1)  # it is waiting for the rest
        live.process.terminate()
        line.settimeout(10)
        line.sendall(body[10:])
        assert line.recv(65536).startswith(b"HTTP/1.1 201")
    assert live.process.wait(20) == 0
    assert live.process.stdout is not None
    live.process.stdout.close()


def test_a_server_that_is_told_to_stop_answers_what_comes_over_open_connections_and_says_that_it_was_the_last(
    serve: Callable[[], Live],
) -> None:
    live = serve()
    lines = [Kept(Caller(live.url)) for _ in range(3)]
    live.process.terminate()
    for line in lines:
        while line.send("GET", "/").headers.get("connection") != "close":
            pass
        line.close()
    assert live.process.wait(20) == 0
    assert live.process.stdout is not None
    live.process.stdout.close()


@pytest.mark.parametrize(
    ("host", "allowed", "reach"),
    [
        ("127.0.0.1", (), Reach(loopback=True)),
        ("127.8.9.1", (), Reach(loopback=True)),
        ("::1", (), Reach(loopback=True)),
        ("localhost", (), Reach(loopback=True)),
        ("0.0.0.0", (), Reach()),
        ("::", (), Reach()),
        ("192.168.1.1", (), Reach()),
        ("localhost.example.org", (), Reach()),
        ("0.0.0.0", ("loopback",), Reach(loopback=True)),
        ("0.0.0.0", ("private",), Reach(private=True)),
        ("127.0.0.1", ("private",), Reach(private=True, loopback=True)),
    ],
)
def test_webhooks_may_point_at_this_machine_when_nobody_else_reaches_the_server(
    host: str, allowed: tuple[str, ...], reach: Reach
) -> None:
    assert reach_of(host, allowed) == reach


def test_targets_that_were_allowed_are_allowed_and_named_at_the_start(serve: Callable[..., Live]) -> None:
    for options, status in (((), 400), (("--allow-targets", "private", "--allow-targets", "loopback"), 201)):
        live = serve(*options)
        assert live.process.stdout is not None
        said = live.process.stdout.readline()
        assert ("may point webhooks into private networks" in said) is (status == 201), said
        assert "at this machine" not in said, "which is as usual"
        app = live.app()
        answers = {}
        for target in ("http://10.0.0.1/hook", "http://127.0.0.1:1/hook", "http://169.254.169.254/"):
            hook = {"target": target, "triggers": ["user:remove"]}
            answers[target] = app.post(f"{app.app}/integrations", {"type": "custom", "webhooks": [hook]}).status
        assert list(answers.values()) == [status, 201, 400]
        live.stop()


def test_events_leave_a_server_that_runs(serve: Callable[[], Live]) -> None:
    live = serve()
    app = live.app()
    with socket.create_server(("127.0.0.1", 0)) as receiver:
        hook = {"target": f"http://127.0.0.1:{receiver.getsockname()[1]}/hook", "triggers": ["conversation:message"]}
        assert app.post(f"{app.app}/integrations", {"type": "custom", "webhooks": [hook]}).status == 201
        app.say(app.conversation())
        receiver.settimeout(10)
        line, _ = receiver.accept()
        with line:
            line.settimeout(10)
            assert line.recv(65536).startswith(b"POST /hook HTTP/1.1\r\n")
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            live.stop()
