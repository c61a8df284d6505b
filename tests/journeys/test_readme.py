"""What the README and the docstrings say, done as they say it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from tests.live import COMMAND, Caller

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
    block, *_ = blocks("python")
    assert len(block.strip().splitlines()) <= 10
    done = subprocess.run(
        [sys.executable, "-c", block], env=settings(app), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Hello, Ada!" in done.stdout


def test_a_test_with_the_fixtures_passes(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text(blocks("python")[2])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", tmp_path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "1 passed" in done.stdout, done.stdout


def test_events_are_listened_to(app: Caller) -> None:
    _, block, _ = blocks("python")
    head = "from parhelion import Client\nclient = Client()\nprint('begun', flush=True)\n"
    # It has no end, and so no flushing at the end.
    program = head + block.replace("content)", "content, flush=True)")
    with subprocess.Popen(
        [sys.executable, "-c", program], env=settings(app), stdout=subprocess.PIPE, text=True
    ) as listener:
        assert listener.stdout is not None
        assert listener.stdout.readline() == "begun\n"
        said = threading.Event()
        try:
            threading.Thread(target=keep_saying, args=(app, said)).start()
            assert "hello" in listener.stdout.readline()
        finally:
            said.set()
            listener.kill()


def keep_saying(app: Caller, enough: threading.Event) -> None:
    """The stream begins with what happens once it is open, and nobody tells when that is."""
    place = app.conversation()
    while not enough.wait(0.1):
        app.say(place)


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
        program = textwrap.dedent(told[told.index("  from parhelion") : told.index("See what happens")])
        said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
        assert said.returncode == 0, said.stderr
        kinds = ("Text", "Image", "File", "Carousel", "List", "Location", "Form", "Template")
        assert all(f"{kind}Message(" in said.stdout for kind in kinds), said.stdout
        listen = [*COMMAND, *told[told.index("  parhelion listen") :].replace("\\\n", "").split()[1:-3]]
        with subprocess.Popen(listen, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as listener:
            assert listener.stdout is not None
            assert listener.stderr is not None
            assert listener.stderr.readline().startswith("Listening")
            subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=30, check=True)
            assert listener.stdout.readline().endswith("business: Hello!\n")
            listener.send_signal(signal.SIGINT)
    finally:
        demo.terminate()
        assert demo.wait(20) == 0
        demo.stdout.close()
