"""What may not be posted: every fault has its place, and all are told at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from parhelion.server.rules import content
from parhelion.wire import MessagePost
from parhelion.wire.reading import strict

BUSINESS = {"type": "business"}
USER = {"type": "user", "userId": "5f7f4f6f8c8e8a0b1c2d3e4f"}
HI = {"type": "text", "text": "hi"}
REPLY = {"type": "reply", "text": "Yes", "payload": "YES"}
POSTBACK = {"type": "postback", "text": "Choose", "payload": "TEA"}
LINK = {"type": "link", "text": "More", "uri": "https://example.org"}
WEBVIEW = {"type": "webview", "text": "Open", "uri": "https://example.org/w", "fallback": "https://example.org/f"}
BUY = {"type": "buy", "text": "Buy", "amount": 995}
ASK = {"type": "text", "name": "name", "label": "Name?"}
CHOOSE = {"type": "select", "name": "tea", "label": "Tea?", "options": [{"name": "g", "label": "Green"}]}
TOO_MUCH = {"k": "x" * 4096}
BAD_WEB = [
    "/a.png",
    "a.png",
    "//example.org/a",
    "ftp://example.org/a",
    "tel:+15550100",
    "javascript:x",
    "data:image/png;base64,x",
    "https://",
    "https:///a",
    "http:/example.org",
    "https:example.org",
    "https://:80/a",
    "https://me@/a",
    "https://[::1/a",
    "https://example.org:x/",
    "https://example.org:99999/",
    "https://exa mple.org",
    "https://example.org/a b",
    " https://example.org",
    "https://example.org\n",
    "java\nscript:x",
    "https://example.org/\0",
]
GOOD_WEB = [
    "https://example.org/a.png",
    "http://example.org",
    "HTTPS://Example.org:8443/a?b=c#d",
    "http://localhost:3000/a",
    "http://127.0.0.1/a",
    "http://[::1]:80/a",
    "https://me:secret@example.org/a",
    "https://münchen.example/straße",
    "https://example.org/a%20b.png",
]


def post(said: dict[str, Any], author: dict[str, Any] = BUSINESS, **more: Any) -> MessagePost:
    """As it comes in: whatever the types refuse is not asked here."""
    read: MessagePost = strict(json.dumps({"author": author, "content": said, **more}).encode(), MessagePost)
    return read


def places(said: dict[str, Any], author: dict[str, Any] = BUSINESS, **more: Any) -> list[str]:
    return [fault.place for fault in content.faults(post(said, author, **more))]


def image(**more: Any) -> dict[str, Any]:
    return {"type": "image", "mediaUrl": "https://example.org/a.png", **more}


def carousel(*actions: Any, **more: Any) -> dict[str, Any]:
    return {"type": "carousel", "items": [{"title": "Tea", "actions": actions or [LINK], **more}]}


def form(*fields: Any) -> dict[str, Any]:
    return {"type": "form", "fields": fields}


@pytest.mark.parametrize(
    "said",
    [
        HI,
        {"type": "text", "htmlText": "<b>hi</b>"},
        {"type": "text", "markdownText": "**hi**"},
        {"type": "text", "text": "hi", "markdownText": "**hi**"},
        {"type": "text", "text": "hi", "htmlText": "<b>hi</b>"},
        {
            "type": "text",
            "actions": [REPLY, LINK, WEBVIEW, BUY, POSTBACK, {"type": "locationRequest", "text": "Where?"}],
        },
        {"type": "text", "text": "", "actions": [REPLY]},
        {"type": "text", "text": "hi", "actions": [REPLY] * 40},
        {"type": "text", "text": "hi", "actions": []},
        {"type": "text", "text": "x" * 4096},
        image(),
        image(text="", actions=[LINK]),
        {"type": "file", "mediaUrl": "https://example.org/a.pdf", "markdownText": "*a*"},
        carousel(),
        {"type": "list", "items": [{"title": "Tea", "actions": [POSTBACK, BUY, WEBVIEW]}], "actions": [LINK]},
        form(ASK, {**ASK, "type": "email", "name": "mail"}, CHOOSE),
        {"type": "location", "coordinates": {"lat": -90, "long": 180}},
    ],
)
def test_what_people_say_is_right(said: dict[str, Any]) -> None:
    assert places(said) == []
    assert places(said, USER) == []


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"text": ""},
        {"text": " \n\t"},
        {"htmlText": ""},
        {"markdownText": ""},
        {"markdownText": " "},
        {"actions": []},
        {"payload": "x"},
        {"text": "", "htmlText": "", "actions": []},
        {"markdownText": "[a]: https://example.org"},
        {"blockChatInput": True},
    ],
)
def test_a_text_message_says_something(said: dict[str, Any]) -> None:
    (fault,) = content.faults(post({"type": "text", **said}))
    assert str(fault) == "content: should have at least one of text, htmlText, markdownText and actions"


@pytest.mark.parametrize("said", [{"type": "text"}, image(), {"type": "file", "mediaUrl": "https://example.org/a"}])
def test_html_and_markdown_exclude_each_other(said: dict[str, Any]) -> None:
    assert places({**said, "htmlText": "<b>a</b>", "markdownText": "**a**"}) == ["content.markdownText"]


@pytest.mark.parametrize("said", [{"type": "text"}, image(), {"type": "file", "mediaUrl": "https://example.org/a"}])
def test_markdown_makes_no_more_html_than_may_be_sent(said: dict[str, Any]) -> None:
    fits = "x" * (4096 - len("<p></p>"))
    assert places({**said, "markdownText": fits}) == []
    assert places({**said, "markdownText": fits + "x"}) == ["content.markdownText"]
    assert places({**said, "markdownText": "<" * 2000}) == ["content.markdownText"]


WEB_PLACES = {
    "author.avatarUrl": lambda uri: post(HI, {**USER, "avatarUrl": uri}),
    "content.mediaUrl": lambda uri: post(image(mediaUrl=uri)),
    "content.actions[1].iconUrl": lambda uri: post({**HI, "actions": [REPLY, {**REPLY, "iconUrl": uri}]}),
    "content.items[0].mediaUrl": lambda uri: post(carousel(mediaUrl=uri)),
    "content.items[0].actions[0].uri": lambda uri: post(carousel({**WEBVIEW, "uri": uri})),
    "content.actions[0].uri": lambda uri: post({**HI, "actions": [{**WEBVIEW, "uri": uri}]}),
}
LINK_PLACES = {
    "content.actions[0].uri": lambda uri: post({**HI, "actions": [{**LINK, "uri": uri}]}),
    "content.actions[0].fallback": lambda uri: post(image(actions=[{**WEBVIEW, "fallback": uri}])),
    "content.items[0].actions[1].uri": lambda uri: post(carousel(POSTBACK, {**LINK, "uri": uri})),
}


@pytest.mark.parametrize("place", WEB_PLACES)
def test_what_is_fetched_has_an_absolute_web_address(place: str) -> None:
    for uri in GOOD_WEB:
        assert content.faults(WEB_PLACES[place](uri)) == [], uri
    for uri in BAD_WEB:
        assert [fault.place for fault in content.faults(WEB_PLACES[place](uri))] == [place], uri


def test_a_file_has_an_absolute_web_address_too() -> None:
    for uri in BAD_WEB:
        assert places({"type": "file", "mediaUrl": uri}) == ["content.mediaUrl"], uri


@pytest.mark.parametrize("place", LINK_PLACES)
def test_a_link_leads_anywhere_but_into_the_reader(place: str) -> None:
    for uri in [
        *GOOD_WEB,
        "tel:+15550100",
        "mailto:a@example.org",
        "sms:+15550100",
        "whatsapp://send?text=a",
        "my.app+x:open",
        "geo:1,2",
        "TEL:1",
    ]:
        assert content.faults(LINK_PLACES[place](uri)) == [], uri
    bad = [
        "javascript:x",
        "JAVASCRIPT:x",
        "data:text/html,x",
        "Data:,x",
        "vbscript:x",
        "file:///etc/passwd",
        "File:x",
        "java\tscript:x",
        " javascript:x",
        "\x01javascript:x",
        "example.org",
        "/a",
        "#a",
        "tel:",
        ":x",
        "1a:x",
        "https://",
        "http:/x",
        "tel: 1",
    ]
    for uri in bad:
        assert [fault.place for fault in content.faults(LINK_PLACES[place](uri))] == [place], uri


@pytest.mark.parametrize("amount", [0, -1])
def test_nobody_is_asked_to_pay_nothing(amount: int) -> None:
    assert places({**HI, "actions": [{**BUY, "amount": amount}]}) == ["content.actions[0].amount"]


@pytest.mark.parametrize("currency", ["USD", "us", "usdx", "", "u$d", "usd\n", "éur"])
def test_a_currency_is_three_small_letters(currency: str) -> None:
    assert places({**HI, "actions": [{**BUY, "currency": currency}]}) == ["content.actions[0].currency"]
    assert places({**HI, "actions": [{**BUY, "currency": "usd"}]}) == []


@pytest.mark.parametrize("kind", ["text", "image", "carousel", "list"])
def test_at_most_one_webview_opens_by_itself(kind: str) -> None:
    opens = {**WEBVIEW, "openOnReceive": True}
    stays = {**WEBVIEW, "openOnReceive": False}

    def said(*actions: Any) -> dict[str, Any]:
        items = [{"title": "a", "actions": [action]} for action in actions[:-1]]
        last = {"actions": [actions[-1]]} if kind == "list" else {}
        items += [] if last else [{"title": "b", "actions": [actions[-1]]}]
        whole = {"type": kind, "items": items, **last}
        return {**(HI if kind == "text" else image()), "actions": actions} if kind in ("text", "image") else whole

    assert places(said(opens, stays, WEBVIEW)) == []
    assert places(said(opens, stays, opens)) == ["content"]


def test_metadata_is_measured_everywhere() -> None:
    assert places(HI, metadata=TOO_MUCH) == [""]
    for action in (REPLY, LINK, WEBVIEW, BUY, POSTBACK, {"type": "locationRequest", "text": "Where?"}):
        assert places({**HI, "actions": [LINK, {**action, "metadata": TOO_MUCH}]}) == ["content.actions[1].metadata"]
    assert places(carousel(metadata=TOO_MUCH)) == ["content.items[0].metadata"]
    assert places(carousel({**LINK, "metadata": TOO_MUCH})) == ["content.items[0].actions[0].metadata"]
    under = {**carousel(), "type": "list", "actions": [{**LINK, "metadata": TOO_MUCH}]}
    assert places(under) == ["content.actions[0].metadata"]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ([ASK, CHOOSE, ASK], "[2].name"),
        ([{**CHOOSE, "options": None}], "[0].options"),
        ([{**CHOOSE, "options": []}], "[0].options"),
        ([{**CHOOSE, "options": CHOOSE["options"] * 2}], "[0].options[1].name"),
        ([{**ASK, "options": CHOOSE["options"]}], "[0].options"),
        ([{**ASK, "options": []}], "[0].options"),
        ([ASK, {**CHOOSE, "text": "x"}], "[1].text"),
        ([{**CHOOSE, "email": "a@b"}], "[0].email"),
        ([{**ASK, "email": "a@b"}], "[0].email"),
        ([{**ASK, "select": []}], "[0].select"),
        ([{**ASK, "type": "email", "text": "x"}], "[0].text"),
        ([{**ASK, "minSize": 3, "maxSize": 2}], "[0].minSize"),
        ([{**ASK, "minSize": 129}], "[0].minSize"),
    ],
)
def test_a_form_can_be_filled_in(fields: list[Any], fault: str) -> None:
    assert places(form(*fields)) == [f"content.fields{fault}"]


@pytest.mark.parametrize(
    "field",
    [
        {**ASK, "minSize": 2, "maxSize": 2},
        {**ASK, "minSize": 129, "maxSize": 256},
        {**ASK, "minSize": 128},
        {**ASK, "maxSize": 1},
        {**ASK, "text": "Ann", "format": "integer", "placeholder": "x"},
        {**ASK, "type": "email", "email": "a@example.org"},
        {**CHOOSE, "select": CHOOSE["options"]},
    ],
)
def test_a_question_may_have_what_its_type_has(field: dict[str, Any]) -> None:
    assert places(form(field)) == []


def test_names_of_options_may_be_the_same_in_two_questions() -> None:
    assert places(form(CHOOSE, {**CHOOSE, "name": "other"})) == []


def test_a_template_needs_its_schema_and_the_schema_a_template() -> None:
    template = {"type": "template", "template": {"name": "hello_world"}}
    assert places(template, schema="whatsapp") == []
    assert places(template) == ["schema"]
    assert places(HI, schema="whatsapp") == ["schema"]


@pytest.mark.parametrize(
    ("author", "fault"),
    [
        ({**BUSINESS, "userId": "x"}, ["author.userId"]),
        ({**BUSINESS, "userExternalId": "x"}, ["author.userExternalId"]),
        ({**BUSINESS, "userId": "x", "userExternalId": "x"}, ["author.userId", "author.userExternalId"]),
        ({**BUSINESS, "brandId": "1"}, ["author.brandId"]),
        ({"type": "user"}, ["author"]),
        ({**USER, "userExternalId": "x"}, ["author"]),
        ({**USER, "brandId": "1"}, ["author.brandId"]),
        ({**USER, "subtypes": ["AI"]}, ["author.subtypes"]),
        ({**BUSINESS, "subtypes": ["AI"], "displayName": "Ann", "avatarUrl": "https://example.org/a"}, []),
        ({"type": "user", "userExternalId": "x", "brandId": "1"}, []),
    ],
)
def test_a_business_has_no_user_and_a_user_is_one(author: dict[str, Any], fault: list[str]) -> None:
    assert places(HI, author) == fault


def test_a_destination_is_one_thing_and_of_a_business() -> None:
    assert places(HI, destination={"integrationId": "x"}) == []
    assert places(HI, destination={"integrationType": "none"}) == []
    assert places(HI, destination={}) == ["destination"]
    assert places(HI, destination={"integrationId": "x", "integrationType": "line"}) == ["destination"]
    assert places(HI, USER, destination={"integrationId": "x"}) == ["destination"]


def test_an_override_is_of_a_business() -> None:
    override = {"line": {"payload": {"type": "text"}}}
    assert places(HI, override=override) == []
    assert places(HI, USER, override=override) == ["override"]


def test_all_faults_are_told_at_once_in_reading_order() -> None:
    bad = {
        "type": "text",
        "htmlText": "a",
        "markdownText": "b",
        "actions": [{**LINK, "uri": "x"}, {**BUY, "amount": 0, "currency": "USD"}],
    }
    author = {"type": "user", "subtypes": ["AI"], "brandId": "1", "avatarUrl": "x"}
    assert places(bad, author, destination={}, metadata=TOO_MUCH, schema="whatsapp") == [
        "author",
        "author.subtypes",
        "author.brandId",
        "author.avatarUrl",
        "destination",
        "destination",
        "schema",
        "content.markdownText",
        "content.actions[0].uri",
        "content.actions[1].amount",
        "content.actions[1].currency",
        "",
    ]


@given(st.text(max_size=60))
def test_no_address_is_too_strange_to_be_judged(address: str) -> None:
    uri = address or "x"
    content.faults(post(image(mediaUrl=uri, actions=[{**LINK, "uri": uri}])))


@given(st.sampled_from("jJ"), st.sampled_from(["", "\t", "\n", "\r", "\0"]), st.text(max_size=5))
def test_no_spelling_of_javascript_is_a_link(first: str, gap: str, rest: str) -> None:
    assert places({**HI, "actions": [{**LINK, "uri": f"{first}avas{gap}cript:{rest}x"}]}) == ["content.actions[0].uri"]
