"""From an account to a server of one's own: pulled, taken in, and served as it was."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.live import COMMAND, Caller, Live, environment


def test_what_was_pulled_is_served_as_it_was(app: Caller, serve: Callable[..., Live], tmp_path: Path) -> None:
    ada = app.user(externalId="ada", profile={"givenName": "Ada"}, metadata={"level": 3, "vip": True})
    grace = app.user(externalId="grace")
    together, alone = app.conversation(ada, grace, displayName="Tea"), app.conversation(ada, type="personal")
    for number in range(130):
        app.say(together, f"hello {number}")
    media = app.upload(b"some bytes" * 9999, "a file.txt").json["attachment"]["mediaUrl"]
    author = {"type": "user", "userId": grace}
    for content in (
        {"type": "file", "mediaUrl": media},
        {"type": "image", "mediaUrl": "https://example.org/sun.png"},
        {"type": "text", "text": "Tea?", "actions": [{"type": "reply", "text": "Yes", "payload": "y"}]},
        {"type": "location", "coordinates": {"lat": 1.5, "long": -2.25}},
    ):
        body: dict[str, Any] = {"author": author if "actions" not in content else {"type": "business"}}
        assert app.post(app.messages(together), body | {"content": content}).status == 201

    (tmp_path / "users.txt").write_text("ada\n")
    out = str(tmp_path / "out.jsonl")
    key = {"PARHELION_APP_ID": app.app_id, "PARHELION_KEY_ID": app.key_id, "PARHELION_SECRET": app.secret}
    run("pull", "--from", f"{app.url}/sc", "--users", str(tmp_path / "users.txt"), "--to", out, **key)
    there = serve()
    data = ["--data", str(tmp_path / "data")]
    run("import", out, *data, "--public-url", there.url)
    run("import", out, *data, "--public-url", there.url)
    account = there.account()
    made = account.post(f"/v2/apps/{app.app_id}/keys", {"displayName": "test"}).json["key"]
    new = Caller(there.url, made["id"], made["secret"], app.app_id)

    for path in (
        f"{app.app}/users/{ada}",
        f"{app.app}/users/grace",
        f"{app.app}/users/{ada}/clients",
        f"{app.app}/conversations?filter[userId]={ada}",
        f"{app.app}/conversations/{alone}/messages",
        f"{app.app}/conversations/{together}/participants",
    ):
        assert new.get(path).json == app.get(path).json, path
    before, after = every_message(app, together), every_message(new, together)
    assert [each["id"] for each in after] == [each["id"] for each in before]
    shown = [each["content"]["mediaUrl"] for each in after if each["content"]["type"] == "file"]
    assert shown == [media.replace(app.url, there.url)]
    assert new.get(urlsplit(shown[0]).path).body == b"some bytes" * 9999
    for each in before:
        if each["content"]["type"] == "file":
            each["content"]["mediaUrl"] = shown[0]
    assert after == before
    assert new.say(together, "and on it goes")["id"] > before[-1]["id"]


def every_message(app: Caller, conversation: str) -> list[dict[str, Any]]:
    path, found = app.messages(conversation), list[dict[str, Any]]()
    while True:
        page = app.get(path).json
        found = page["messages"] + found
        if not page["meta"]["hasMore"]:
            return found
        path = f"{app.messages(conversation)}?page[before]={page['meta']['beforeCursor']}"


def run(*arguments: str, **more: str) -> None:
    """A command, which is to end well."""
    told = environment(*arguments) | more
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60, check=False, env=told)
    assert done.returncode == 0, json.dumps([done.stdout, done.stderr])
