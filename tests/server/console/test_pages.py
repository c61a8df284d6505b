"""The console's pages: whole, light, of this host alone; and harmless, whatever people write."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from parhelion.server.console import GET
from tests.live import Answer, Caller, Live
from tests.server.console.visiting import CONSOLE, Seen, Visitor, of_app

SCRIPT = '"><script>alert(1)</script>'
EVIL = [
    SCRIPT,
    "<img src=x onerror=alert(1)>",
    "'\"--><svg/onload=alert(1)>",
    "</textarea></title><iframe src=//evil.example>",
    "javascript:alert(1)",
    "\u202egnp.exe\u202c \u2066abc\u2069 \u200f",
    "{{7*7}} ${7*7} <%= 7*7 %>",
    "\x01\x1f\x7f \u2028 \ufeff",
]
LINKS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
]
HTML = (
    "<p onclick=alert(1) style='position:fixed'>p<script>alert(1)</script><img src=//evil.example/x.png>"
    "<a href='javascript:alert(1)'>a</a><a href='https://example.org' onclick=x>b</a><iframe src=//a.example></iframe>"
    "<svg><script>alert(1)</script></svg><style>*{display:none}</style><form action=//evil.example><input></form>"
    "<base href=//evil.example><meta http-equiv=refresh content='0;url=//evil.example'><math><mtext></mtext></math></p>"
)
MAY_BE_ELSEWHERE = {"a"}
POLICY = {"default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"}


@pytest.fixture
def visitor(app: Caller) -> Visitor:
    made = Visitor(app.url)
    made.sign_in(app)
    return made


def harmless(answer: Answer, host: str) -> Seen:
    """Nothing in it does anything by itself, and nothing is fetched from anywhere else."""
    seen = Seen(answer.body)
    for tag, said in seen.elements:
        assert tag not in {"iframe", "object", "embed", "base", "style", "applet", "frame", "math"}, tag
        assert not [name for name in said if name.startswith("on") or name == "style"], (tag, said)
        assert tag != "script" or str(said.get("src")).startswith(f"{CONSOLE}/assets/"), said
        assert tag != "meta" or said.get("http-equiv") is None
        for name in ("href", "src", "action", "formaction", "data", "srcset", "poster"):
            address = said.get(name)
            if address is None:
                continue
            parts = urlsplit(address)
            assert parts.scheme in ({"", "http", "https", "mailto", "tel"} if tag in MAY_BE_ELSEWHERE else {""}), said
            if parts.netloc and parts.netloc != host:
                assert tag in MAY_BE_ELSEWHERE, said
                assert {"noopener", "noreferrer"} <= set(str(said.get("rel")).split()), said
    policy = {each.strip() for each in answer.headers["content-security-policy"].split(";")}
    assert policy >= POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    return seen


def contents(app: Caller, evil: str, link: str) -> Iterator[dict[str, Any]]:
    """Every type of content, with something evil wherever something can be said."""
    said = evil[:120]
    button = {"type": "postback", "text": said, "payload": evil}
    there = {"type": "link", "text": said, "uri": link}
    item = {"title": said, "description": said, "mediaUrl": link, "altText": said, "actions": [button, there]}
    yield {"type": "text", "text": evil, "actions": [{"type": "reply", "text": said, "payload": evil}, there]}
    yield {"type": "text", "markdownText": f"**{evil}** [x]({link}) ![y]({link})"}
    yield {"type": "text", "htmlText": HTML + evil}
    yield {"type": "image", "mediaUrl": link, "altText": said, "text": evil}
    yield {"type": "file", "mediaUrl": link, "altText": said, "text": evil}
    yield {"type": "carousel", "items": [item]}
    yield {"type": "list", "items": [item], "actions": [button]}
    yield {
        "type": "form",
        "fields": [
            {"type": "text", "name": "a", "label": said, "placeholder": said},
            {"type": "select", "name": "b", "label": said, "options": [{"name": said, "label": said}]},
        ],
    }
    yield {"type": "location", "coordinates": {"lat": 1, "long": 2}, "location": {"name": said, "address": said}}


@pytest.mark.parametrize("evil", EVIL)
def test_what_people_write_is_text(app: Caller, visitor: Visitor, evil: str) -> None:
    said = evil[:90]
    user = app.user(externalId=f"x{evil}"[:200], profile={"givenName": said, "surname": said})
    conversation = app.conversation(user, displayName=said, description=said, metadata={"a": said})
    for link in LINKS:
        for content in contents(app, evil, link):
            author = {"type": "business", "displayName": said, "avatarUrl": "https://evil.example/a.png"}
            answer = app.post(
                app.messages(conversation), {"author": author, "content": content, "metadata": {"m": said}}
            )
            assert answer.status in (201, 400), answer  # some addresses are refused already
    app.post(
        app.messages(conversation),
        {"author": {"type": "user", "userId": user}, "content": {"type": "text", "text": evil}},
    )
    here = of_app(app, f"/conversations/{conversation}")
    pages = (
        here,
        f"{here}/older",
        f"{here}/panel",
        of_app(app, "/conversations"),
        of_app(app, f"/conversations?find={quote(evil)}"),
    )
    for path in pages:
        answer = visitor.see(path)
        assert answer.status == 200, (path, answer)
        harmless(answer, urlsplit(app.url).netloc)
    if evil == SCRIPT:
        assert SCRIPT in Seen(visitor.see(here).body).text


def test_names_of_all_that_is_set_up_are_text(app: Caller, account: Caller) -> None:
    visitor = Visitor(app.url)
    visitor.sign_in(account)
    name = SCRIPT[:60]
    assert account.send("PATCH", app.app, {"displayName": name}).status == 200
    account.post(f"{app.app}/keys", {"displayName": name})
    hook = {"target": "http://127.0.0.1:9/?a=<script>", "triggers": ["conversation:message"]}
    made = app.post(f"{app.app}/integrations", {"type": "custom", "displayName": name, "webhooks": [hook]}).json[
        "integration"
    ]
    app.post(f"{app.app}/integrations/{made['id']}/keys", {"displayName": name})
    webhook = made["webhooks"][0]["id"]
    for path in (
        "",
        "/keys",
        "/integrations",
        f"/integrations/{made['id']}",
        "/webhooks",
        f"/webhooks/{made['id']}/{webhook}",
        "/switchboard",
    ):
        answer = visitor.see(of_app(app, path))
        assert answer.status == 200, (path, answer)
        assert name in harmless(answer, urlsplit(app.url).netloc).text, path


def test_a_name_cannot_turn_what_follows_around(app: Caller, visitor: Visitor) -> None:
    conversation = app.conversation(displayName="abc\u202egpj.exe")
    page = visitor.see(of_app(app, f"/conversations/{conversation}"))
    assert "\u202e" not in page.body.decode()
    assert "abc[U+202E]gpj.exe" in Seen(page.body).text


def test_a_picture_of_ours_is_shown_and_one_from_elsewhere_is_a_link(app: Caller, visitor: Visitor) -> None:
    conversation = app.conversation()
    svg = app.upload(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "a.svg").json
    ours, theirs = svg["attachment"]["mediaUrl"], "https://example.org/attachments/v2/x/a.png"
    for address in (ours, theirs):
        body = {
            "author": {"type": "business"},
            "content": {"type": "image", "mediaUrl": address, "altText": "a picture"},
        }
        assert app.post(app.messages(conversation), body).status == 201
    visitor.see(of_app(app, f"/conversations/{conversation}"))
    shown = [said["src"] for tag, said in visitor.seen.elements if tag == "img"]
    assert shown == [urlsplit(ours).path]
    assert theirs in visitor.seen.values("href")
    picture = visitor.see(str(shown[0]))
    assert "sandbox" in picture.headers["content-security-policy"]


def test_the_first_page_is_light(live: Live) -> None:
    visitor = Visitor(live.url)
    page = visitor.see(f"{CONSOLE}/sign-in")
    weight = len(page.body)
    for path in visitor.seen.values("href", "src"):
        if path.startswith(f"{CONSOLE}/assets/"):
            asset = visitor.go("GET", path, accept_encoding="gzip")
            assert asset.status == 200
            assert "immutable" in asset.headers["cache-control"]
            weight += len(asset.body)
    assert weight < 60_000


def test_assets_are_answered_as_they_are_and_packed(live: Live) -> None:
    visitor = Visitor(live.url)
    visitor.see(f"{CONSOLE}/sign-in")
    style = next(each for each in visitor.seen.values("href") if each.endswith(".css"))
    plain, packed = visitor.see(style), visitor.go("GET", style, accept_encoding="gzip")
    assert (plain.headers["content-type"], packed.headers["content-encoding"]) == ("text/css; charset=utf-8", "gzip")
    assert gzip.decompress(packed.body) == plain.body
    for path in ("x", "..%2f__init__.py", "%2e%2e/session.py", "console.css%00"):
        assert visitor.see(f"{CONSOLE}/assets/v/{path}").status == 404
    assert visitor.see(style.replace("/assets/", "/assets/other")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "word", ["..", "%2e%2e", ".", "%00", "%ff", "a%2fb", "x" * 3000, "%0d%0aset-cookie:a=b", "'", "é"]
)
def test_words_that_nobody_has_are_not_found(app: Caller, visitor: Visitor, word: str) -> None:
    for path, _ in GET:
        if path.count("{") > 1:
            filled = path.replace("{app_id}", app.app_id)
            while "{" in filled:
                start, _, rest = filled.partition("{")
                filled = start + quote(word, safe="%") + rest.partition("}")[2]
            answer = visitor.see(CONSOLE + filled)
            assert answer.status in (200, 400, 404), (filled, answer)
            assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "before=%00",
        "before=zz",
        "period=%F0",
        "state=<b>",
        "find=%00",
        "find=" + "x" * 500,
        "around=..",
        "done=<b>",
    ],
)
def test_a_query_that_is_none_is_refused_in_words(app: Caller, visitor: Visitor, query: str) -> None:
    conversation = app.conversation()
    for path in (
        "/overview",
        "/conversations",
        f"/conversations/{conversation}",
        f"/conversations/{conversation}/older",
    ):
        answer = visitor.see(of_app(app, f"{path}?{query}"))
        assert answer.status in (200, 400, 404), (path, answer)
        harmless(answer, urlsplit(app.url).netloc)


def test_forms_have_a_bound(app: Caller, visitor: Visitor) -> None:
    conversation = app.conversation()
    answer = visitor.tell(of_app(app, f"/conversations/{conversation}/messages"), words="x" * 300_000)
    assert answer.status == 413


def test_what_is_refused_is_told_on_the_page(app: Caller, visitor: Visitor) -> None:
    conversation = app.conversation()
    answer = visitor.tell(of_app(app, f"/conversations/{conversation}/messages"), words="  ")
    assert answer.status == 400
    assert "nothing to send" in visitor.seen.text


def test_an_empty_conversation_and_a_missing_one_are_told_apart(app: Caller, visitor: Visitor) -> None:
    assert "Nothing was said yet" in Seen(visitor.see(of_app(app, f"/conversations/{app.conversation()}")).body).text
    assert "No such conversation" in Seen(visitor.see(of_app(app, f"/conversations/{'0' * 24}")).body).text


def test_json_that_nobody_can_read_as_a_page_stays_text(app: Caller, visitor: Visitor) -> None:
    conversation = app.conversation()
    template = {"name": SCRIPT, "language": {"policy": "deterministic", "code": "en"}}
    body = {"author": {"type": "business"}, "content": {"type": "template", "template": template}, "schema": "whatsapp"}
    assert app.post(app.messages(conversation), body).status == 201
    answer = visitor.see(of_app(app, f"/conversations/{conversation}"))
    assert json.dumps(SCRIPT)[1:-1] in harmless(answer, urlsplit(app.url).netloc).text


def test_a_browser_that_cannot_ask_is_shown_the_question(app: Caller, visitor: Visitor) -> None:
    conversation = app.conversation()
    app.say(conversation)
    here = of_app(app, f"/conversations/{conversation}")
    visitor.see(here)
    assert "Delete all messages" in visitor.seen.text
    question = f"Delete all? {SCRIPT}"
    answer = visitor.tell(f"{here}/delete-all", question=question)
    assert answer.status == 200
    assert question in harmless(answer, urlsplit(app.url).netloc).text
    assert len(app.get(app.messages(conversation)).json["messages"]) == 1
    assert visitor.tell(f"{here}/delete-all", question=question, agreed="yes").status == 303
    assert app.get(app.messages(conversation)).json["messages"] == []


def test_who_changed_what_is_shown_newest_first_and_found(app: Caller, visitor: Visitor) -> None:
    conversation = app.conversation()
    for _ in range(60):
        app.say(conversation)
    page = visitor.see(of_app(app, "/audit"))
    text = harmless(page, urlsplit(app.url).netloc).text
    assert text.count("PostMessage") == 50  # that many on a page
    assert "127.0.0.1" in text
    [older] = [each for each in visitor.seen.values("href") if "before=" in each]
    assert "CreateConversation" in Seen(visitor.see(older).body).text
    found = Seen(
        visitor.see(of_app(app, f"/audit?operation=CreateConversation&object=conversation/{conversation}")).body
    )
    assert conversation in found.text
    assert "PostMessage" not in found.text
    for evil in EVIL[:3]:
        answer = visitor.see(of_app(app, f"/audit?operation={quote(evil)}"))
        assert answer.status == 200
        assert "There is no such line." in harmless(answer, urlsplit(app.url).netloc).text
    assert visitor.see(of_app(app, "/audit?before=nowhere")).status == 400
    assert visitor.see(of_app(app, f"/audit?key={'k' * 300}")).status == 400
