"""What a run of the benchmarks leaves in docs/, from figures that are made up."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench import page
from bench.measure import Measure
from bench.picture import LEFT, LINE, MOST, picture
from bench.row import Aside, Row, megabytes, one_in

SVG = "{http://www.w3.org/2000/svg}"


def row(what: str, *samples: float, target: float | None = 2, stretch: float | None = 1, **more: object) -> Row:
    return Row(what, "a yardstick <so>", target, stretch, samples=list(samples), **more)  # type: ignore[arg-type]


def measure(about: str, *rows: Row) -> Measure:
    made = Measure()
    made.about, made.rows = about, rows
    made.method = tuple(f"How {each.what} is measured." for each in rows)
    made.asides = tuple(
        (Aside("µs", "{:.0f}".format, [each.samples[0] * 10] if each.samples else []),) for each in rows
    )
    return made


def drawn(*rows: Row) -> ET.Element:
    return ET.fromstring(picture([("The client", rows)]))


def bars(drawing: ET.Element) -> list[tuple[str | None, float]]:
    """The kind and the length of each bar, in targets."""
    found = [each for each in drawing.iter(f"{SVG}rect") if each.get("class") in ("met", "missed")]
    return [(each.get("class"), float(each.get("width", "")) / LINE) for each in found]


def words(drawing: ET.Element) -> list[str]:
    return ["".join(each.itertext()) for each in drawing.iter(f"{SVG}text")]


def test_a_table_has_a_line_for_each_figure_and_beneath_it_how_it_came_about(tmp_path: Path) -> None:
    client = measure("client", row("a call", 1.5, 1.25, 1.75), row("for information", 3, target=None, stretch=None))
    server = measure("server", row("posts/s", 0.5, 0.6, 0.4, target=0.6, stretch=None, least=True, why="it is hard."))
    page.write([server, client], "Two cores.", tmp_path)
    said = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    lines = said.splitlines()
    assert lines[0] == "# Benchmarks"
    assert "Two cores." in lines
    assert [line for line in lines if line.startswith(("|", "#", "1.", "2.", "3.", "-"))][1:] == [
        "## The client",
        *page.HEAD.splitlines(),
        "| 1 | a call | a yardstick <so> | 1.50 (1.25 to 1.75) | <= 2.00 | <= 1.00 | met |",
        "| 2 | for information | a yardstick <so> | 3.00 (3.00 to 3.00) |  |  |  |",
        "1. How a call is measured. Seen: µs 15 (15 to 15).",
        "2. How for information is measured. Seen: µs 30 (30 to 30).",
        "## The server",
        *page.HEAD.splitlines(),
        "| 3 | posts/s | a yardstick <so> | 0.50 (0.40 to 0.60) | >= 0.60 |  | **missed** |",
        "3. How posts/s is measured. Seen: µs 5 (5 to 5).",
        "## Missed, and why",
        "- 3, posts/s: it is hard.",
        "## Run it yourself",
    ]
    assert "(benchmarks.svg)" in said
    assert bars(ET.parse(tmp_path / "benchmarks.svg").getroot()) == [("met", 0.75), ("missed", 1.2)]


def test_a_bar_is_the_share_of_what_is_allowed_also_where_more_is_better() -> None:
    less = [
        row("a", 1.0),
        row("b", 1 / 80, target=1 / 40, stretch=1 / 60, shown=one_in),
        row("c", 0.0, shown=megabytes),
    ]
    more = [row("d", 4.0, target=2, stretch=3, least=True), row("e", 1.6, target=2, stretch=3, least=True)]
    assert bars(drawn(*less, *more)) == [("met", 0.5), ("met", 0.5), ("met", 0.0), ("met", 0.5), ("missed", 1.25)]


def test_what_is_far_off_ends_at_the_edge() -> None:
    drawing = drawn(row("a", 1e9), row("b", 0.0, least=True))
    assert bars(drawing) == [("missed", MOST), ("missed", MOST)]
    edge = LEFT + LINE * MOST
    onward = [each for each in drawing.iter(f"{SVG}path") if each.get("class") == "missed"]
    assert [each.get("d", "").split()[0] for each in onward] == [f"M{edge:.1f}"] * 2


def test_what_comes_of_it_is_said_by_a_mark_and_by_words_not_by_colour_alone() -> None:
    drawing = drawn(row("far", 0.5), row("near", 1.5), row("not", 3.0))
    marks = [
        each.get("d", "").split(" ", 2)[2] for each in drawing.iter(f"{SVG}path") if "mark" in each.get("class", "")
    ]
    assert (len(marks), len(set(marks))) == (4, 2)  # two, one, and another one
    assert [each for each in words(drawing) if each in ("met, stretch too", "met", "missed")] == [
        "met, stretch too",
        "met",
        "missed",
    ]


def test_a_drawing_says_what_it_shows_to_whoever_cannot_see_it() -> None:
    drawing = drawn(row("a call, CPU", 1.5))
    assert drawing.get("role") == "img"
    named = {each.get("id"): each.text for each in drawing if each.tag in (f"{SVG}title", f"{SVG}desc")}
    assert list(named) == drawing.get("aria-labelledby", "").split()
    assert "a call, CPU: 1.50 (1.50 to 1.50), at most 2.00 (stretch 1.00), met." in named.values()
    assert "1.50, at most 2.00 (stretch 1.00), against a yardstick <so>" in words(drawing)
    assert "prefers-color-scheme: dark" in "".join(drawing.itertext())


def test_only_what_has_a_target_and_a_figure_is_drawn() -> None:
    drawing = drawn(row("none", 1.0, target=None, stretch=None), row("missing"), row("there", 1.0, stretch=None))
    assert len(bars(drawing)) == 1
    assert "The client" in words(drawing)
    assert "The client" not in words(drawn(row("missing")))


@pytest.mark.parametrize(
    ("names", "quick", "why"),
    [
        (["a", "b"], False, ""),
        (["a", "b"], True, "QUICK=1"),
        (["a"], False, "b was not asked for"),
        (["a", "broken"], False, "broken has no figure for 'z': no Linux"),
    ],
)
def test_only_a_whole_run_is_written_down(names: list[str], quick: bool, why: str) -> None:
    known = {
        "a": measure("client", row("x", 1.0)),
        "b": measure("server", row("y", 1.0)),
        "broken": measure("server", row("z", missing="no Linux")),
    }
    everything = ["a", "b"] if "broken" not in names else names
    found = page.missing({name: known[name] for name in names}, everything, quick=quick)
    assert found.startswith(why)
    assert bool(found) == bool(why)
