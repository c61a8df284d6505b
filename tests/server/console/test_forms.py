"""Forms of the console: who may send one, and what is too much, or none at all."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from parhelion.server.console import POST
from tests.live import Caller
from tests.server.console.visiting import CONSOLE, Visitor, of_app

NOBODYS = hmac.digest(b"", b"form", hashlib.sha256).hex()  # what a session of nobody would say: everybody can tell
ELSEWHERE = {"origin": "https://evil.example", "sec_fetch_site": "cross-site"}


@pytest.fixture
def visitor(app: Caller) -> Visitor:
    made = Visitor(app.url)
    assert made.sign_in(app).status == 303
    return made


@pytest.mark.parametrize("path", [path for path, _ in POST if path != "/sign-in" and "{" not in path])
def test_another_site_whose_request_has_no_cookie_ends_no_session(app: Caller, path: str) -> None:
    # A browser keeps a cookie that it is answered, also where it sent none.
    answer = Visitor(app.url).go("POST", CONSOLE + path, f"token={NOBODYS}&back={CONSOLE}", **ELSEWHERE)
    assert (answer.status, answer.headers["location"]) == (303, f"{CONSOLE}/sign-in")
    assert "set-cookie" not in answer.headers


def test_a_form_from_elsewhere_is_refused_whatever_it_knows(app: Caller, visitor: Visitor) -> None:
    there = of_app(app, f"/conversations/{app.conversation()}/messages")
    for said in (ELSEWHERE, {"origin": "null"}, {"origin": "https://evil.example"}, {"sec_fetch_site": "same-site"}):
        assert visitor.go("POST", there, f"token={visitor.token}&words=a", **said).status == 403
    for said in ({}, {"origin": app.url}, {"sec_fetch_site": "same-origin", "origin": "https://behind.example"}):
        assert visitor.go("POST", there, f"token={visitor.token}&words=a", **said).status == 303


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", "&".join(f"f{number}=1" for number in range(1000))),
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=e", '--e\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nc'),
        ("multipart/form-data; boundary=e", "no part of it"),
    ],
)
def test_a_form_that_is_none_is_refused_in_words(app: Caller, visitor: Visitor, kind: str, body: str) -> None:
    for path in (of_app(app, f"/conversations/{app.conversation()}/messages"), f"{CONSOLE}/sign-in"):
        answer = visitor.go("POST", path, body, content_type=kind)
        assert answer.status in (400, 401, 403), (path, answer)
        assert b'role="alert"' in answer.body


@pytest.mark.parametrize("kind", ["text/plain", "application/json", ""])
def test_what_is_no_form_says_nothing(app: Caller, visitor: Visitor, kind: str) -> None:
    there = of_app(app, f"/conversations/{app.conversation()}/messages")
    assert visitor.go("POST", there, f"token={visitor.token}&words=a", content_type=kind).status == 403


@pytest.mark.parametrize("words", ["%00", "a%00b", "%ED%A0%80", "%FF%FE", "%F0%9F%98"])
def test_text_that_is_none_breaks_nothing(app: Caller, visitor: Visitor, words: str) -> None:
    conversation = app.conversation()
    there = of_app(app, f"/conversations/{conversation}")
    answer = visitor.go("POST", f"{there}/messages", f"token={visitor.token}&words={words}")
    assert answer.status in (303, 400)
    assert visitor.see(there).status == 200


@pytest.mark.parametrize(
    "word", ["!\u00e9.\u00e9.\u00e9", "!e30.\u00e9.x", "!e30=.e30.\u20ac", "!gICA.gICA.x", "!W10.W10.x"]
)
def test_a_cookie_that_is_no_token_is_nobody(app: Caller, word: str) -> None:
    visitor = Visitor(app.url, {"parhelion_console": word.encode().decode("latin-1")})
    assert visitor.see(of_app(app)).status == 303


def test_what_is_no_page_is_told_on_a_page_that_runs_nothing(visitor: Visitor) -> None:
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("GET", "/apps/", 404),
        ("GET", "/assets/v/nothing.js", 404),
        ("PUT", "/apps", 405),
        ("OPTIONS", "/sign-in", 405),
        ("GET", "/theme", 405),
        ("HEAD", "/apps", 200),
    ):
        answer = visitor.go(method, CONSOLE + path, host="evil.example")
        assert answer.status == status, (path, answer)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("host", ["[", "a b", "a:b:c", "", "x" * 300, "[::1]:9999999"])
def test_a_host_that_is_none_leads_nowhere(visitor: Visitor, host: str) -> None:
    for path in ("", "/apps/", "/sign-in", "/apps/zz/overview"):
        answer = visitor.go("GET", CONSOLE + path, host=host)
        assert answer.status in (200, 303, 400, 404), (path, answer)
        assert answer.headers.get("location", CONSOLE).startswith(CONSOLE)
