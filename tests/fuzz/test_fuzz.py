"""Requests that a machine made up: `make fuzz REQUESTS=20000`. None is answered by a 5xx, or off the document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from parhelion.operations import operations

ROOT = Path(__file__).parents[2]
NEVER = {"DownloadMessageRef", "PostConversionEvents", "SyncUser"}  # granted: only the hosted service can


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What the workers tell, one for each processor."""
    wanted, seed = (request.config.getoption(each) for each in ("--requests", "--seed"))
    shares, folder = max(2, min(8, os.cpu_count() or 1)), tmp_path_factory.mktemp("fuzz")
    workers: list[subprocess.Popen[bytes]] = []
    try:
        for share in range(shares):
            command = [
                sys.executable,
                "-m",
                "tests.fuzz.worker",
                *map(str, (share, shares, -(-wanted // shares), seed)),
            ]
            with (folder / f"{share}.out").open("wb") as out, (folder / f"{share}.err").open("wb") as complaints:
                workers.append(subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=complaints))
        for share, worker in enumerate(workers):
            assert worker.wait() == 0, (folder / f"{share}.err").read_text()[-5000:]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    return [json.loads((folder / f"{share}.out").read_bytes()) for share in range(shares)]


def test_every_answer_is_what_the_document_says(request: pytest.FixtureRequest, found: list[Any]) -> None:
    wanted: int = request.config.getoption("--requests")
    asked = sum(each["requests"] for each in found)
    slowest = max(each["seconds"] for each in found)
    print(f"{asked} requests in {slowest:.0f} s")
    faults = [f"{what}\n    {shown}" for each in found for what, shown in each["faults"].items()]
    assert not faults, "\n\n".join(faults)
    assert asked >= wanted


def test_every_operation_was_asked_and_granted(request: pytest.FixtureRequest, found: list[Any]) -> None:
    """A fuzz that is only ever refused would see nothing."""
    answers: dict[str, Counter[str]] = {}
    for each in found:
        for name, statuses in each["answers"].items():
            answers.setdefault(name, Counter()).update(statuses)
    for name, statuses in sorted(answers.items()):
        print(f"{name:32} {dict(sorted(statuses.items()))}")
    assert set(answers) == {each.operation_id for each in operations()}
    if request.config.getoption("--requests") >= 10_000:
        assert {name for name, each in answers.items() if not any(status < "3" for status in each)} <= NEVER
