"""The same program, unchanged, on a release of the official client and on the drop-in.

Three programs (`programs/`), each written as the users of one release write. Each runs twice, in a process of its own,
against a live server with a tap on the wire. What goes out must be the same, request by request, and so must be what
the program prints of the answers. The differences that there are stand in two tables of `docs/migration.md`, by name
and by release: one that is not there fails, and so does one that stands there and is not seen.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.live import Caller
from tests.official.environments import RELEASES, Official, environment
from tests.official.tap import Exchange, Tap

PAGE = Path(__file__).parents[2] / "docs" / "migration.md"
PROGRAMS = dict(zip(RELEASES, ("nine", "twelve", "seventeen"), strict=True))
SAME = "the same"  # what the page's tables say of a release that does not differ
ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{24}(?![0-9a-f])|(?<=/attachments/v2/)[^/]+")
CONNECTION = {"host", "content-length"}  # say nothing of a request but where it goes, and how long it is


class Run(NamedTuple):
    """What a program asked for, and what it printed: ids as <1>, <2> in the order in which they came up."""

    exchanges: list[Exchange]
    printed: list[str]


def run(python: Path, program: str, app: Caller, folder: Path) -> Run:
    with Tap(app.url) as tap:
        settings = {
            "SUNCO_HOST": tap.url,
            "SUNCO_APP_ID": app.app_id,
            "SUNCO_KEY_ID": app.key_id,
            "SUNCO_SECRET": app.secret,
            "SUNCO_FOLDER": str(folder),
        }
        mine = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            [str(python), str(Path(__file__).with_name("programs") / f"{program}.py")],
            env=(os.environ if str(python) == sys.executable else mine) | settings,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    names = Names({tap.url: "<host>", app.url: "<server>", app.app_id: "<app>", app.key_id: "<key>"})
    exchanges = [
        each._replace(
            target=names.told(each.target),
            body=names.told_bytes(each.body),
            headers={name: names.told(told) for name, told in each.headers.items()},
            answer=names.told_bytes(each.answer),
        )
        for each in tap.exchanges
    ]
    for each in exchanges:
        if "authorization" in each.headers:
            each.headers["authorization"] = "who" if app.basic() == each.headers["authorization"] else "a stranger"
    return Run(exchanges, names.told(done.stdout).splitlines())


class Names:
    """Gives things that differ from run to run a name that does not."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = known

    def told(self, text: str) -> str:
        for value, name in self._known.items():
            text = text.replace(value, name)
        return ID.sub(lambda found: self._known.setdefault(found[0], f"<{len(self._known)}>"), text)

    def told_bytes(self, body: bytes) -> bytes:
        return self.told(body.decode("latin-1")).encode("latin-1")


def differences(one: Exchange, other: Exchange) -> Iterator[str]:
    """What is not the same of two requests, by name."""
    assert (one.method, one.path, one.status) == (other.method, other.path, other.status)
    yield from (f"query {name}" for name in unlike(dict(one.query), dict(other.query)))
    for name in unlike(one.headers, other.headers):
        kinds = [each.headers.get(name, "").partition("; boundary")[0] for each in (one, other)]
        if name in CONNECTION or (name == "content-type" and kinds[0] == kinds[1]):
            continue
        empty = not one.body and not other.body
        yield f"header {name}{' without a body' if name == 'content-type' and empty else ''}"
    if one.parts or other.parts:
        assert len(one.parts) == len(other.parts) == 1
        yield from (f"part {name}" for name in unlike(one.parts[0]._asdict(), other.parts[0]._asdict()))
    elif one.body != other.body:
        yield from (f"body {place}" for place in places(json.loads(one.body or b"{}"), json.loads(other.body or b"{}")))


def unlike(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def places(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Where two JSON values differ: the names of the fields."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            if key not in one or key not in other:
                yield key
            else:
                yield from places(one[key], other[key], key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for mine, theirs in zip(one, other, strict=True):
            yield from places(mine, theirs, place)
    elif one != other or type(one) is not type(other):
        yield place


def listed(heading: str, release: str) -> set[str]:
    """What the page's table under that heading names for the release."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    assert rows, f"docs/migration.md has no table under {heading!r}"
    [column] = [index for index, head in enumerate(rows[0]) if release in head]
    return {name for row in rows[2:] if row[column] != SAME for name in re.findall(r"`([^`]+)`", row[0])}


def defaults(release: str) -> set[str]:
    """What the release's models say though no program said it."""
    official = Official(release)
    try:
        return {f"body {name}" for name in official.run(DEFAULTS)}
    finally:
        official.close()


DEFAULTS = """
import inspect
import sunshine_conversations_client as s
answer = []
for each in (each for name, each in vars(s).items() if inspect.isclass(each) and name not in ("ApiResponse", "Page")):
    if hasattr(each, "model_fields"):
        given = {field.alias or name: field.default for name, field in each.model_fields.items()}
    elif hasattr(each, "attribute_map"):
        usual = inspect.signature(each.__init__).parameters
        given = {key: usual[name].default for name, key in each.attribute_map.items()}
    else:
        continue
    answer += [key for key, value in given.items() if key != "type" and type(value) in (str, int, float, bool)]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "halo ü.txt").write_text("What we saw.\n", encoding="utf-8")
    (tmp_path / "dot.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    return tmp_path


@pytest.mark.parametrize("release", RELEASES)
def test_the_same_program(release: str, account: Caller, folder: Path, capsys: pytest.CaptureFixture[str]):
    program = PROGRAMS[release]
    pythons = environment(release), Path(sys.executable)
    theirs, ours = (run(python, program, new_app(account), folder) for python in pythons)
    assert [(each.method, each.path) for each in theirs.exchanges] == [
        (each.method, each.path) for each in ours.exchanges
    ]
    on_the_wire = {
        name: f"{one.method} {one.target} {one.body[:200]!r} and {other.target} {other.body[:200]!r}"
        for one, other in zip(theirs.exchanges, ours.exchanges, strict=True)
        for name in differences(one, other)
    }
    assert len(theirs.printed) == len(ours.printed)
    printed = {
        one.partition(":")[0]: f"{one!r} and {other!r}"
        for one, other in zip(theirs.printed, ours.printed, strict=True)
        if one != other
    }
    with capsys.disabled():
        print(
            f"\n{program}.py on {release} and on the drop-in: {len(ours.exchanges)} requests, "
            f"{len(ours.printed)} lines; on the wire differ {sorted(on_the_wire)}, "
            f"of what is printed {sorted(printed)}"
        )
    known, unasked = listed("What goes out differently", release), defaults(release)
    assert on_the_wire.keys() <= known, on_the_wire
    assert known - on_the_wire.keys() <= unasked, "listed, and neither seen nor a default of the release's models"
    assert unasked <= known, "defaults of the release's models that are not listed"
    assert printed.keys() == listed("What a program reads differently", release), printed


def new_app(account: Caller) -> Caller:
    made = account.post("/v2/apps", {"displayName": "the same program"}).json["app"]["id"]
    key = account.post(f"/v2/apps/{made}/keys", {"displayName": "the same program"}).json["key"]
    return Caller(account.url, key["id"], key["secret"], made)
