"""parhelion vacuum: what was deleted is taken out of the files, while they are served."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engines import chosen
from tests.live import COMMAND, Caller, Live

HELLO = {"author": {"type": "business"}, "content": {"type": "text", "text": "hello"}}


def vacuum(data: Path) -> subprocess.CompletedProcess[str]:
    address = chosen.database(data)
    where = ("--data", str(data), *(("--database", address) if address else ()))
    command = [*COMMAND, "vacuum", *where]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=os.environ)


def conversation(app: Caller) -> str:
    made = app.post(f"{app.app}/conversations", {"type": "sdkGroup"}).json
    return f"{app.app}/conversations/{made['conversation']['id']}"


def test_it_says_what_it_did_while_others_post(serve: Callable[..., Live]) -> None:
    server = serve()
    app = server.app()
    place = conversation(app)
    for _ in range(20):
        app.post(f"{place}/messages", HELLO)
    statuses, over = list[int](), threading.Event()

    def post() -> None:
        while not over.is_set():
            statuses.append(app.send("POST", f"{place}/messages", HELLO).status)

    poster = threading.Thread(target=post)
    poster.start()
    try:
        done = vacuum(server.data)
    finally:
        over.set()
        poster.join()
    assert (done.returncode, done.stderr) == (0, "")
    assert "is written anew" in done.stdout
    assert "went back" in done.stdout
    assert set(statuses) == {201}
    page = app.send("GET", f"{place}/messages?page[size]=100").json["messages"]
    assert len(page) == min(100, 20 + len(statuses))


def test_what_is_still_on_its_way_out_is_said(serve: Callable[..., Live]) -> None:
    server = serve()
    app = server.app()
    place = conversation(app)
    app.send("DELETE", place)
    done = vacuum(server.data)
    assert done.returncode == 1
    assert "not carried out to the end" in done.stdout


@pytest.mark.embedded
def test_where_there_is_no_store_none_is_made(tmp_path: Path) -> None:
    done = vacuum(tmp_path / "nothing")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no store" in done.stderr
    assert not (tmp_path / "nothing").exists()


@pytest.mark.embedded
def test_a_file_that_is_no_store_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "parhelion.db").write_bytes(b"something else" * 1000)
    done = vacuum(tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert (tmp_path / "parhelion.db").read_bytes() == b"something else" * 1000
