"""OAuth: who may be let in, by whom, and how it ends."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest

from parhelion.operations import OAuthEndpoints
from parhelion.server import rows
from parhelion.server.commands import NOBODY, Context, oauth
from parhelion.server.http.consent import COOKIE
from parhelion.server.ports import Refused
from parhelion.server.vault import Vault
from tests.forms import FORM, Browser, Fields, brought
from tests.inside import Clock, Inside, inside
from tests.live import Answer, Caller, Live, parhelion, run

BACK = "https://bot.example.org/back"
OTHER = "https://bot.example.org/other?lang=en&x=%20"


@dataclass
class Partner:
    """Somebody whose program is registered."""

    url: str
    id: str
    secret: str

    def page(self, **said: str) -> str:
        return "/oauth/authorize?" + urlencode({"response_type": "code", "client_id": self.id} | said)

    def let_in(self, by: Caller, **said: str) -> str:
        """A code for the app of that key."""
        browser = Browser(self.url)
        browser.open(self.page(**said))
        browser.press("allow", key=by.key_id, secret=by.secret)
        return browser.brought["code"]

    def exchange(self, code: str | None, headers: dict[str, str] | None = None, **said: Any) -> Answer:
        body = {
            "code": code,
            "grant_type": "authorization_code",
            "client_id": self.id,
            "client_secret": self.secret,
        } | said
        return Caller(self.url).send("POST", "/oauth/token", body, {"authorization": None, **(headers or {})})  # type: ignore[dict-item]

    def token(self, by: Caller) -> str:
        answer = self.exchange(self.let_in(by))
        assert answer.status == 200, answer
        return str(answer.json["access_token"])


@dataclass
class Bearer(Caller):
    """Somebody with a token."""

    token: str = ""

    def basic(self) -> str:
        return f"Bearer {self.token}"


def registered(live: Live, name: str, *uris: str) -> Partner:
    said = [part for uri in uris for part in ("--redirect-uri", uri)]
    made = parhelion("oauth", "client", "create", "--data", str(live.data), "--name", name, "--json", *said)
    assert made["redirectUris"] == list(uris)
    return Partner(live.url, made["clientId"], made["clientSecret"])


@pytest.fixture(scope="module")
def partner(live: Live) -> Partner:
    return registered(live, 'Sun & "Dog" <b>', BACK, OTHER)


@pytest.fixture(scope="module")
def stranger(live: Live) -> Partner:
    return registered(live, "Stranger", BACK)


@pytest.fixture
def browser(live: Live) -> Browser:
    return Browser(live.url)


@pytest.fixture
def bearer(app: Caller, partner: Partner) -> Bearer:
    return Bearer(app.url, app_id=app.app_id, token=partner.token(app))


def its_integration(app: Caller) -> dict[str, Any]:
    found = [each for each in app.get(f"{app.app}/integrations").json["integrations"] if "Sun" in each["displayName"]]
    assert len(found) == 1, found
    return dict(found[0])


# ---- the page


def test_the_page_says_who_asks_and_nothing_in_their_name_is_html(browser: Browser, partner: Partner) -> None:
    answer = browser.open(partner.page())
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = answer.body.decode()
    assert "Sun &amp; &quot;Dog&quot; &lt;b&gt;" in page
    assert '"Dog"' not in page
    assert "https://bot.example.org" in page


@pytest.mark.parametrize("said", [{}, {"client_id": "unknown"}])
def test_no_page_can_run_or_be_framed_or_be_kept(browser: Browser, partner: Partner, said: dict[str, str]) -> None:
    headers = browser.open(partner.page(**said)).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "script-src" not in policy
    [style] = re.findall(r"<style>(.*?)</style>", browser.answer.body.decode(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy["style-src"] == f"'sha256-{digest}'"
    assert not re.search(r"(?i)<script|\son\w+=|style=|src=|https?://[^<]*\.(js|css)", browser.answer.body.decode())
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"


def test_the_cookie_is_for_this_site_alone_and_stays_the_same_while_pages_are_open(
    browser: Browser, partner: Partner
) -> None:
    said = browser.open(partner.page()).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Max-Age=600"} <= set(said.split("; "))
    assert "Secure" not in said  # over plain HTTP a browser would not keep it
    first, form = browser.cookies[COOKIE], browser.form()
    browser.open(partner.page(state="another tab"))
    assert browser.cookies[COOKIE] == first
    browser.cookies[COOKIE] = "too short"
    browser.open(partner.page())
    assert browser.cookies[COOKIE] not in (first, "too short")
    assert browser.form() != form


def test_behind_https_the_cookie_is_secure(serve: Callable[..., Live]) -> None:
    live = serve("--public-url", "https://chat.example.org/api")
    browser = Browser(live.url)
    assert "Secure" in browser.open(registered(live, "Sun", BACK).page()).headers["set-cookie"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"client_id": "unknown"}, "client_id: is not registered here"),
        ({"redirect_uri": BACK + "/"}, "redirect_uri: is not one"),
        ({"redirect_uri": "https://evil.example.org/"}, "redirect_uri: is not one"),
        ({"redirect_uri": BACK.upper()}, "redirect_uri: is not one"),
        ({"redirect_uri": ""}, "redirect_uri: is not one"),
        ({"response_type": "token"}, "response_type: "),
    ],
)
def test_what_is_not_registered_is_told_on_the_page_and_never_redirected_to(
    browser: Browser, app: Caller, partner: Partner, said: dict[str, str], why: str
) -> None:
    answer = browser.open(partner.page(**said))
    assert (answer.status, "location" in answer.headers) == (400, False)
    assert why in browser.told
    browser.open(partner.page())
    browser.at = partner.page(**said)
    for button in ("allow", "deny"):
        answer = browser.press(button, key=app.key_id, secret=app.secret)
        assert (answer.status, "location" in answer.headers) == (400, False)


def test_a_page_without_a_client_id_says_what_is_missing(browser: Browser) -> None:
    assert browser.open("/oauth/authorize").status == 400
    assert "client_id" in browser.told


def test_another_method_is_refused_on_a_page(live: Live, partner: Partner) -> None:
    answer = Caller(live.url).send("PUT", partner.page())
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    head = Caller(live.url).send("HEAD", partner.page())
    assert (head.status, head.body) == (200, b"")


# ---- Allow and Deny


def test_who_allows_is_sent_back_with_a_code_and_the_state(browser: Browser, app: Caller, partner: Partner) -> None:
    browser.open(partner.page(state="s"))
    answer = browser.press("allow", key=f" {app.key_id} ", secret=app.secret)  # as it is when copied
    assert answer.status == 302
    assert answer.headers["location"].startswith(f"{BACK}?code=")
    assert browser.brought == {"code": browser.brought["code"], "state": "s"}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert len(browser.brought["code"]) == 43


def test_who_denies_needs_no_key_and_is_sent_back_without_a_code(browser: Browser, partner: Partner) -> None:
    browser.open(partner.page(state="s", redirect_uri=OTHER))
    browser.press("deny")
    assert browser.answer.headers["location"] == f"{OTHER}&error=access_denied&state=s"


@pytest.mark.parametrize("state", ["", "a b&c=d#e", '{"a":1}', "null", "sjálfstæði ☀", "<script>", "x" * 4000])
def test_the_state_comes_back_as_it_was(browser: Browser, partner: Partner, state: str) -> None:
    browser.open(partner.page(state=state))
    browser.press("deny")
    assert browser.brought == {"error": "access_denied", "state": state}


def test_without_a_state_none_comes_back_and_the_first_address_is_the_usual_one(
    browser: Browser, partner: Partner
) -> None:
    browser.open(partner.page())
    browser.press("deny")
    assert browser.answer.headers["location"] == f"{BACK}?error=access_denied"


def test_a_wrong_key_shows_the_page_again_and_never_the_secret(browser: Browser, app: Caller, partner: Partner) -> None:
    for key, secret in ((app.key_id, app.secret + "x"), ("app_unknown", "hush"), ("", ""), (app.key_id, "")):
        browser.open(partner.page())
        answer = browser.press("allow", key=key, secret=secret)
        assert (answer.status, "location" in answer.headers) == (401, False)
        assert browser.told == "This key ID and this secret do not belong together."
        assert browser.form()["key"] == key
        assert browser.form()["secret"] == ""
        assert not secret or secret.encode() not in answer.body
    browser.press("allow", key=app.key_id, secret=app.secret)  # the page that came again is good
    assert "code" in browser.brought


def test_what_was_typed_is_text_on_the_page_that_comes_again(browser: Browser, partner: Partner) -> None:
    browser.open(partner.page())
    browser.press("allow", key='"><script>', secret="x", app="<i>")
    assert (browser.form()["key"], browser.form()["app"]) == ('"><script>', "<i>")
    assert b"<script>" not in browser.answer.body


def test_an_account_key_says_which_app(browser: Browser, account: Caller, app: Caller, partner: Partner) -> None:
    for said, status, why in (("", 400, "say the ID"), ("unknown", 400, "no app with this ID")):
        browser.open(partner.page())
        assert browser.press("allow", key=account.key_id, secret=account.secret, app=said).status == status
        assert why in browser.told
    browser.press("allow", key=account.key_id, secret=account.secret, app=app.app_id)
    token = partner.exchange(browser.brought["code"]).json["access_token"]
    assert jwt.decode(token, options={"verify_signature": False})["appId"] == app.app_id


def test_an_app_key_lets_into_its_own_app_only(
    browser: Browser, app: Caller, account: Caller, live: Live, partner: Partner
) -> None:
    other = live.app()
    browser.open(partner.page())
    answer = browser.press("allow", key=app.key_id, secret=app.secret, app=other.app_id)
    assert (answer.status, "location" in answer.headers) == (403, False)
    browser.press("allow", key=app.key_id, secret=app.secret, app=app.app_id)
    assert "code" in browser.brought


def test_an_integration_lets_nobody_in(browser: Browser, app: Caller, partner: Partner) -> None:
    partner.token(app)
    path = f"{app.app}/integrations/{its_integration(app)['id']}/keys"
    key = app.post(path, {"displayName": "x"}).json["key"]
    browser.open(partner.page())
    answer = browser.press("allow", key=key["id"], secret=key["secret"])
    assert (answer.status, "location" in answer.headers) == (403, False)


# ---- whose form it is


def test_only_the_browser_that_was_shown_the_page_can_answer_it(
    browser: Browser, app: Caller, partner: Partner, stranger: Partner
) -> None:
    browser.open(partner.page(state="s"))
    form, cookie = browser.form(), browser.cookies[COOKIE]
    elsewhere = Browser(browser.url)
    elsewhere.open(partner.page(state="s"))
    late = str(int(form["until"]) + 1)
    forged: list[tuple[str, dict[str, str], str | None]] = [
        (partner.page(state="s"), form, None),
        (partner.page(state="s"), form, elsewhere.cookies[COOKIE]),
        (partner.page(state="s"), elsewhere.form(), cookie),
        (partner.page(state="s"), form | {"token": ""}, cookie),
        (partner.page(state="s"), form | {"token": "é"}, cookie),
        (partner.page(state="s"), form | {"until": late}, cookie),
        (partner.page(state="s"), form | {"until": ""}, cookie),
        (partner.page(state="s"), form | {"until": "9" * 15}, cookie),
        (partner.page(state="s"), form | {"until": "-1"}, cookie),
        (partner.page(state="t"), form, cookie),
        (partner.page(), form, cookie),
        (partner.page(state="s", redirect_uri=OTHER), form, cookie),
        (stranger.page(state="s"), form, cookie),
    ]
    shown = {"key": app.key_id, "secret": app.secret}
    for number, (page, fields, kept) in enumerate(forged):
        for button in ("allow", "deny"):
            sent = Browser(browser.url, {COOKIE: kept} if kept else {}, page)
            answer = sent.press(button, **fields | shown)
            assert (answer.status, "location" in answer.headers) == (403, False), (number, button)
            assert "try again" in sent.told
    own = Browser(browser.url, {COOKIE: cookie}, partner.page(state="s"))
    own.press("allow", **form | shown)
    assert own.brought["state"] == "s"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"a=1", "", 415),
        (b"key=" + b"x" * 17_000, FORM, 413),
        (b"key=a&key=b", FORM, 400),
        (b"key=\xff", FORM, 400),
        (b"key=%ff", FORM, 400),
        (b"&".join(b"a%d=1" % number for number in range(30)), FORM, 400),
        (b"", FORM, 403),
    ],
)
def test_what_is_no_form_of_ours_is_told_on_a_page(
    live: Live, partner: Partner, body: bytes, kind: str, status: int
) -> None:
    answer = Caller(live.url).send("POST", partner.page(), body, {"content-type": kind})
    assert (answer.status, "location" in answer.headers) == (status, False)
    assert answer.headers["content-type"].startswith("text/html")


# ---- codes and tokens


def test_a_code_becomes_a_token_for_the_app(app: Caller, partner: Partner) -> None:
    answer = partner.exchange(partner.let_in(app))
    assert answer.status == 200
    assert set(answer.json) == {"access_token", "token_type"}
    assert answer.json["token_type"] == "Bearer"
    token = answer.json["access_token"]
    head, said = jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})
    assert (head["alg"], head["azp"]) == ("HS256", partner.id)
    assert head["kid"].startswith("int_")
    assert set(said) == {"scope", "appId", "iat"}
    assert (said["scope"], said["appId"]) == ("integration", app.app_id)
    info = Bearer(app.url, token=token).get("/v2/tokenInfo")
    assert info.status == 200
    assert info.json == app.get(app.app).json
    made = its_integration(app)
    assert (made["type"], made["status"], made["webhooks"]) == ("custom", "active", [])
    assert app.get(f"{app.app}/integrations/{made['id']}").json["integration"] == made


def test_a_form_will_do_for_the_token_and_nowhere_else(app: Caller, partner: Partner) -> None:
    nobody = Caller(app.url)
    said = {"grant_type": "authorization_code", "client_id": partner.id, "client_secret": partner.secret}
    body = urlencode({"code": partner.let_in(app), "redirect_uri": BACK, "extra": "1"} | said).encode()
    answer = nobody.send("POST", "/oauth/token", body, {"content-type": FORM + "; charset=utf-8"})
    assert answer.status == 200
    named = base64.b64encode(f"{partner.id}:{partner.secret}".encode()).decode()
    body = urlencode({"code": partner.let_in(app), "grant_type": "authorization_code"}).encode()
    answer = nobody.send("POST", "/sc/oauth/token", body, {"content-type": FORM, "authorization": f"basic {named}"})
    assert answer.status == 200
    assert app.send("POST", f"{app.app}/users", b"externalId=ada", {"content-type": FORM}).status == 415


@pytest.mark.parametrize("authorization", ["Basic !", "Basic " + base64.b64encode(b"nocolon").decode(), "Bearer x"])
def test_a_form_without_a_client_says_what_is_missing(live: Live, authorization: str) -> None:
    body = urlencode({"code": "x", "grant_type": "authorization_code"}).encode()
    headers = {"content-type": FORM, "authorization": authorization}
    answer = Caller(live.url).send("POST", "/oauth/token", body, headers)
    assert answer.status == 400
    assert answer.titles == [
        "should have required property 'client_id'",
        "should have required property 'client_secret'",
    ]


def test_what_is_wrong_with_a_request_for_a_token_is_told(app: Caller, partner: Partner, stranger: Partner) -> None:
    code = partner.let_in(app, redirect_uri=OTHER)
    for answer, status, title in (
        (partner.exchange(code, grant_type="password"), 400, "grant_type: "),
        (partner.exchange(None), 400, "code"),
        (partner.exchange("\ud800"), 400, ""),
        (partner.exchange(code, client_secret="wrong"), 401, "client_secret"),
        (partner.exchange(code, client_secret="é"), 401, "client_secret"),
        (partner.exchange(code, client_id="unknown"), 401, "client_secret"),
        (partner.exchange(code, client_id=stranger.id), 401, "client_secret"),
        (partner.exchange(code, client_secret=stranger.secret), 401, "client_secret"),
        (stranger.exchange(code), 400, "code: is not known"),
        (partner.exchange(code + "x"), 400, "code: is not known"),
        (partner.exchange("é"), 400, "code: is not known"),
        (partner.exchange(code, redirect_uri=BACK), 400, "redirect_uri: is not the one"),
    ):
        assert answer.status == status, answer
        assert title in answer.titles[0]
    assert partner.exchange(code, redirect_uri=OTHER).status == 200  # none of that has used it up


def test_a_code_is_good_once(app: Caller, partner: Partner) -> None:
    code = partner.let_in(app)
    assert partner.exchange(code, {"idempotency-key": "k"}).status == 200
    again = partner.exchange(code, {"idempotency-key": "k"})  # nothing is remembered of who has no credentials
    assert (again.status, again.codes) == (400, ["bad_request"])
    assert "idempotency-key-ttl" not in again.headers


def test_of_many_exchanges_at_once_one_succeeds(app: Caller, partner: Partner) -> None:
    code = partner.let_in(app)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: partner.exchange(code).status, range(32)))
    assert sorted(answers) == [200] + [400] * 31


def test_of_many_codes_at_once_one_integration_is_made(app: Caller, partner: Partner) -> None:
    codes = [partner.let_in(app) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(partner.exchange, codes))
    assert {answer.status for answer in answers} == {200}
    its = its_integration(app)["id"]
    assert len(app.get(f"{app.app}/integrations/{its}/keys").json["keys"]) == 1
    for answer in answers:
        assert Bearer(app.url, token=answer.json["access_token"]).get("/v2/tokenInfo").status == 200


def test_who_is_let_in_again_keeps_the_integration_its_webhooks_and_the_earlier_token(
    app: Caller, bearer: Bearer, partner: Partner
) -> None:
    its = its_integration(app)["id"]
    hook = bearer.post(f"{app.app}/integrations/me/webhooks", {"target": BACK, "triggers": ["user:merge"]})
    assert hook.status == 201
    again = Bearer(app.url, app_id=app.app_id, token=partner.token(app))
    assert its_integration(app)["id"] == its
    for each in (bearer, again):
        hooks = each.get(f"{app.app}/integrations/me/webhooks").json["webhooks"]
        assert [one["id"] for one in hooks] == [hook.json["webhook"]["id"]]


def test_once_its_key_is_deleted_the_next_token_has_a_new_one(app: Caller, bearer: Bearer, partner: Partner) -> None:
    keys = f"{app.app}/integrations/{its_integration(app)['id']}/keys"
    [first] = app.get(keys).json["keys"]
    mine = app.post(keys, {"displayName": "mine"}).json["key"]
    assert app.delete(f"{keys}/{first['id']}").status == 200
    token = partner.token(app)
    assert jwt.get_unverified_header(token)["kid"] not in (first["id"], mine["id"])
    assert Bearer(app.url, token=token).get("/v2/tokenInfo").status == 200


def test_a_key_of_the_same_name_is_not_taken_for_the_partners(app: Caller, bearer: Bearer, partner: Partner) -> None:
    keys = f"{app.app}/integrations/{its_integration(app)['id']}/keys"
    [first] = app.get(keys).json["keys"]
    assert app.post(keys, {"displayName": first["displayName"]}).status == 201
    assert jwt.get_unverified_header(partner.token(app))["kid"] == first["id"]


def test_two_apps_and_two_partners_are_apart(live: Live, app: Caller, partner: Partner, stranger: Partner) -> None:
    other = live.app()
    tokens = [partner.token(app), partner.token(other), stranger.token(app)]
    callers = [Bearer(live.url, token=token) for token in tokens]
    assert [each.get("/v2/tokenInfo").json["app"]["id"] for each in callers] == [
        app.app_id,
        other.app_id,
        app.app_id,
    ]
    assert callers[0].get(f"{other.app}/users/x").status == 403
    hook = {"target": BACK, "triggers": ["user:merge"]}
    made = callers[0].post(f"{app.app}/integrations/me/webhooks", hook).json["webhook"]["id"]
    assert callers[2].get(f"{app.app}/integrations/me/webhooks").json["webhooks"] == []
    assert callers[2].get(f"{app.app}/integrations/me/webhooks/{made}").status == 404
    assert callers[2].send("DELETE", "/oauth/authorization").status == 200
    assert callers[0].get(f"{app.app}/integrations/me/webhooks/{made}").status == 200


def test_a_token_reaches_conversations_but_neither_keys_nor_integrations(app: Caller, bearer: Bearer) -> None:
    assert bearer.post(f"{app.app}/users", {"externalId": "ada"}).status == 201
    conversation = bearer.conversation()
    assert bearer.say(conversation)["content"]["text"] == "hello"
    its = its_integration(app)["id"]
    for path in ("", "/keys", "/integrations", f"/integrations/{its}", f"/integrations/{its}/keys", "/switchboards"):
        assert bearer.get(app.app + path).status == 403, path


def test_a_token_whose_words_are_changed_is_none(app: Caller, bearer: Bearer, partner: Partner) -> None:
    head, said, sign = bearer.token.split(".")
    body = json.loads(base64.urlsafe_b64decode(said + "=="))
    more = base64.urlsafe_b64encode(json.dumps(body | {"scope": "app"}).encode()).decode().rstrip("=")
    for token in (f"{head}.{more}.{sign}", f"{head}.{said}.", f"{head}.{said}.{sign[:-2]}"):
        assert Bearer(app.url, token=token).get("/v2/tokenInfo").status == 401
    for secret in (partner.secret, app.secret):
        kid = jwt.get_unverified_header(bearer.token)["kid"]
        forged = jwt.encode(body, secret, headers={"kid": kid})
        assert Bearer(app.url, token=forged).get("/v2/tokenInfo").status == 401
    for kid in (partner.id, f"\0oauth client{partner.id}"):
        forged = jwt.encode({"scope": "integration"}, partner.secret, headers={"kid": kid})
        assert Bearer(app.url, token=forged).get("/v2/tokenInfo").status == 401


def test_who_asks_what_a_token_is_for_may_be_an_app_but_not_an_account(app: Caller, account: Caller) -> None:
    for prefix in ("", "/sc"):
        assert app.get(f"{prefix}/v2/tokenInfo").json["app"]["id"] == app.app_id
        assert (account.get(f"{prefix}/v2/tokenInfo").status) == 403
        assert Caller(app.url).send("GET", f"{prefix}/v2/tokenInfo").status == 401


# ---- the end


def test_who_revokes_is_out_with_all_that_was_theirs(
    app: Caller, bearer: Bearer, partner: Partner, conversation: str
) -> None:
    its = its_integration(app)["id"]
    hook = {"target": BACK, "triggers": ["user:merge"]}
    assert bearer.post(f"{app.app}/integrations/me/webhooks", hook).status == 201
    code = partner.let_in(app)
    answer = bearer.send("DELETE", "/sc/oauth/authorization")
    assert (answer.status, answer.json) == (200, {})
    assert bearer.send("DELETE", "/oauth/authorization").status == 401  # at once
    assert app.get(f"{app.app}/integrations/{its}").status == 404
    assert app.get(f"{app.app}/integrations/{its}/webhooks").status == 404
    assert app.get(app.messages(conversation)).status == 200
    back = partner.exchange(code).json["access_token"]  # who was let in anew, before or after, is
    assert its_integration(app)["id"] != its
    assert its_integration(app)["webhooks"] == []
    assert jwt.get_unverified_header(back)["kid"] != jwt.get_unverified_header(bearer.token)["kid"]


def test_only_an_integration_revokes_itself(app: Caller, account: Caller) -> None:
    for caller, status in ((app, 403), (account, 403), (Caller(app.url), 401)):
        assert caller.send("DELETE", "/oauth/authorization").status == status


def test_a_code_for_an_app_that_is_gone_is_none(live: Live, account: Caller, partner: Partner) -> None:
    app = live.app()
    first, second = partner.let_in(app), partner.let_in(app)
    assert partner.exchange(first).status == 200
    assert account.delete(app.app).status == 200
    answer = partner.exchange(second)
    assert (answer.status, answer.codes) == (400, ["bad_request"])


def test_a_partner_that_is_deleted_is_out_of_every_app(live: Live, app: Caller) -> None:
    gone, other = registered(live, "Sun goes", BACK), live.app()
    callers = [Bearer(live.url, token=gone.token(each)) for each in (app, other)]
    code = gone.let_in(app)
    done = cli(live, "delete", gone.id)
    assert done.returncode == 0
    assert "out of the 2 apps" in done.stdout
    assert [each["displayName"] for each in app.get(f"{app.app}/integrations").json["integrations"]] == []
    assert gone.exchange(code).status == 401
    assert Browser(live.url).open(gone.page()).status == 400
    for caller in callers:  # not asked before: nothing of it is remembered
        assert caller.get("/v2/tokenInfo").status == 401
    again = cli(live, "delete", gone.id)
    assert (again.returncode, again.stdout) == (1, "")
    assert "There is no OAuth client" in again.stderr


# ---- the command line


def cli(live: Live, command: str, *said: str) -> subprocess.CompletedProcess[str]:
    return run("oauth", "client", command, "--data", str(live.data), *said)


def test_the_command_line_lists_partners_without_their_secrets(live: Live, partner: Partner) -> None:
    shown = cli(live, "list").stdout
    assert partner.id in shown
    assert OTHER in shown
    assert partner.secret not in shown
    found = json.loads(cli(live, "list", "--json").stdout)
    assert {"clientId": partner.id, "name": 'Sun & "Dog" <b>', "redirectUris": [BACK, OTHER]} in found


def test_the_command_line_says_what_to_do_next(live: Live) -> None:
    said = cli(live, "create", "--name", "Sun", "--redirect-uri", BACK).stdout
    [id] = re.findall(r"client_id +(\w+)", said)
    [secret] = re.findall(r"client_secret +(\S+)", said)
    assert f"/oauth/authorize?response_type=code&client_id={id}" in said
    assert Partner(live.url, id, secret).exchange("x").status == 400  # not 401: the secret is right


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("", BACK),
        (" ", BACK),
        ("x" * 101, BACK),
        ("Sun", "javascript:alert(1)"),
        ("Sun", "/back"),
        ("Sun", "https://a.example.org/#x"),
        ("Sun", "https://ada@a.example.org/"),
        ("Sun", "https://a.example.org/ b"),
        ("Sun", "https://a.example.org/\r\nset-cookie: x"),
        ("Sun", "https://sólin.example.org/"),
        ("Sun", 'https://a.example.org/"'),
        ("Sun", "https://a.example.org/" + "x" * 2048),
        ("Sun", ""),
    ],
)
def test_a_partner_that_could_not_be_sent_back_to_is_not_registered(live: Live, name: str, uri: str) -> None:
    done = cli(live, "create", "--name", name, "--redirect-uri", uri)
    assert (done.returncode, done.stdout) == (1, "")
    assert "--name" in done.stderr or "--redirect-uri" in done.stderr


def test_a_partner_has_at_most_ten_addresses(live: Live) -> None:
    many = [part for number in range(11) for part in ("--redirect-uri", f"{BACK}/{number}")]
    assert cli(live, "create", "--name", "Sun", *many).returncode == 1
    assert cli(live, "create", "--name", "Sun", *many[2:]).returncode == 0


# ---- time, and what is kept


def test_a_partner_that_an_app_lets_in_at_this_moment_is_not_deleted_halfway(tmp_path: Path) -> None:
    async def told() -> None:
        async with inside(tmp_path / "data") as caller:
            body = await let_in(caller)
            await caller.done("POST", "/oauth/token", body)
            with pytest.raises(Refused):
                await caller.engines.database.write(rows.oauth.delete_client(body["client_id"]))
            _, context = await registered_inside(caller)
            assert await oauth.delete_client(context, body["client_id"]) == 1
            assert await caller.count("integration") == 0

    asyncio.run(told())


def test_secrets_of_different_kinds_have_nothing_in_common(tmp_path: Path) -> None:
    vault = Vault(b"master" * 8)
    said = [vault.derived(kind, "x") for kind in ("oauth client", "oauth code", "consent", "")] + [vault.secret("x")]
    said += [vault.secret(f"\0{kind}") for kind in ("", "consent")]
    assert len({each[:20] for each in said}) == len(said)


async def registered_inside(caller: Inside) -> tuple[oauth.OAuthClient, Context]:
    context = Context(caller.engines, OAuthEndpoints.authorize, NOBODY, "", "http://inside", "")
    return await oauth.create_client(context, "Sun", [BACK]), context


async def let_in(caller: Inside) -> dict[str, str]:
    """What a partner needs for a token, its code among it."""
    client, context = await registered_inside(caller)
    asking = await oauth.authorize(context, client.id)
    code = await oauth.allow(context, asking, caller.app_id)
    secret = oauth.client_secret(caller.engines, client.id)
    return {"code": code, "grant_type": "authorization_code", "client_id": client.id, "client_secret": secret}


@pytest.mark.parametrize(("after", "status"), [(599.0, 200), (600.0, 400), (601.0, 400)])
def test_a_code_is_good_for_ten_minutes(tmp_path: Path, after: float, status: int) -> None:
    async def told() -> None:
        async with inside(tmp_path / "data") as caller:
            body = await let_in(caller)
            caller.clock.seconds += after
            assert (await caller.ask("POST", "/oauth/token", body))[0] == status

    asyncio.run(told())


def test_codes_whose_time_is_up_are_swept(tmp_path: Path) -> None:
    async def told() -> None:
        async with inside(tmp_path / "data") as caller:
            await let_in(caller)
            caller.clock.seconds += 300
            await let_in(caller)
            caller.clock.seconds += 300
            await caller.afterwards()
            assert await caller.count("oauth_code") == 1

    asyncio.run(told())


@pytest.mark.parametrize(("after", "status"), [(599.0, 302), (600.0, 403), (-1.0, 403)])
def test_a_page_is_good_for_ten_minutes(tmp_path: Path, after: float, status: int) -> None:
    async def told() -> None:
        async with inside(tmp_path / "data") as caller:
            client, _ = await registered_inside(caller)
            path = f"/oauth/authorize?client_id={client.id}"
            _, headers, body = await shown(caller, "GET", path)
            fields = Fields(body.decode()).values | {"answer": "deny"}
            caller.clock.seconds += after
            cookie = headers["set-cookie"].partition(";")[0]
            answer, headers, _ = await shown(caller, "POST", path, urlencode(fields).encode(), cookie)
            assert answer == status
            if status == 302:
                assert brought(headers["location"]) == {"error": "access_denied"}

    asyncio.run(told())


@pytest.mark.embedded
def test_neither_a_code_nor_a_secret_is_kept(tmp_path: Path) -> None:
    async def told() -> None:
        async with inside(tmp_path / "data") as caller:
            said = await let_in(caller)
            other = await let_in(caller)
            token = (await caller.done("POST", "/oauth/token", other))["access_token"]
        files = [each for each in (tmp_path / "data").glob("parhelion.db*") if each.is_file()]
        kept = b"".join(each.read_bytes() for each in files)
        assert said["client_id"].encode() in kept
        for secret in (said["code"], other["code"], said["client_secret"], token, token.rpartition(".")[2]):
            assert secret.encode() not in kept

    asyncio.run(told())


def test_a_token_tells_the_time_by_the_engines_clock(tmp_path: Path) -> None:
    async def told() -> None:
        async with inside(tmp_path / "data", Clock(1_700_000_000.5)) as caller:
            token = (await caller.done("POST", "/oauth/token", await let_in(caller)))["access_token"]
            assert jwt.decode(token, options={"verify_signature": False})["iat"] == 1_700_000_000
            caller.clock.seconds += 10 * 365 * 24 * 3600  # it does not expire
            bearer = replace(caller, authorization=f"Bearer {token}")
            assert (await bearer.ask("GET", "/v2/tokenInfo"))[0] == 200

    asyncio.run(told())


async def shown(
    caller: Inside, method: str, path: str, body: bytes = b"", cookie: str = ""
) -> tuple[int, dict[str, str], bytes]:
    """A page, as a browser would get it."""
    sent: list[dict[str, Any]] = []
    path, _, query = path.partition("?")

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = {"host": "inside", "content-type": FORM, "cookie": cookie}
    scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await caller.application(scope, receive, send)
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, sent[1]["body"]
