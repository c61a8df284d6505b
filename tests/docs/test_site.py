"""The documentation as a site: it builds without a warning, nothing of it is fetched from elsewhere, all is in it."""

from __future__ import annotations

import re
import subprocess
import sys
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pytest

import parhelion
from parhelion import receive, testing
from parhelion.client.resources import Resources

ROOT = Path(__file__).parents[2]
FETCHED = {
    "script": "src",
    "img": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
}
NO_PAGES = {"__version__", "receive"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-j", "2", "-d", folder / "doctrees"]
    done = subprocess.run([*command, ROOT / "docs", folder / "html"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def objects(site: Path) -> set[str]:
    """What the reference tells of, by its full names."""
    packed = (site / "objects.inv").read_bytes().partition(b"using zlib.\n")[2]
    return {line.split()[0] for line in zlib.decompress(packed).decode().splitlines()}


class Tags(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    outside = re.compile(r"^(https?:)?//")
    fetched = [
        (page.name, tag, said[FETCHED[tag]])
        for page in site.rglob("*.html")
        for tag, said in Tags(page).found
        if outside.match(said.get(FETCHED.get(tag, ""), ""))
    ]
    assert fetched == []
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(https?:)?//|@import", style.read_text(encoding="utf-8")), style


def test_pictures_say_in_words_what_they_show(site: Path) -> None:
    drawings = 0
    for page in site.rglob("*.html"):
        for tag, said in Tags(page).found:
            if tag == "img":
                assert said.get("alt"), page
            if "figure" in said.get("class", "").split():
                drawings += 1
                assert len(said["aria-label"]) > 50, page
    assert drawings == len(list((ROOT / "docs").rglob("*.svg")))


def test_every_name_has_its_place(objects: set[str]) -> None:
    shown = {f"parhelion.{name}" for name in parhelion.__all__ if name not in NO_PAGES}
    shown |= {f"parhelion.receive.{name}" for name in receive.__all__}
    shown |= {f"parhelion.testing.{name}" for name in testing.__all__}
    assert shown - objects == set()


def test_every_method_has_its_place(objects: set[str]) -> None:
    methods = {
        f"client.{name}.{method}"
        for name, kind in vars(Resources[None]()).items()
        for method in vars(type(kind))
        if not (name.startswith("_") or method.startswith("_"))
    }
    assert methods - objects == set()


def test_it_can_be_searched_without_a_server(site: Path) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert "guides/messages" in index
    assert "post_file" in index
