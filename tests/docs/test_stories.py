"""What the documentation says, done as it says it: see tests/docs/story.py."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docs.story import ROOT, Reader, at_most, blocks
from tests.live import Live

PAGES = sorted(
    page for page in (ROOT / "docs").rglob("*.md") if any(each.language in {"python", "sh"} for each in blocks(page))
)


@pytest.fixture
def reader(serve: Callable[..., Live], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """Somebody with a server of their own, and its data folder where `parhelion` looks for it."""
    environ = dict(os.environ)
    app = serve().app()
    settings = {
        "PARHELION_URL": app.url,
        "PARHELION_APP_ID": app.app_id,
        "PARHELION_KEY_ID": app.key_id,
        "PARHELION_SECRET": app.secret,
    }
    os.environ |= settings
    folder = tmp_path / "reader"
    folder.mkdir()
    (folder / "parhelion-data").symlink_to(tmp_path / "data")
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    somebody = Reader(folder, settings)
    try:
        yield somebody
    finally:
        somebody.leave()
        os.environ.clear()
        os.environ |= environ


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_does_what_it_says(page: Path, reader: Reader) -> None:
    if "curl" in page.read_text(encoding="utf-8") and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    with at_most(120):
        reader.follow(page)


def test_the_way_in_that_the_readme_shows(reader: Reader) -> None:
    """Its other blocks are done by tests/journeys/test_readme.py."""
    [start] = [each for each in blocks(ROOT / "README.md") if "parhelion serve &" in each.text]
    first = next(each for each in blocks(ROOT / "README.md") if each.language == "python")
    with at_most(60):
        reader.do(start._replace(text=start.text.replace(". .venv/bin/activate", ": made by make")))
        reader.do(first)
    assert "Hello" in reader.printed


def test_every_block_is_of_a_kind_that_somebody_looks_at() -> None:
    kinds = {"python", "sh", "text", "json", "toml", "yaml", "until", "a person", ""}
    odd = [each.place for page in pages() for each in blocks(page) if each.language not in kinds]
    assert odd == []


def test_what_is_not_run_has_a_reason_and_is_little() -> None:
    left = [each for page in pages() for each in blocks(page) if each.reason is not None]
    assert [each.place for each in left if len(each.reason or "") < 10] == []
    assert len(left) <= 5, [each.place for each in left]


def pages() -> list[Path]:
    return sorted((ROOT / "docs").rglob("*.md"))
