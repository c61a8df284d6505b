"""`parhelion search`, against a live server."""

from __future__ import annotations

import json
import os
import subprocess

from tests.live import COMMAND, Caller


def search(app: Caller, *arguments: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PARHELION_")}
    given = {
        "PARHELION_URL": app.url,
        "PARHELION_APP_ID": app.app_id,
        "PARHELION_KEY_ID": app.key_id,
        "PARHELION_SECRET": app.secret,
    }
    command = [*COMMAND, "search", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=bare | given)


def test_what_was_said_is_shown_a_line_each_and_steers_no_terminal(app: Caller) -> None:
    here, there = app.conversation(), app.conversation()
    app.say(here, "tea\x1b[31m or\ncoffee?")
    for number in range(3):
        app.say(there, f"tea {number}")
    lines = search(app, "TEA").stdout.splitlines()
    assert [line.partition(": ")[2] for line in lines] == ["tea 2", "tea 1", "tea 0", "tea\\u001b[31m or coffee?"]
    assert all(conversation in line for line, conversation in zip(lines, (there, there, there, here), strict=True))
    assert search(app, "tea", "cof").stdout.splitlines() == lines[3:]
    assert search(app, "tea", "--conversation", here).stdout.splitlines() == lines[3:]
    assert search(app, "tea", "--limit", "2").stdout.splitlines() == lines[:2]
    [found] = map(json.loads, search(app, "tea 2", "--json").stdout.splitlines())
    assert (found["conversationId"], found["message"]["content"]["text"]) == (there, "tea 2")


def test_nothing_found_and_what_cannot_be_searched_for_is_said(app: Caller) -> None:
    assert search(app, "tea").stdout == "Nothing was said with these words.\n"
    assert search(app, "tea", "--json").stdout == ""
    for wrong, why in ((("?!",), "query"), (("tea", "--conversation", "nowhere"), "onversation")):
        done = search(app, *wrong)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("parhelion: ")
        assert why in done.stderr
        assert "Traceback" not in done.stderr
    assert search(app, "tea", "--limit", "0").returncode == 2
