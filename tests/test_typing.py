"""The two type checkers, run on what must pass (good*.py) and on what must not (bad*.py, line by line)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HERE = Path(__file__).parent / "typing"
FILES = sorted(HERE.glob("*.py"))
Lines = set[tuple[str, int]]


def run(*command: str | Path) -> str:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def basedpyright() -> Lines:
    answer = json.loads(
        run("basedpyright", "-p", HERE / "checker.json", "--pythonpath", sys.executable, "--outputjson")
    )
    assert answer["summary"]["filesAnalyzed"] == len(FILES)
    found = [each for each in answer["generalDiagnostics"] if each["severity"] == "error"]
    return {(Path(each["file"]).name, each["range"]["start"]["line"] + 1) for each in found}


def mypy() -> Lines:
    answer = run("mypy", "--strict", "--no-error-summary", *FILES)
    return {(Path(name).name, int(line)) for name, line in re.findall(r"^(.+?):(\d+): error", answer, re.MULTILINE)}


def marked() -> Lines:
    return {
        (file.name, number)
        for file in FILES
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if "# bad:" in line
    }


@pytest.mark.parametrize("checker", [basedpyright, mypy])
def test_good_lines_pass_and_each_bad_line_is_refused(checker: Callable[[], Lines]) -> None:
    wrong = marked()
    assert {name for name, _ in wrong} == {file.name for file in FILES if file.name.startswith("bad")}
    assert checker() == wrong
