"""Who is signed in at the console, what their browser keeps, and what no other page can do in their name."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from parhelion import Client, ClockMove
from parhelion.server.console import GET, POST
from parhelion.server.console.session import LIFETIME, MOST
from tests.live import Caller, Live, UnderTest
from tests.server.console.visiting import CONSOLE, Visitor, of_app

OPEN = {f"{CONSOLE}{path}" for path in ("/sign-in", "/assets")}
WORDS = re.compile(r"\{(\w+)\}")


@pytest.fixture
def visitor(app: Caller) -> Visitor:
    made = Visitor(app.url)
    assert made.sign_in(app).status == 303
    return made


def filled(path: str, app: Caller) -> str:
    """A path of the console's table, with ids that nothing has."""
    known = {"app_id": app.app_id}
    return CONSOLE + WORDS.sub(lambda found: known.get(found[1], "0" * 24), path)


def test_a_key_lets_in_and_its_secret_is_kept_nowhere(app: Caller) -> None:
    visitor = Visitor(app.url)
    answer = visitor.sign_in(app)
    assert (answer.status, answer.headers["location"]) == (303, of_app(app, "/overview"))
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", f"Path={CONSOLE}", f"Max-Age={LIFETIME}"} <= set(cookie.split("; "))
    page = visitor.see(of_app(app))
    assert page.status == 200
    assert app.secret.encode() not in page.body + cookie.encode()


def test_a_cookie_is_for_tls_alone_where_the_server_is_reached_over_it(serve: Callable[..., Live]) -> None:
    server = serve("--public-url", "https://chat.example.org")
    who = server.app()
    plain = Visitor(server.url)
    assert "Secure" in plain.sign_in(who).headers["set-cookie"].split("; ")


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("", ""),
        ("app_nobody", "x"),
        ("app_\u00e9", "\u00e9"),
        ("no prefix", "x"),
        ("app_a:b", "x"),
        ("app_x", "\n"),
        ("\0", "\0"),
    ],
)
def test_what_is_no_key_is_told_so(app: Caller, key: str, secret: str) -> None:
    visitor = Visitor(app.url)
    answer = visitor.sign_in(Caller(app.url, key, secret))
    assert answer.status == 401
    assert "set-cookie" not in answer.headers
    assert "do not belong together" in visitor.told


def test_the_wrong_secret_of_a_key_is_told_as_an_unknown_key_is(app: Caller) -> None:
    told = []
    for key in (app.key_id, "app_" + "0" * 24):
        visitor = Visitor(app.url)
        answer = visitor.sign_in(Caller(app.url, key, "x" * 86))
        told.append((answer.status, visitor.told))
    assert told[0] == told[1]


def test_an_integrations_key_opens_no_app(app: Caller) -> None:
    hook = {"target": "http://127.0.0.1:9/", "triggers": ["conversation:message"]}
    made = app.post(f"{app.app}/integrations", {"type": "custom", "displayName": "bot", "webhooks": [hook]}).json
    key = app.post(f"{app.app}/integrations/{made['integration']['id']}/keys", {"displayName": "k"}).json["key"]
    answer = Visitor(app.url).sign_in(Caller(app.url, key["id"], key["secret"]))
    assert (answer.status, "set-cookie" in answer.headers) == (403, False)


def test_an_accounts_key_opens_all_apps(app: Caller, account: Caller) -> None:
    visitor = Visitor(app.url)
    assert visitor.sign_in(account).headers["location"] == CONSOLE
    assert visitor.see(of_app(app)).status == 200


def test_several_apps_are_open_at_once_and_one_key_more_pushes_out_the_oldest(live: Live, account: Caller) -> None:
    visitor, apps = Visitor(live.url), []
    for number in range(MOST + 1):
        made = account.post("/v2/apps", {"displayName": f"app {number}"}).json["app"]["id"]
        key = account.post(f"/v2/apps/{made}/keys", {"displayName": "k"}).json["key"]
        apps.append(Caller(live.url, key["id"], key["secret"], made))
        assert visitor.sign_in(apps[-1]).status == 303
    assert [visitor.see(of_app(each)).status for each in apps] == [303] + [200] * MOST
    assert len(visitor.cookies["parhelion_console"]) < 4000


def test_nobody_sees_a_page_without_a_session(app: Caller) -> None:
    stranger = Visitor(app.url)
    for path, _ in GET:
        there = filled(path, app)
        if there in OPEN:
            continue
        answer = stranger.see(there)
        assert (answer.status, answer.headers.get("location", "")[:16]) == (303, f"{CONSOLE}/sign-in"), there


def test_nobody_sees_another_app(app: Caller, account: Caller, visitor: Visitor) -> None:
    other = account.post("/v2/apps", {"displayName": "a secret name"}).json["app"]["id"]
    for path, _ in GET:
        if "{app_id}" in path:
            answer = visitor.see(filled(path, Caller(app.url, app_id=other)))
            assert answer.status == 303, path
            assert b"a secret name" not in answer.body


def test_a_form_of_another_page_does_nothing(app: Caller, visitor: Visitor) -> None:
    another = Visitor(app.url)
    another.sign_in(app)
    before = app.get(f"{app.app}").json
    for path, _ in POST:
        if f"{CONSOLE}{path}" in OPEN:
            continue
        for token in ("", "0" * 64, another.token + "0"):
            answer = visitor.tell(filled(path, app), token, what="release")
            assert answer.status == 403, (path, answer)
    assert app.get(f"{app.app}").json == before


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_no_other_site_signs_somebody_in(app: Caller, headers: dict[str, str]) -> None:
    visitor = Visitor(app.url)
    answer = visitor.go("POST", f"{CONSOLE}/sign-in", f"key={app.key_id}&secret={app.secret}", **headers)
    assert (answer.status, "set-cookie" in answer.headers) == (403, False)


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/v2/apps", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_place(app: Caller, back: str) -> None:
    answer = Visitor(app.url).sign_in(app, back)
    assert answer.headers["location"] == of_app(app, "/overview")


def test_who_was_on_the_way_somewhere_gets_there(app: Caller) -> None:
    visitor = Visitor(app.url)
    visitor.see(visitor.see(of_app(app, "/webhooks")).headers["location"])
    back = next(said["value"] for tag, said in visitor.seen.elements if said.get("name") == "back")
    assert visitor.sign_in(app, str(back)).headers["location"] == of_app(app, "/webhooks")


def test_signing_out_ends_the_session(app: Caller, visitor: Visitor) -> None:
    answer = visitor.tell(f"{CONSOLE}/sign-out")
    assert answer.status == 303
    assert "Max-Age=0" in answer.headers["set-cookie"]


def test_a_deleted_key_ends_its_session(app: Caller, account: Caller, visitor: Visitor) -> None:
    assert account.delete(f"{app.app}/keys/{app.key_id}").status == 200
    end = time.monotonic() + 10  # a key is remembered for a second
    while (answer := visitor.see(of_app(app))).status == 200:
        assert time.monotonic() < end, "the session goes on"
    assert answer.headers["location"].startswith(f"{CONSOLE}/sign-in")


def test_a_session_ends_after_twelve_hours(control: Client, under_test: UnderTest) -> None:
    who = under_test.app()
    visitor = Visitor(who.url)
    visitor.sign_in(who)
    kept = dict(visitor.cookies)
    control.testing.move_clock(ClockMove(advance=LIFETIME - 60))
    assert visitor.see(of_app(who)).status == 200
    control.testing.move_clock(ClockMove(advance=120))
    visitor.cookies = kept
    assert visitor.see(of_app(who)).status == 303


@pytest.mark.parametrize(
    "cookie",
    ["x", "!", "~~~", "!a.b.c", "0!e30.e30.x", "!bnVsbA.bnVsbA.x", "!" + "A" * 3000, "\u00e9", "!..", "a b; c"],
)
def test_a_cookie_that_is_none_is_nobody(app: Caller, cookie: str) -> None:
    visitor = Visitor(app.url, {"parhelion_console": cookie.encode().decode("latin-1")})
    assert visitor.see(of_app(app)).status == 303


def test_a_forged_token_is_nobody(app: Caller) -> None:
    visitor = Visitor(app.url)
    visitor.sign_in(app)
    kept = visitor.cookies["parhelion_console"]
    visitor.cookies["parhelion_console"] = kept[:-2] + ("AA" if kept[-2:] != "AA" else "BB")
    assert visitor.see(of_app(app)).status == 303


def test_without_a_console_there_is_none(serve: Callable[..., Live]) -> None:
    server = serve("--console", "off")
    assert [Visitor(server.url).see(path).status for path in (CONSOLE, f"{CONSOLE}/sign-in", "/")] == [404, 404, 404]


def test_the_first_page_of_a_server_is_its_console(live: Live) -> None:
    answer = Visitor(live.url).see("/")
    assert (answer.status, answer.headers["location"]) == (303, f"{live.url}{CONSOLE}")
