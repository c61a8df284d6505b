"""Which digits are a card's number, and which are not."""

from __future__ import annotations

import re
import time
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, strategies as st

from parhelion.server.rules import content
from parhelion.server.rules.masking import masked, masked_html, masked_text
from parhelion.wire import Content, SendableContent, TextMessage
from parhelion.wire.writing import write

CARD, HIDDEN = "4111 1111 1111 1111", "**** **** **** 1111"
DIGITS = "0123456789"


def sum_of(digits: str) -> int:
    """Luhn, as it is told to people."""
    total = 0
    for number, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if number % 2 else 1)
        total += value - 9 if value > 9 else value
    return total


@st.composite
def cards(draw: st.DrawFn) -> str:
    """13 to 19 digits that pass Luhn."""
    first = draw(st.text(DIGITS, min_size=12, max_size=18))
    return next(first + last for last in DIGITS if sum_of(first + last) % 10 == 0)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """A card's number with spaces and dashes in it, and how it is shown."""
    digits = draw(cards())
    shown = "*" * (len(digits) - 4) + digits[-4:]
    between = [*draw(st.lists(st.sampled_from(["", "", " ", "-"]), min_size=len(digits) - 1, max_size=len(digits) - 1))]
    between.append("")
    return (
        "".join(map("".join, zip(digits, between, strict=True))),
        "".join(map("".join, zip(shown, between, strict=True))),
    )


@given(written(), st.sampled_from(["", "My card: ", "(", "Karte №", "卡", "a. ", "see https://example.org/1 for "]))
def test_a_cards_number_keeps_its_last_four_digits_and_its_separators(card: tuple[str, str], before: str) -> None:
    said, shown = card
    for after in ("", ".", " please", ") and more", "\nbye"):
        assert masked_text(before + said + after) == before + shown + after


@given(st.text(DIGITS, min_size=13, max_size=40).filter(lambda digits: len(digits) > 19 or sum_of(digits) % 10))
@example("4" * 20)
@example("4111111111111112")
def test_a_number_that_is_none_of_a_card_is_left_alone(digits: str) -> None:
    assert masked_text(digits) == digits


@pytest.mark.parametrize(
    "text",
    [
        "call +4111111111111111",
        "order A4111111111111111",
        "5f4111111111111111aa",
        "4111111111111111th",
        "1.4111111111111111",
        "https://example.org/4111111111111111?card=4111-1111-1111-1111",
        "tel:4111111111111111",
        "4111  1111 1111 1111",
        "4111\n1111 1111 1111",
        "4111/1111/1111/1111",
        "4111 1111 1111 1112",
        "4111 1111 1111",
        "٤١١١١١١١١١١١١١١١",
        "",
    ],
)
def test_digits_that_mean_something_else_are_left_alone(text: str) -> None:
    assert masked_text(text) is text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"{CARD} 12/27 123", f"{HIDDEN} 12/27 123"),
        (f"{CARD} 123", f"{HIDDEN} 123"),
        (f"7 {CARD}", f"7 {HIDDEN}"),
        (f"{CARD} {CARD}", f"{HIDDEN} {HIDDEN}"),
        (f"{CARD},{CARD}\n{CARD}", f"{HIDDEN},{HIDDEN}\n{HIDDEN}"),
        ("no 12 3782 822463 10005 x", "no 12 **** ****** *0005 x"),
        ("7 6304 0000 0000 0001 008", "7 **** **** **** ***1 008"),
        ("4111-1111-1111-1111-4", "****-****-****-1111-4"),
        ("https://example.org/a 4111111111111111", "https://example.org/a ************1111"),
        ("4111111111111111https://example.org", "************1111https://example.org"),
    ],
)
def test_a_number_is_found_among_its_neighbours(said: str, shown: str) -> None:
    assert masked_text(said) == shown


MIXTURE = st.text("0145 -.+a/:\n", max_size=60).map(lambda text: text.replace("a", "https://a"))
NEAR = st.lists(st.one_of(cards(), MIXTURE, st.just(CARD)), max_size=6).map(" ".join)


@given(NEAR)
def test_nothing_but_digits_is_ever_touched(text: str) -> None:
    shown = masked_text(text)
    assert len(shown) == len(text)
    assert all(new == old or (new == "*" and old in DIGITS) for new, old in zip(shown, text, strict=True))


@given(NEAR)
def test_no_card_that_stands_alone_is_left(text: str) -> None:
    for word in re.split(r"\s|(?<!\d)[-.](?!\d)", masked_text(text)):
        assert not (re.fullmatch(r"\d{13,19}", word) and sum_of(word) % 10 == 0)


@given(
    cards(),
    st.lists(st.integers(0, 18), max_size=4),
    st.sampled_from(["<b>", "</i >", '<span class="4">', "<!-- 1 -->"]),
)
def test_in_html_a_number_is_masked_across_tags_that_do_not_break_it(digits: str, cuts: list[int], tag: str) -> None:
    shown = "*" * (len(digits) - 4) + digits[-4:]
    for cut in sorted({min(cut, len(digits)) for cut in cuts}, reverse=True):
        digits, shown = digits[:cut] + tag + digits[cut:], shown[:cut] + tag + shown[cut:]
    assert masked_html(f"<p>{digits}</p>") == f"<p>{shown}</p>"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            f'<a href="https://a.example/4111111111111111">{CARD}</a>',
            f'<a href="https://a.example/4111111111111111">{HIDDEN}</a>',
        ),
        ("4111&nbsp;1111&#32;1111&#x20;1111", "****&nbsp;****&#32;****&#x20;1111"),
        ("&#52;1111111111&#49;&#49;&#x31;11", "************&#49;&#x31;11"),
        (f"<p>{CARD}<br>{CARD}</p>", f"<p>{HIDDEN}<br>{HIDDEN}</p>"),
    ],
)
def test_in_html_only_what_is_shown_is_masked(said: str, shown: str) -> None:
    assert masked_html(said) == shown


@pytest.mark.parametrize(
    "html",
    [
        f'<img alt="{CARD}" src="https://a.example/4111111111111111.png">',
        "<p>4111 1111</p><p>1111 1111</p>",
        "4111 1111<br/>1111 1111",
        f"<!-- {CARD} -->",
        "<4111 1111 1111",
    ],
)
def test_in_html_what_is_not_shown_or_not_together_is_left_alone(html: str) -> None:
    assert masked_html(html) is html


@given(st.text("<>&#;/!-ab12345 =\"'", max_size=80))
def test_html_of_any_kind_keeps_its_tags(html: str) -> None:
    html += "4111111111111111"
    tags = re.compile("</?[a-z][^<>]*>")
    assert tags.findall(masked_html(html)) == tags.findall(html)


EVERYWHERE: dict[str, Any] = {"text": CARD, "htmlText": f"<b>{CARD}</b>", "altText": CARD}
BUTTON = {"type": "link", "text": CARD, "uri": "https://example.org/4111111111111111", "metadata": {"card": CARD}}
MORE = {"type": "link", "text": "More", "uri": "https://example.org"}
POSTBACK = {"type": "postback", "text": CARD, "payload": CARD}
ITEM = {"title": CARD, "description": CARD, "altText": CARD, "actions": [BUTTON, POSTBACK], "metadata": {"card": CARD}}
FIELD = {"type": "select", "name": CARD, "label": CARD, "placeholder": CARD, "options": [{"name": CARD, "label": CARD}]}
FOR_PROGRAMS = ("uri", "payload", "metadata", "name", "mediaUrl", "template", "attachmentId")


def reading(node: Any, place: str = "") -> Any:
    """Every string that people read."""
    if isinstance(node, dict):
        for key, each in node.items():
            if key not in FOR_PROGRAMS or place == "location":
                yield from reading(each, key)
    elif isinstance(node, list):
        for each in node:
            yield from reading(each, place)
    elif isinstance(node, str):
        yield node


@pytest.mark.parametrize(
    "said",
    [
        {"type": "text", "text": CARD, "htmlText": f"<b>{CARD}</b>", "payload": CARD, "actions": [BUTTON, POSTBACK]},
        {"type": "text", "markdownText": f"**{CARD}**"},
        {"type": "image", "mediaUrl": "https://a.example/4111-1111-1111-1111", **EVERYWHERE, "actions": [BUTTON]},
        {"type": "file", "mediaUrl": "https://a.example/4111111111111111", **EVERYWHERE},
        {
            "type": "carousel",
            "items": [ITEM, {"title": "Tea", "actions": [POSTBACK]}, {"title": "Tea", "actions": [MORE]}],
        },
        {"type": "list", "items": [ITEM], "actions": [BUTTON]},
        {"type": "form", "text": CARD, "fields": [FIELD, {"type": "text", "name": "n", "label": "l", "text": CARD}]},
        {"type": "location", "coordinates": {"lat": 1, "long": 2}, "location": {"name": CARD, "address": CARD}},
    ],
    ids=lambda said: str(said["type"]),
)
def test_it_is_masked_wherever_people_read_and_nowhere_else(said: dict[str, Any]) -> None:
    stored: Content = content.as_stored(msgspec.convert(said, SendableContent), lambda _: None)  # type: ignore[call-overload]
    before = write(stored)
    hidden = masked(stored)
    assert write(stored) == before  # what came in is left as it was
    found: Any = msgspec.json.decode(write(hidden))
    for shown in reading(found):
        assert "4111 1111" not in re.sub(r"https://\S+", "", shown)
    kept: Any = msgspec.json.decode(before)
    assert for_programs(found) == for_programs(kept)
    assert HIDDEN in str(found)


def for_programs(node: Any) -> Any:
    if isinstance(node, dict):
        kept = (key for key in node if key != "location")
        return {key: node[key] if key in FOR_PROGRAMS else for_programs(node[key]) for key in kept}
    return [for_programs(each) for each in node] if isinstance(node, list) else None


def test_html_is_masked_as_html() -> None:
    said = TextMessage(html_text=f'<a title="{CARD}"><b>4111</b> 1111 1111 1111</a>')
    assert masked(said).html_text == f'<a title="{CARD}"><b>****</b> **** **** 1111</a>'


def test_what_holds_no_card_is_the_very_same_object() -> None:
    for said in ({"type": "text", "text": "hello 12345"}, {"type": "template", "template": {"card": CARD}}):
        read = msgspec.convert(said, SendableContent)  # type: ignore[call-overload]
        assert masked(read) is read


@pytest.mark.parametrize(
    "piece", ["4443 ", "1 ", "4", "4443-", "a:/", "a", "<a", "<", "&#", "<!--", "4<b>", "https:/", "+1"]
)
def test_no_text_takes_long(piece: str) -> None:
    text = "<" * (piece == "a") + (piece * 40_000)[:40_000] + " " + CARD  # ten times as long as any: squares would show
    start = time.process_time()
    masked_text(text)
    masked_html(text)
    assert time.process_time() - start < 1.0
