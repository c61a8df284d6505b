"""`parhelion search`, against a live server."""

from __future__ import annotations

import json
import subprocess

from tests.cli import asking
from tests.live import Caller


def search(app: Caller, *arguments: str) -> subprocess.CompletedProcess[str]:
    return asking.run(app, "search", *arguments)


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
