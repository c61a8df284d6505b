"""Server-sent events as the standard has them, however their bytes are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from parhelion.client.sse import Frame, Parser, TooLongError

ALPHABET = [
    *("\n", "\r", "\r\n", ":", " ", "\0", "☀", "\ufeff", "7", "x"),
    *("data", "data:", "data: ", "event: a", "id: ", "id", "retry: ", "comment"),
]


def read(*pieces: bytes, limit: int = 1000) -> list[Frame | str | int | None]:
    """The frames, whether it ended with an error, and the last `retry`."""
    parser, found = Parser(limit), list[Frame | str | int | None]()
    try:
        for piece in pieces:
            found += parser.feed(piece)
    except TooLongError:
        found.append("too long")
    return [*found, parser.retry]


def frames(text: str | bytes) -> list[Frame | str | int | None]:
    return read(text.encode() if isinstance(text, str) else text)[:-1]


def said(data: str | None, event: str = "message", id: str | None = None) -> Frame:
    return Frame(event, data, id)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The standard's own examples.
        ("data: YHOO\ndata: +2\ndata: 10\n\n", [said("YHOO\n+2\n10")]),
        (
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            [said("first event", id="1"), said("second event", id=""), said(" third event")],
        ),
        ("data\n\ndata\ndata\n\ndata:", [said(""), said("\n")]),
        ("data:test\n\ndata: test\n\n", [said("test"), said("test")]),
        # What is not in them.
        ("event: add\ndata: 7\n\ndata: 8\n\n", [said("7", "add"), said("8")]),
        ("event: add\n\ndata: 8\n\n", [said("8")]),
        ("id: 1\n\n", [said(None, id="1")]),
        ("id: 1\nid: 2\ndata\n\n", [said("", id="2")]),
        ("id: a\0b\ndata: x\n\n", [said("x")]),
        ("id: 1\nid: a\0b\n\n", [said(None, id="1")]),
        ("data: x\n", []),
        ("data: x", []),
        ("", []),
        ("\n\n\n", []),
        (": \nid: 5.9\n\n", [said(None, id="5.9")]),
        ("Data: x\nda ta: y\n data: z\ndatas: a\n\n", []),
        ("data: a:b: c\n\n", [said("a:b: c")]),
        ("\ufeffdata: x\n\n", [said("x")]),
        ("\ufeff\ufeffdata: x\n\n", []),
        ("data: x\n\n\ufeffdata: y\n\n", [said("x")]),
        ("data: x\r\rdata: y\r\n\r\ndata: z\n\r\n", [said("x"), said("y"), said("z")]),
        ("data: x\r\n\n", [said("x")]),
        (b"data: \xff\xe2\x98\n\n", [said("\ufffd\ufffd")]),
        ("data: \u2028\u0085\x0b\x0c\n\n", [said("\u2028\u0085\x0b\x0c")]),
    ],
)
def test_a_stream_is_read_as_the_standard_says(text: str | bytes, expected: list[Frame]) -> None:
    assert frames(text) == expected


@pytest.mark.parametrize(
    ("text", "retry"),
    [
        ("retry: 1000\n", 1000),
        ("retry:0\n", 0),
        ("retry: 5\nretry: 7\n\n", 7),
        ("retry: soon\n", None),
        ("retry: -5\n", None),
        ("retry: 1.5\n", None),
        ("retry: ٣\n", None),
        ("retry\n", None),
        ("retry: 7", None),
        ("retry: " + "9" * 500 + "\n", 999999999),
    ],
)
def test_a_time_to_wait_holds_as_soon_as_its_line_is_whole(text: str, retry: int | None) -> None:
    assert read(text.encode())[-1] == retry


@given(st.lists(st.sampled_from(ALPHABET)), st.lists(st.integers(0, 200)), st.sampled_from([9, 1000]))
def test_where_the_bytes_are_cut_does_not_matter(parts: list[str], cuts: list[int], limit: int) -> None:
    whole = "".join(parts).encode()
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    pieces = [whole[a:b] for a, b in pairwise(places)]
    expected = read(whole, limit=limit)
    assert read(*pieces, limit=limit) == expected
    assert read(b"", *(piece for byte in whole for piece in (bytes([byte]), b"")), limit=limit) == expected


@given(st.binary())
def test_nothing_but_too_much_is_an_error(whole: bytes) -> None:
    assert "too long" not in read(whole)


@given(st.text(), st.sampled_from(["\n", "\r", "\r\n"]))
def test_a_text_comes_back_whole(text: str, end: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    written = "".join(f"data: {line}{end}" for line in lines) + end
    assert frames(written) == [said("\n".join(lines))]


@pytest.mark.parametrize(
    "endless",
    [
        [b"x" * 1001],
        [b"x" * 600] * 2,
        [b":" + b"x" * 600, b"x" * 600 + b"\n"],
        [b"data: " + b"x" * 600 + b"\n"] * 2,
        [b"data\n"] * 1001,
    ],
)
def test_what_has_no_end_is_an_error_and_what_came_before_is_told(endless: list[bytes]) -> None:
    assert read(b"data: 1\n\n", *endless) == [said("1"), "too long", None]


def test_there_is_no_limit_to_a_stream_or_to_lines_that_hold_nothing() -> None:
    assert read(*[b": " + b"x" * 900 + b"\n", b"event: x\n", b"id: 1\n"] * 50, b"\n") == [said(None, "x", "1"), None]
    assert len(read(*[b"data: " + b"x" * 900 + b"\n\n"] * 50)) == 51
