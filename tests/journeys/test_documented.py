"""The samples of the discontinued client's own documentation, run with the drop-in against a live server.

They are taken out of the documents as they stand. Filled in are the host, the credentials, the ids and the bodies; and
a sample has worked when the server shows it, not when it did not raise: samples catch what is raised and print it.
"""

import re
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from parhelion.client import KeyJWT
from tests.live import Caller

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"
FIRST, LAST = "from __future__ import print_function", "Exception when calling"

POSTS = {
    "9/12": "sunshine_conversations_client.MessagePost("
    "author=sunshine_conversations_client.Author(type='business'), "
    "content=sunshine_conversations_client.TextMessage(type='text', text='from a sample'))",
    "17": "sunshine_conversations_client.MessagePost("
    "author=sunshine_conversations_client.Author(type='business'), "
    "content=sunshine_conversations_client.Content("
    "sunshine_conversations_client.TextMessage(type='text', text='from a sample')))",
}
DELETES = {
    "9/12": "sunshine_conversations_client.AttachmentDeleteBody(media_url={url!r})",
    "17": "sunshine_conversations_client.AttachmentDeleteBody(mediaUrl={url!r})",
}
both_dialects = pytest.mark.parametrize("dialect", ["9/12", "17"])
both_ways_in = pytest.mark.parametrize("way_in", ["basic", "bearer"])


class Sample(NamedTuple):
    method: str
    bearer: bool
    code: str


def samples(document: str) -> list[Sample]:
    """The code blocks of a document: for each method one with a key, then one with a token."""
    found: list[Sample] = []
    lines: list[str] = []
    for line in document.splitlines():
        if line.strip() == FIRST:
            lines = [line]
        elif lines:
            lines.append(line)
            if LAST in line:
                code = indented(lines)
                method = re.findall(r"api_instance\.(\w+)\(", code)[0]
                found.append(Sample(method, any(each.method == method for each in found), code))
                lines = []
    return found


def indented(lines: list[str]) -> str:
    """As they stand; or, where all indentation was lost, with it: a colon opens a block, `except` closes one."""
    if any(line.startswith("    ") and LAST in line for line in lines):
        return "\n".join(lines)
    depth, out = 0, list[str]()
    for line in lines:
        depth -= line.startswith("except ")
        out.append("    " * depth + line)
        depth += line.startswith(("with ", "try:", "except "))
    return "\n".join(out)


SAMPLES = {
    (sample.method, sample.bearer): sample.code
    for path in (sorted(SEEDS.glob("*.txt")) if SEEDS.is_dir() else [])
    for sample in samples(path.read_text(encoding="utf-8"))
}
pytestmark = pytest.mark.skipif(not SAMPLES, reason="the documents are not here: no ../shared/seeds")


def fill(code: str, **values: str) -> str:
    """Say what a name is, in place of what the sample says. Every name must be there."""
    for name, value in values.items():
        code, times = re.subn(rf"(?m)^(\s*{re.escape(name)} = )[^#\n]*", lambda m, v=value: m[1] + v, code)
        assert times == 1, f"{name} is set {times} times"
    return code


def run(method: str, way_in: str, app: Caller, *edits: tuple[str, str], **values: str) -> str:
    """Run the sample of a method, and answer what it printed."""
    code = SAMPLES[method, way_in == "bearer"]
    if way_in == "bearer":
        # Only the token is right: the sample leaves a user name and a password beside it, which must not be sent.
        token = KeyJWT(app.key_id, app.secret).authorization(time.time()).removeprefix("Bearer ")
        code = code.replace("#configuration.access_token", "configuration.access_token")
        code = fill(code, **{"configuration.access_token": repr(token)})
    else:
        code = fill(code, **{"configuration.username": repr(app.key_id), "configuration.password": repr(app.secret)})
    code = fill(code, host=repr(app.url), app_id=repr(app.app_id), **values)
    for before, after in edits:
        assert before in code
        code = code.replace(before, after)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert LAST not in done.stdout, done.stdout
    assert done.stderr == ""
    return done.stdout


def texts(app: Caller, conversation: str) -> list[str]:
    return [each["content"].get("text") for each in app.get(app.messages(conversation)).json["messages"]]


def test_both_documents_gave_all_their_samples():
    methods = {
        "list_messages",
        "post_message",
        "delete_message",
        "delete_all_messages",
        "upload_attachment",
        "delete_attachment",
    }
    assert set(SAMPLES) == {(method, bearer) for method in methods for bearer in (False, True)}


@both_ways_in
@both_dialects
def test_post_message(app: Caller, conversation: str, way_in: str, dialect: str):
    printed = run("post_message", way_in, app, conversation_id=repr(conversation), message_post=POSTS[dialect])
    assert texts(app, conversation) == ["from a sample"]
    assert app.get(app.messages(conversation)).json["messages"][0]["id"] in printed


@both_ways_in
def test_list_messages(app: Caller, conversation: str, way_in: str):
    posted = [app.say(conversation, text)["id"] for text in ("one", "two")]
    printed = run("list_messages", way_in, app, conversation_id=repr(conversation))
    assert all(id in printed for id in posted)
    older = run(
        "list_messages",
        way_in,
        app,
        conversation_id=repr(conversation),
        page=f"sunshine_conversations_client.Page(before={posted[1]!r}) ",
    )
    assert posted[0] in older
    assert "'two'" not in older


@both_ways_in
def test_delete_message(app: Caller, conversation: str, way_in: str):
    first, _ = [app.say(conversation, text)["id"] for text in ("one", "two")]
    run("delete_message", way_in, app, conversation_id=repr(conversation), message_id=repr(first))
    assert texts(app, conversation) == ["two"]


@both_ways_in
def test_delete_all_messages(app: Caller, conversation: str, way_in: str):
    app.say(conversation, "one")
    other = app.conversation()
    app.say(other, "stays")
    run("delete_all_messages", way_in, app, conversation_id=repr(conversation))
    assert texts(app, conversation) == []
    assert texts(app, other) == ["stays"]


@both_ways_in
@both_dialects
def test_upload_attachment(app: Caller, conversation: str, tmp_path: Path, way_in: str, dialect: str):
    (tmp_path / "a file.txt").write_bytes(b"what is in it")
    edits = [("_for=_for", "var_for=_for")] if dialect == "17" else []
    printed = run(
        "upload_attachment",
        way_in,
        app,
        *edits,
        conversation_id=repr(conversation),
        source=repr(str(tmp_path / "a file.txt")),
    )
    url = re.findall(r"https?://[^'\"]+", printed)[0]
    fetched = app.get(url.removeprefix(app.url))
    assert (fetched.status, fetched.body) == (200, b"what is in it")


@both_ways_in
@both_dialects
def test_delete_attachment(app: Caller, way_in: str, dialect: str):
    url = app.upload(b"what is in it").json["attachment"]["mediaUrl"]
    assert app.get(url.removeprefix(app.url)).status == 200
    run("delete_attachment", way_in, app, attachment_delete_body=DELETES[dialect].format(url=url))
    assert app.get(url.removeprefix(app.url)).status == 404
