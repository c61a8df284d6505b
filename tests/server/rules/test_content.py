"""What a content becomes: what the service writes is written, and what a client wrote there is gone."""

from __future__ import annotations

import math
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from parhelion.server.rules import content
from parhelion.server.rules.content import StoredFile
from parhelion.wire import SendableContent
from parhelion.wire.writing import write

OURS = "https://chat.example/attachments/v2/01J/tea.png"
FILE = StoredFile("01J", "tea.png", "image/png", 627)
LINK = {"type": "link", "text": "More", "uri": "https://example.org"}
POSTBACK = {"type": "postback", "text": "Choose", "payload": "TEA"}


def stored(said: dict[str, Any]) -> dict[str, Any]:
    """As it comes in, as it goes out."""
    read = msgspec.convert(said, SendableContent)  # type: ignore[call-overload]
    before = write(read)
    after: dict[str, Any] = msgspec.json.decode(write(content.as_stored(read, {OURS: FILE}.get)))
    assert write(read) == before  # what came in is left as it was
    return after


@pytest.mark.parametrize(
    "said",
    [
        {"type": "text", "text": "hi"},
        {"type": "text", "text": "hi", "payload": "HI", "blockChatInput": True, "actions": [POSTBACK]},
        {"type": "text", "actions": [POSTBACK]},
        {"type": "text", "text": "said", "htmlText": "<b>html</b>"},
        {"type": "template", "template": {"name": "hello", "language": {"code": "en"}}},
    ],
)
def test_what_needs_nothing_is_left_alone(said: dict[str, Any]) -> None:
    assert stored(said) == said


def test_markdown_becomes_html_and_its_text() -> None:
    assert stored({"type": "text", "markdownText": "**hi**\n\n- you"}) == {
        "type": "text",
        "htmlText": "<p><strong>hi</strong></p>\n<ul>\n<li>you</li>\n</ul>",
        "text": "hi\n\n- you",
    }


@pytest.mark.parametrize("kind", ["text", "image", "file"])
def test_markdown_is_never_answered(kind: str) -> None:
    media = {} if kind == "text" else {"mediaUrl": OURS}
    for markdown in ("*a*", "", "[a]: https://example.org"):
        assert "markdownText" not in stored({"type": kind, "text": "a", "markdownText": markdown, **media})


def test_markdown_without_words_leaves_nothing() -> None:
    assert stored({"type": "text", "text": "a", "markdownText": ""}) == {"type": "text", "text": "a"}


def test_a_text_that_was_said_is_kept_beside_the_html() -> None:
    said = {"type": "text", "text": "said", "markdownText": "*other*"}
    assert stored(said) == {"type": "text", "text": "said", "htmlText": "<p><em>other</em></p>"}


def test_text_is_made_of_html() -> None:
    assert stored({"type": "text", "htmlText": "<p>a<br>b</p>"})["text"] == "a\nb"
    assert stored({"type": "text", "text": "", "htmlText": "<b>a</b>"})["text"] == "a"
    assert "text" not in stored({"type": "text", "htmlText": "<b></b>", "actions": [POSTBACK]})
    assert stored({"type": "image", "mediaUrl": OURS, "markdownText": "*a*"})["text"] == "a"


def test_text_made_of_html_is_no_longer_than_a_text_may_be() -> None:
    assert len(stored({"type": "text", "htmlText": "<ul>" * 10 + "<li>a" * 800})["text"]) <= 4096


@pytest.mark.parametrize("kind", ["image", "file"])
def test_a_file_of_ours_is_described_by_what_is_known_of_it(kind: str) -> None:
    assert stored({"type": kind, "mediaUrl": OURS}) == {
        "type": kind,
        "mediaUrl": OURS,
        "altText": "tea.png",
        "mediaType": "image/png",
        "mediaSize": 627,
        "attachmentId": "01J",
    }


@pytest.mark.parametrize("kind", ["image", "file"])
def test_read_only_fields_of_a_file_are_not_believed(kind: str) -> None:
    lies = {"mediaType": "text/html", "mediaSize": 1, "attachmentId": "other"}
    ours = stored({"type": kind, "mediaUrl": OURS, **lies})
    assert (ours["mediaType"], ours["mediaSize"], ours["attachmentId"]) == ("image/png", 627, "01J")
    theirs = stored({"type": kind, "mediaUrl": "https://example.org/x", **lies})
    assert theirs == {"type": kind, "mediaUrl": "https://example.org/x", "altText": "x"}


@pytest.mark.parametrize(
    ("address", "name", "media_type"),
    [
        ("https://example.org/FAQ.pdf", "FAQ.pdf", "application/pdf"),
        ("https://example.org/a/b.JPG?size=large#x.png", "b.JPG", "image/jpeg"),
        ("https://example.org/Caf%C3%A9%20menu.png", "Café menu.png", "image/png"),
        ("https://example.org/a%2Fb%00%0A.png", "b.png", "image/png"),
        ("https://example.org/%FF.png", "\ufffd.png", "image/png"),
        ("https://example.org/image", "image", None),
        ("https://example.org/a.exe", "a.exe", None),
        ("https://example.org/", None, None),
        ("https://example.org", None, None),
        ("https://example.org/a.png/", None, None),
        ("https://example.org/?a.png", None, None),
        ("https://example.org/..", None, None),
    ],
)
def test_a_file_elsewhere_is_described_by_its_address(address: str, name: str | None, media_type: str | None) -> None:
    after = stored({"type": "file", "mediaUrl": address})
    assert (after.get("altText"), after.get("mediaType")) == (name, media_type)
    assert "mediaSize" not in after
    assert "attachmentId" not in after


def test_alt_text_is_kept_and_a_name_is_cut_to_its_limit() -> None:
    assert stored({"type": "image", "mediaUrl": OURS, "altText": "A cup"})["altText"] == "A cup"
    assert stored({"type": "image", "mediaUrl": OURS, "altText": ""})["altText"] == ""
    assert stored({"type": "image", "mediaUrl": f"https://example.org/{'x' * 200}.png"})["altText"] == "x" * 128
    long = content.as_stored(
        msgspec.convert({"type": "file", "mediaUrl": "https://a.example/b"}, SendableContent),  # type: ignore[call-overload]
        lambda address: StoredFile("1", "é" * 200, "text/plain", 0),
    )
    assert long.alt_text == "é" * 128  # type: ignore[union-attr]
    assert long.media_size == 0  # type: ignore[union-attr]


TEA = {"title": "Tea", "description": "Hot and fresh", "actions": [POSTBACK, LINK]}
CAKE = {"title": "Cake", "actions": [POSTBACK]}


@pytest.mark.parametrize("kind", ["carousel", "list"])
def test_cards_have_a_text_for_those_who_show_none(kind: str) -> None:
    assert stored({"type": kind, "items": [TEA, CAKE, TEA], "text": "not believed"}) == {
        "type": kind,
        "items": [TEA, CAKE, TEA],
        "text": "1. Tea\nHot and fresh\nMore: https://example.org\n\n2. Cake\n\n3. Tea\nHot and fresh\nMore: https://example.org",
    }


def test_a_webview_is_told_by_its_fallback_and_the_links_under_a_list_come_last() -> None:
    webview = {"type": "webview", "text": "Open", "uri": "https://example.org/w", "fallback": "https://example.org/f"}
    buy = {"type": "buy", "text": "Buy", "amount": 1}
    items = [{"title": "Tea", "description": "", "actions": [webview, buy]}]
    said = {"type": "list", "items": items, "actions": [POSTBACK, LINK, webview]}
    told = "1. Tea\nOpen: https://example.org/f\n\nMore: https://example.org\nOpen: https://example.org/f"
    assert stored(said)["text"] == told
    assert stored({**said, "actions": [POSTBACK]})["text"] == "1. Tea\nOpen: https://example.org/f"


@pytest.mark.parametrize("kind", ["carousel", "list"])
@pytest.mark.parametrize(
    ("media", "media_type"),
    [
        ({"mediaUrl": OURS}, "image/png"),
        ({"mediaUrl": OURS, "mediaType": "text/html"}, "image/png"),
        ({"mediaUrl": "https://example.org/a.gif"}, "image/gif"),
        ({"mediaUrl": "https://example.org/a.gif", "mediaType": "image/x"}, "image/x"),
        ({"mediaUrl": "https://example.org/a"}, None),
        ({}, None),
    ],
)
def test_an_items_picture_has_its_type(kind: str, media: dict[str, Any], media_type: str | None) -> None:
    (item,) = stored({"type": kind, "items": [{**CAKE, **media}]})["items"]
    assert item.get("mediaType") == media_type


def test_a_new_form_is_not_submitted() -> None:
    fields = [{"type": "text", "name": "name", "label": "Name?", "minSize": 1, "maxSize": 30}]
    for lie in ({}, {"submitted": True}):
        assert stored({"type": "form", "fields": fields, **lie}) == {
            "type": "form",
            "fields": fields,
            "submitted": False,
        }


@pytest.mark.parametrize(
    ("lat", "long", "text"),
    [
        (45.5261583, -73.595346, "45.5261583,-73.595346"),
        (45, -73.0, "45,-73"),
        (90, -180, "90,-180"),
        (0, -0.0, "0,0"),
        (1e-7, -1.5e-10, "0.0000001,-0.00000000015"),
        (0.1, 100.0, "0.1,100"),
    ],
)
def test_a_location_has_a_link_to_a_map(lat: float, long: float, text: str) -> None:
    after = stored({"type": "location", "coordinates": {"lat": lat, "long": long}, "text": "not believed"})
    assert after["text"] == f"Location shared:\nhttps://maps.google.com/maps?q={text}"


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_map_link_says_exactly_where(lat: float, long: float) -> None:
    after = stored({"type": "location", "coordinates": {"lat": lat, "long": long}})
    match = re.fullmatch(r"Location shared:\nhttps://maps\.google\.com/maps\?q=(-?[\d.]+),(-?[\d.]+)", after["text"])
    assert match
    assert (float(match[1]), float(match[2])) == (lat, long)
    assert not re.search(r"\.0*(,|$)", after["text"])
    assert math.copysign(1, float(match[1]) or 1) == math.copysign(1, lat or 1)


def test_every_file_that_is_shown_is_named() -> None:
    def shown(said: dict[str, Any]) -> list[str]:
        return content.addresses(msgspec.convert(said, SendableContent))  # type: ignore[call-overload]

    pictured = [{**TEA, "mediaUrl": OURS}, CAKE, {**CAKE, "mediaUrl": "https://example.org/a"}]
    assert shown({"type": "image", "mediaUrl": OURS}) == [OURS]
    assert shown({"type": "file", "mediaUrl": OURS}) == [OURS]
    assert shown({"type": "carousel", "items": pictured}) == [OURS, "https://example.org/a"]
    assert shown({"type": "list", "items": pictured}) == [OURS, "https://example.org/a"]
    assert shown({"type": "text", "text": OURS}) == []
    assert shown({"type": "location", "coordinates": {"lat": 1, "long": 1}}) == []
