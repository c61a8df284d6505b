"""What the README and the docstrings say, done as they say it."""

from __future__ import annotations

import inspect
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import parhelion
from parhelion import Client
from parhelion.operations import Declared, operations
from tests.live import COMMAND, Caller, Live

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def settings(app: Caller) -> dict[str, str]:
    return os.environ | {
        "PARHELION_URL": app.url,
        "PARHELION_APP_ID": app.app_id,
        "PARHELION_KEY_ID": app.key_id,
        "PARHELION_SECRET": app.secret,
    }


def test_the_first_message_in_python(app: Caller) -> None:
    [block] = blocks("python")
    assert len(block.strip().splitlines()) <= 10
    done = subprocess.run(
        [sys.executable, "-c", block], env=settings(app), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Hello, Ada!" in done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_first_message_in_curl(app: Caller, tmp_path: Path) -> None:
    [block] = [each for each in blocks("sh") if "curl" in each]
    (tmp_path / "sun.png").write_bytes(PNG)
    block = block.replace("curl -u", "curl -sS --fail-with-body -u")
    env = settings(app) | {"CONVERSATION": app.conversation()}
    done = subprocess.run(
        ["sh", "-ec", block], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"text":"Hello!"' in done.stdout
    assert '"mediaUrl"' in done.stdout


@pytest.mark.parametrize("operation", operations(), ids=lambda each: each.operation_id)
def test_the_example_of_each_operation(
    operation: Declared[object],
    live: Live,
    account: Caller,
    app: Caller,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    doc = inspect.cleandoc(operation.__doc__ or "")
    [example] = re.findall(r"(?:^    .*\n)+", doc, re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sun.png").write_bytes(PNG)
    by_account = operation.scopes == {"account"}
    asks = account if by_account else app
    with Client(live.url, app_id=app.app_id, key_id=asks.key_id, secret=asks.secret) as client:
        if operation.operation_id != "CreateUser":
            app.user(externalId="ada")
        conversation = app.conversation()
        world = {name: getattr(parhelion, name) for name in parhelion.__all__} | {
            "client": client,
            "app": account_app(account, app),
            "conversation_id": conversation,
            "message_id": app.say(conversation)["id"],
            "attachment": client.attachments.upload("sun.png").attachment if not by_account else None,
        }
        exec(compile(textwrap.dedent(example), operation.operation_id, "exec"), world)


def account_app(account: Caller, app: Caller) -> object:
    with Client(account.url, app_id=app.app_id, key_id=account.key_id, secret=account.secret) as client:
        return client.apps.get().app


def test_the_demo_prints_lines_that_work(tmp_path: Path) -> None:
    demo = subprocess.Popen(
        [*COMMAND, "demo", "--port", "0", "--data", str(tmp_path / "demo")], stdout=subprocess.PIPE, text=True
    )
    assert demo.stdout is not None
    try:
        lines: list[str] = []
        while not lines or not lines[-1].startswith("Ctrl-C"):
            line = demo.stdout.readline()
            assert line, lines
            lines.append(line)
        told = "".join(lines)
        if shutil.which("curl"):
            for command in re.findall(r"(?:^  curl(?:.*\\\n)+.*\n)", told, re.MULTILINE):
                done = subprocess.run(["sh", "-ec", command], capture_output=True, text=True, timeout=30, check=True)
                assert '"messages":[' in done.stdout, command
        program = textwrap.dedent(told[told.index("  from parhelion") : told.index("Ctrl-C")])
        said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
        assert said.returncode == 0, said.stderr
        kinds = ("Text", "Image", "File", "Carousel", "List", "Location", "Form", "Template")
        assert all(f"{kind}Message(" in said.stdout for kind in kinds), said.stdout
    finally:
        demo.terminate()
        assert demo.wait(20) == 0
        demo.stdout.close()
