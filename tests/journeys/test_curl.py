"""The six operations by hand, with curl."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.support import DRAWING, fetched, stored, texts, token
from tests.live import Caller

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


class Curl:
    """Someone at a terminal."""

    def __init__(self, app: Caller, *who: str) -> None:
        self.app, self._who = app, who

    def __call__(self, path: str, *arguments: str) -> tuple[int, Any]:
        url = f"{self.app.url}/v2/apps/{self.app.app_id}{path}"
        command = ["curl", "--silent", "--show-error", "--globoff", "--write-out", r"\n%{http_code}"]
        done = subprocess.run(
            [*command, *self._who, *arguments, url], capture_output=True, text=True, timeout=60, check=True
        )
        body, _, status = done.stdout.rpartition("\n")
        return int(status), json.loads(body)


@pytest.fixture(params=["basic", "bearer"])
def curl(request: pytest.FixtureRequest, app: Caller) -> Curl:
    if request.param == "basic":
        return Curl(app, "--user", f"{app.key_id}:{app.secret}")
    return Curl(app, "--header", f"Authorization: Bearer {token(app)}")


def data(said: dict[str, Any]) -> tuple[str, ...]:
    return "--header", "Content-Type: application/json", "--data", json.dumps(said)


def say(text: str) -> tuple[str, ...]:
    return data({"author": {"type": "business"}, "content": {"type": "text", "text": text}})


def test_a_conversation(curl: Curl, app: Caller, conversation: str):
    path = f"/conversations/{conversation}/messages"
    ids: list[str] = []
    for text in ("one", "two — 日輪"):
        status, answer = curl(path, *say(text))
        assert status == 201
        ids.append(answer["messages"][0]["id"])
    assert texts(app, conversation) == ["one", "two — 日輪"]

    status, answer = curl(path)
    assert (status, [each["id"] for each in answer["messages"]]) == (200, ids)
    for page in ("page[before]=", "page%5Bbefore%5D="):
        status, answer = curl(f"{path}?{page}{ids[1]}")
        assert (status, [each["id"] for each in answer["messages"]]) == (200, ids[:1])

    assert curl(f"{path}/{ids[0]}", "--request", "DELETE") == (200, {})
    assert texts(app, conversation) == ["two — 日輪"]
    status, answer = curl(f"{path}/{ids[0]}", "--request", "DELETE")
    assert (status, answer["errors"][0]["code"]) == (404, "not_found")
    assert curl(path, "--request", "DELETE") == (200, {})
    assert stored(app, conversation) == []


def test_a_drawing(curl: Curl, app: Caller, conversation: str, tmp_path: Path):
    (tmp_path / "a drawing.txt").write_bytes(DRAWING)
    form = ("--form", f"source=@{tmp_path / 'a drawing.txt'};type=text/plain")
    status, answer = curl(f"/attachments?access=public&for=message&conversationId={conversation}", *form)
    assert status == 201
    url = answer["attachment"]["mediaUrl"]
    assert fetched(app, url).body == DRAWING
    assert curl("/attachments/remove", *data({"mediaUrl": url})) == (200, {})
    assert fetched(app, url).status == 404
