"""parhelion export and import: an app into lines and back, and all that may be wrong with them."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from bench.data import measured
from parhelion.cli import main
from parhelion.server.ports import Step, Write
from parhelion.wire.export import file_id_of
from tests.everything import device, everything
from tests.inside import engines
from tests.live import COMMAND, Live, environment
from tests.server.asking import send

APP, USER, TALK, FILE = "6" + "a" * 23, "6" + "b" * 23, "6" + "c" * 23, "01ARZ3NDEKTSV4RRFFQ69G5FAV"
TIME = "2026-01-31T12:00:00.000Z"
HEADER = {"kind": "export", "version": 1, "appId": APP, "files": "embedded"}
END = {"kind": "end"}
Line = dict[str, Any]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, in this process: many are run here."""
    out, err = io.StringIO(), io.StringIO()
    with mock.patch.dict(os.environ, environment(*arguments)), redirect_stdout(out), redirect_stderr(err):
        try:
            status = main(arguments)
        except SystemExit as end:
            status = int(end.code or 0)
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())


def export(data: Path, app: str, to: Path, *more: str) -> list[bytes]:
    """The lines but for the first, which says when it was."""
    done = run("export", "--data", str(data), "--app", app, "--to", str(to), *more)
    assert done.returncode == 0, done
    return to.read_bytes().splitlines()[1:]


def take(data: Path, path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return run("import", str(path), "--data", str(data), *more)


def written(path: Path, *lines: Line | bytes) -> Path:
    said = (each if isinstance(each, bytes) else json.dumps(each).encode() for each in lines)
    path.write_bytes(b"".join(each + b"\n" for each in said))
    return path


def user(id: str = USER, **more: Any) -> Line:
    return {"kind": "user", "data": {"id": id, "signedUpAt": TIME, **more}}


def talk(id: str = TALK, **more: Any) -> Line:
    data = {"id": id, "type": "sdkGroup", "lastUpdatedAt": TIME, "createdAt": TIME, **more}
    return {"kind": "conversation", "data": data}


def message(number: int = 1, conversation: str = TALK, **more: Any) -> Line:
    content = {"type": "text", "text": f"number {number}"}
    data = {"id": f"{number:024x}", "received": TIME, "author": {"type": "business"}, "content": content, **more}
    return {"kind": "message", "conversationId": conversation, "data": data}


def attachment(body: bytes = b"hello", id: str = FILE, **more: Any) -> list[Line]:
    data = {"id": id, "name": "a.txt", "mediaType": "text/plain", "size": len(body), "createdAt": TIME, **more}
    said = base64.b64encode(body).decode()
    return [{"kind": "attachment", "data": data}, {"kind": "bytes", "attachmentId": id, "offset": 0, "data": said}]


def app_line(**more: Any) -> Line:
    return {"kind": "app", "data": {"id": APP, "displayName": "brought", **more}}


def asked(data: Path, sql: str) -> list[tuple[Any, ...]]:
    async def ask() -> list[tuple[Any, ...]]:
        async with engines(data) as opened:
            return [tuple(row) for row in await opened.database.read_all(sql, {})]

    return asyncio.run(ask())


def changed(data: Path, *statements: str) -> None:
    async def change() -> None:
        async with engines(data) as opened:
            await opened.database.write(Write("test", tuple(map(Step, statements)), {}))

    asyncio.run(change())


@pytest.fixture
def full(serve: Any, tmp_path: Path) -> tuple[Live, dict[str, str]]:
    """A server, and an app on it with one of everything."""
    live: Live = serve()
    account = live.account()

    def ask(method: str, path: str, body: Any) -> Any:
        answer = send(account, method, path, body)
        assert answer.status < 300, answer
        return answer.json

    things = everything(ask)

    async def bring() -> None:
        async with engines(live.data) as opened:
            await opened.database.write(device(things))

    asyncio.run(bring())
    return live, things


@pytest.mark.parametrize("how", [(), ("--embed",)])
def test_what_is_brought_in_is_what_was_taken_out(
    full: tuple[Live, dict[str, str]], tmp_path: Path, how: tuple[str, ...]
) -> None:
    live, things = full
    app = things["appId"]
    first = export(live.data, app, tmp_path / "first.jsonl", *how)
    kinds = {json.loads(each)["kind"] for each in first}
    assert kinds >= {"app", "user", "client", "device", "attachment", "conversation", "participant", "message", "end"}
    done = take(tmp_path / "other", tmp_path / "first.jsonl")
    assert (done.returncode, "refused" in done.stdout) == (0, False), done
    # Control is the switchboard's, and that is not brought along.
    second = export(tmp_path / "other", app, tmp_path / "second.jsonl", *how)
    assert [_without_control(each) for each in second] == [_without_control(each) for each in first]
    again = take(tmp_path / "other", tmp_path / "first.jsonl")
    assert again.returncode == 0
    assert "taken in" not in again.stdout
    other = Live(tmp_path / "other")
    try:
        path = things["mediaUrl"][things["mediaUrl"].index("/attachments/") :]
        caller = other.account()
        assert caller.get(path).body == b"hello"
        assert caller.get(f"/parhelion/v1/apps/{app}/search?query=choose").json["results"]
        said = caller.post(f"/v2/apps/{app}/conversations/{things['conversationId']}/messages", _hello()).json
        assert said["messages"][0]["id"] > things["messageId"]
        gone = caller.delete(f"/v2/apps/{app}/conversations/{things['defaultConversationId']}")
        assert gone.status == 400, "it is somebody's default one, as it was"
    finally:
        other.stop()
    heard = asked(tmp_path / "other", "select type from event where conversation_id <> '' order by position")
    assert [each[0] for each in heard] == ["conversation:message"], "of what was brought in nobody heard"


def _hello() -> Line:
    return {"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}


def _without_control(said: bytes) -> Any:
    line = json.loads(said)
    if line["kind"] == "conversation":
        for name in ("activeSwitchboardIntegration", "pendingSwitchboardIntegration"):
            line["data"].pop(name, None)
    return line


def test_a_large_app_by_checksum(tmp_path: Path) -> None:
    """The drill in its short form: `python -m bench.data` is the long one."""
    here, there = (environment("--data", str(tmp_path / name)).get("PARHELION_DATABASE") for name in ("from", "to"))
    outcome = measured(1_000, tmp_path, there, here)
    assert outcome.same_lines
    assert outcome.differing == []
    assert 0 < outcome.exported.peak < 250
    assert 0 < outcome.imported.peak < 250


def test_an_export_goes_on_wherever_it_was_cut_off(full: tuple[Live, dict[str, str]], tmp_path: Path) -> None:
    live, things = full
    app, path = things["appId"], tmp_path / "a.jsonl"
    caller = live.account()
    for _ in range(30):
        send(caller, "POST", f"/v2/apps/{app}/conversations/{things['conversationId']}/messages", _hello())
    caller.app_id = app
    assert caller.upload(b"0123456789" * 60_000, "big.txt").status == 201
    whole = export(live.data, app, path, "--embed")
    body = path.read_bytes()
    dice = random.Random(9)
    begins = [0, *(place + 1 for place, each in enumerate(body) if each == 10)]
    for at in [1, 5, 20, *begins[1:-1:5], *(dice.randrange(len(body)) for _ in range(6))]:
        path.write_bytes(body[:at])
        assert export(live.data, app, path, "--embed") == whole, at
    assert "complete already" in run("export", "--data", str(live.data), "--app", app, "--to", str(path)).stdout


def test_a_killed_export_loses_and_repeats_nothing(tmp_path: Path) -> None:
    data, path = tmp_path / "data", tmp_path / "a.jsonl"
    lines = [message(number) for number in range(1, 4000)]
    assert take(data, written(tmp_path / "in.jsonl", HEADER, app_line(), talk(), *lines, END)).returncode == 0
    arguments = ["export", "--data", str(data), "--app", APP, "--to", str(path)]
    process = subprocess.Popen([*COMMAND, *arguments], env=environment(*arguments), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while process.poll() is None and (not path.exists() or path.stat().st_size < 100_000):
        assert time.monotonic() < deadline
    process.kill()
    process.wait(20)
    ids = [json.loads(each)["data"]["id"] for each in export(data, APP, path) if b'"kind":"message"' in each]
    assert ids == [f"{number:024x}" for number in range(1, 4000)]


def test_a_disk_that_is_full_is_told_and_gone_on_from(tmp_path: Path) -> None:
    data, path = tmp_path / "data", tmp_path / "a.jsonl"
    lines = [message(number) for number in range(1, 2000)]
    assert take(data, written(tmp_path / "in.jsonl", HEADER, app_line(), talk(), *lines, END)).returncode == 0
    arguments = ["export", "--data", str(data), "--app", APP, "--to", str(path)]
    import resource

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))

    done = subprocess.run(
        [*COMMAND, *arguments],
        env=environment(*arguments),
        capture_output=True,
        text=True,
        preexec_fn=small,
        check=False,
    )
    assert done.returncode == 1
    assert "run this again" in done.stderr
    ids = [json.loads(each)["data"]["id"] for each in export(data, APP, path) if b'"kind":"message"' in each]
    assert ids == [f"{number:024x}" for number in range(1, 2000)]


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert take(data, written(tmp_path / "in.jsonl", HEADER, app_line(), END)).returncode == 0
    for body in (b"my diary\n", b"my diary", b'{"kind":"user"}\n', b'{"kind":"export","version":1,"appId":"x"}\n'):
        path = tmp_path / "kept"
        path.write_bytes(body)
        done = run("export", "--data", str(data), "--app", APP, "--to", str(path))
        assert done.returncode == 1, body
        assert path.read_bytes() == body
    assert run("export", "--data", str(data), "--app", USER, "--to", str(tmp_path / "x")).returncode == 1
    assert run("export", "--data", str(tmp_path / "no"), "--app", APP).returncode == 1


def test_while_others_write_nothing_of_before_is_lost(serve: Any, tmp_path: Path) -> None:
    live: Live = serve()
    app = live.app()
    talks = [app.conversation(app.user(externalId=f"u{number}")) for number in range(6)]
    before = {app.say(each)["id"] for each in talks for _ in range(20)}
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            app.say(app.conversation(app.user(externalId=f"late{number}")))
            app.say(talks[number % 6])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        lines = export(live.data, app.app_id, tmp_path / "a.jsonl")
    finally:
        stop.set()
        writer.join()
    told = [json.loads(each) for each in lines]
    assert before <= {each["data"]["id"] for each in told if each["kind"] == "message"}
    done = take(tmp_path / "other", tmp_path / "a.jsonl")
    assert (done.returncode, "refused" in done.stdout) == (0, False), "whatever a line refers to came before it"


REFUSED: dict[str, tuple[Line | bytes, str]] = {
    "no JSON": (b"{nope", "JSON is malformed"),
    "not UTF-8": (b'{"kind":"user","data":{"id":"\xff"}}', "UTF-8"),
    "nothing": (b"", "JSON is malformed"),
    "an array": (b"[1]", "should be an object"),
    "nested": (b"[" * 100_000, ""),
    "no kind": ({"data": {}}, "should have required property 'kind'"),
    "unknown kind": ({"kind": "ticket", "data": {}}, "'ticket' is not"),
    "too long": (b'{"kind":"user","x":"' + b"x" * 1_100_000 + b'"}', "longer than"),
    "a second header": (HEADER, "one first line"),
    "no id": ({"kind": "user", "data": {}}, "data: should have required property 'id'"),
    "an id that is none": (user("../../etc"), "data.id: should be 24"),
    "an email that is none": (user("6" * 24, profile={"email": "nobody"}), "data.profile.email"),
    "a script": (user("6" * 24, profile={"avatarUrl": "javascript:alert(1)"}), "data.profile.avatarUrl"),
    "too much metadata": (user("6" * 24, metadata={"a": "x" * 5000}), "4096"),
    "a time out of time": (user("6" * 24, signedUpAt="0001-01-01T00:00:00+14:00"), "years 1 to 9999"),
    "a null character": (user("6" * 24, externalId="a\0b"), "U+0000"),
    "a taken external id": (user("6" * 24, externalId="ada"), "external id 'ada'"),
    "other data": (user(USER, externalId="ada", metadata={"a": 1}), "differs"),
    "a client of nobody": ({"kind": "client", "userId": "6" * 24, "data": {"id": USER, "type": "sdk"}}, "no user"),
    "a device of nobody": ({"kind": "device", "userId": "6" * 24, "data": {"id": USER}}, "there is no user"),
    "a kind of conversation": (talk("6" * 24, type="party"), "data.type: should be one of personal, sdkGroup"),
    "a conversation changed": (talk(displayName="other"), "differs"),
    "a future mark": ({**talk("6" * 24), "lastMessageId": "f" * 24}, "lies in the future"),
    "in no conversation": (message(7, "6" * 24), "there is no conversation"),
    "out of no conversation": (
        {"kind": "participant", "conversationId": "6" * 24, "data": {"id": USER, "userId": USER}},
        "there is no conversation",
    ),
    "nobody takes part": (
        {"kind": "participant", "conversationId": TALK, "data": {"id": "6" * 24, "userId": "7" * 24}},
        "there is no user",
    ),
    "takes part otherwise": (
        {"kind": "participant", "conversationId": TALK, "data": {"id": "6" * 24, "userId": USER}},
        "differs",
    ),
    "a message changed": (message(1, content={"type": "text", "text": "forged"}), "differs"),
    "a future message": ({**message(), "data": {**message()["data"], "id": "f" * 24}}, "lies in the future"),
    "a type of content": (message(8, content={"type": "hologram"}), "data.content"),
    "says nothing": (message(8, content={"type": "text", "text": " "}), "data.content"),
    "too long a text": (message(8, content={"type": "text", "text": "x" * 4097}), "at most 4096"),
    "a picture of a script": (
        message(8, content={"type": "image", "mediaUrl": "javascript:1"}),
        "data.content.mediaUrl",
    ),
    "by nobody": (message(8, author={"type": "ghost"}), "data.author.type"),
    "by an id that is none": (message(8, author={"type": "user", "userId": "../x"}), "data.author.userId"),
    "of another app": (attachment(id="01ARZ3NDEKTSV4RRFFQ69G5FZZ")[0], "taken in another app"),
    "too few bytes": (attachment(b"hello", "01ARZ3NDEKTSV4RRFFQ69G5FA0")[0], "has 0 bytes, and should have 5"),
    "a moment that is none": (talk("5" * 24, businessLastRead="9999-12-31T23:59:59-14:00"), "data.businessLastRead:"),
    "an id of a file that is none": (attachment(b"", "../../../../etc/passwd00000")[0], "data.id"),
}


def test_each_bad_line_is_told_with_its_reason_and_passed_over(tmp_path: Path) -> None:
    data, report = tmp_path / "data", tmp_path / "refused.txt"
    others = "6" + "e" * 23
    theirs = attachment(id="01ARZ3NDEKTSV4RRFFQ69G5FZZ")
    other = written(
        tmp_path / "o.jsonl", {**HEADER, "appId": others}, {**app_line(), "data": {"id": others}}, *theirs, END
    )
    assert take(data, other).returncode == 0
    good = [app_line(), user(externalId="ada"), *attachment(), talk()]
    joined = {"kind": "participant", "conversationId": TALK, "data": {"id": "5" * 24, "userId": USER}}
    bad = [line for line, _ in REFUSED.values()]
    path = written(tmp_path / "in.jsonl", HEADER, *good, joined, message(1), *bad, message(2), END)
    done = take(data, path, "--refused", str(report))
    assert (done.returncode, done.stderr) == (1, ""), done
    told = report.read_text().splitlines()
    numbers = {int(each.split()[1][:-1]): each for each in told}
    assert len(told) == len(numbers) == len(REFUSED), told
    for number, (name, (_, why)) in enumerate(REFUSED.items(), 3 + len(good) + 1):
        assert why in numbers[number], (name, numbers[number])
    first = export(data, APP, tmp_path / "out.jsonl", "--embed")
    kinds = [json.loads(each)["kind"] for each in first]
    assert kinds == ["app", "user", "attachment", "bytes", "conversation", "participant", "message", "message", "end"]
    assert asked(data, f"select count(*) from app_user where app_id = '{others}'") == [(0,)]
    assert take(data, path, "--refused", str(report)).returncode == 1
    assert export(data, APP, tmp_path / "again.jsonl", "--embed") == first, "nothing goes over what is there"


def test_an_import_that_was_cut_off_is_run_again(tmp_path: Path) -> None:
    lines: Iterable[Line] = [
        app_line(),
        user(),
        *attachment(b"0123456789" * 20_000),
        talk(),
        *map(message, range(1, 400)),
    ]
    whole = written(tmp_path / "whole.jsonl", HEADER, *lines, END).read_bytes()
    for place, at in enumerate([600, 100_000, 300_000, len(whole) - 3]):
        (tmp_path / "part.jsonl").write_bytes(whole[:at])
        done = take(tmp_path / f"data{place}", tmp_path / "part.jsonl")
        assert done.returncode == 1
        assert "not finished" in done.stderr
        assert take(tmp_path / f"data{place}", tmp_path / "whole.jsonl").returncode == 0
        found = export(tmp_path / f"data{place}", APP, tmp_path / f"out{place}.jsonl", "--embed")
        assert len(found) == 399 + 6
        noted = asked(tmp_path / f"data{place}", "select operation, app_id, object, key_id, scope from audit")
        assert noted == [("import", APP, f"app/{APP}", "operator", "command line")] * 2, "a line for each"


def test_what_is_missing_in_the_middle_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path / "in.jsonl", HEADER, app_line(), user(), {"kind": "end", "counts": {"app": 1, "user": 2}})
    done = take(tmp_path / "data", path)
    assert done.returncode == 1
    assert "lines are missing" in done.stderr


def test_a_conversation_takes_thirty_thousand_and_no_more(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert take(data, written(tmp_path / "a.jsonl", HEADER, app_line(), talk(), END)).returncode == 0
    changed(data, f"update conversation set message_count = 29990 where app_id = '{APP}'")
    done = take(data, written(tmp_path / "b.jsonl", HEADER, talk(), *map(message, range(1, 60)), END), "--app", APP)
    assert done.returncode == 1
    assert "10 message" in done.stdout
    assert done.stderr.count("has 30,000 messages already") == 49
    assert asked(data, "select message_count from conversation") == [(30_000,)]


def test_what_was_deleted_here_does_not_come_back(serve: Any, tmp_path: Path) -> None:
    live: Live = serve()
    path = written(tmp_path / "a.jsonl", HEADER, app_line(), talk(), message(1), message(2), END)
    assert take(live.data, path).returncode == 0
    caller = live.account()
    assert caller.delete(f"/v2/apps/{APP}/conversations/{TALK}/messages").status == 200
    done = take(live.data, path)
    assert done.returncode == 1
    assert "was deleted here" in done.stderr
    assert caller.get(f"/v2/apps/{APP}/conversations/{TALK}/messages").json["messages"] == []


def test_an_app_that_was_deleted_comes_back_whole(serve: Any, tmp_path: Path) -> None:
    live: Live = serve("--dispatch", "elsewhere")  # nobody clears away what it left
    path = written(tmp_path / "a.jsonl", HEADER, app_line(), user(), talk(), *map(message, range(1, 30)), END)
    assert take(live.data, path).returncode == 0
    first = export(live.data, APP, tmp_path / "first.jsonl")
    assert live.account().delete(f"/v2/apps/{APP}").status == 200
    assert take(live.data, path).returncode == 0
    assert asked(live.data, "select count(*) from app_gone") == [(0,)]
    assert export(live.data, APP, tmp_path / "second.jsonl") == first


def test_addresses_lead_to_the_new_server(serve: Any, tmp_path: Path) -> None:
    live: Live = serve()
    hosted = "https://media.example.com/apps/1/a.txt"
    elsewhere = "https://elsewhere.example.org/b.txt"
    fetched, here = file_id_of(hosted), f"https://old.example.org/x/attachments/v2/{FILE}/a.txt"
    item = {"title": "t", "mediaUrl": here, "actions": [{"type": "link", "text": "t", "uri": "https://example.org"}]}
    shown = [
        message(1, content={"type": "file", "mediaUrl": here}),
        message(2, content={"type": "file", "mediaUrl": hosted}),
        message(3, content={"type": "carousel", "items": [item]}),
        message(4, content={"type": "file", "mediaUrl": elsewhere}),
    ]
    files = [*attachment(), *attachment(id=fetched)]
    path = written(tmp_path / "a.jsonl", HEADER, app_line(), *files, talk(), *shown, END)
    assert take(live.data, path, "--public-url", live.url).returncode == 0
    caller = live.account()
    messages = f"/v2/apps/{APP}/conversations/{TALK}/messages"
    first, second, third, fourth = (each["content"] for each in caller.get(messages).json["messages"])
    assert first["mediaUrl"] == third["items"][0]["mediaUrl"] == f"{live.url}/attachments/v2/{FILE}/a.txt"
    assert second["mediaUrl"] == f"{live.url}/attachments/v2/{fetched}/a.txt"
    assert second["attachmentId"] == fetched
    assert fourth["mediaUrl"] == elsewhere
    for each in (first, second):
        assert caller.get(each["mediaUrl"].removeprefix(live.url)).body == b"hello"
    assert sorted(asked(live.data, "select message_id, attachment_id from attachment_use")) == [
        (f"{number:024x}", id) for number, id in ((1, FILE), (2, fetched), (3, FILE))
    ]


def test_into_an_app_with_another_id(tmp_path: Path) -> None:
    data = tmp_path / "data"
    path = written(tmp_path / "a.jsonl", HEADER, app_line(), user(), talk(), message(1), END)
    assert take(data, path).returncode == 0
    done = take(data, path, "--into-new-app")
    assert done.returncode == 0
    new = done.stdout.split()[4].rstrip(",")
    assert new != APP
    assert len(export(data, new, tmp_path / "out.jsonl")) == 5
    assert take(data, path, "--app", new).returncode == 0
    assert take(data, path, "--app", "7" * 24).returncode == 1
    assert take(data, written(tmp_path / "b.jsonl", {**HEADER, "appId": "7" * 24}, user())).returncode == 1
    for body in (b"", b"diary\n", b'{"kind":"user"}\n', b'{"kind":"export","version":2,"appId":"%b"}\n' % APP.encode()):
        (tmp_path / "c.jsonl").write_bytes(body)
        assert "is no export" in take(data, tmp_path / "c.jsonl").stderr


def test_only_plain_files_are_taken_from_beside_the_lines(tmp_path: Path) -> None:
    secret, path = b"s" * 64, tmp_path / "a.jsonl"
    (tmp_path / "secret").write_bytes(secret)
    there = Path(f"{path}.media", FILE)
    there.parent.mkdir()
    lines = [app_line(), attachment(secret)[0], END]
    written(path, {**HEADER, "files": "beside"}, *lines)
    for make in (lambda: there.symlink_to(tmp_path / "secret"), lambda: os.mkfifo(there), there.mkdir):
        make()
        done = take(tmp_path / "data", path)
        assert (done.returncode, "line 3: attachment: its bytes are not beside the file" in done.stderr) == (1, True)
        assert asked(tmp_path / "data", "select count(*) from attachment") == [(0,)]
        there.rmdir() if there.is_dir() and not there.is_symlink() else there.unlink()
    there.write_bytes(secret)
    assert take(tmp_path / "data", path).returncode == 0


def test_files_that_are_not_there_are_left_out_or_refused(tmp_path: Path) -> None:
    lines = [app_line(), attachment()[0], talk(), END]
    done = take(tmp_path / "a", written(tmp_path / "a.jsonl", {**HEADER, "files": "none"}, *lines))
    assert (done.returncode, "left out" in done.stdout) == (0, True)
    done = take(tmp_path / "b", written(tmp_path / "b.jsonl", {**HEADER, "files": "beside"}, *lines))
    assert done.returncode == 1
    assert "its bytes are not beside the file" in done.stderr
    for body in (b"hell", b"hello!"):
        [line, said] = attachment(b"hello")
        wrong = {**said, "data": base64.b64encode(body).decode()}
        done = take(tmp_path / "c", written(tmp_path / "c.jsonl", HEADER, app_line(), line, wrong, END))
        assert done.returncode == 1
        assert "and should have 5" in done.stderr
    assert not any((tmp_path / "c" / "media").rglob(FILE))
