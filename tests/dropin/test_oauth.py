"""OAuth by the old names: what goes out, to whom, and what comes back."""

import json

import pytest

import sunshine_conversations_client as s
from tests.dropin.test_refusals import Fixed, answer

BODY = {"code": "c", "grant_type": "authorization_code", "client_id": "i", "client_secret": "s"}


def serving(body: str, kind: str = "application/json") -> Fixed:
    return Fixed(answer("200 OK", body, f"Content-Type: {kind}"))


def api(server: Fixed) -> s.OAuthEndpointsApi:
    return s.OAuthEndpointsApi(s.ApiClient(s.Configuration(host=server.url, username="u", password="p")))


@pytest.mark.parametrize(
    "said",
    [
        {"get_token_request": s.GetTokenRequest(**BODY)},
        {"inline_object": s.InlineObject("c", "authorization_code", "i", "s")},  # 12
        {"get_token_request": BODY},
    ],
)
def test_a_code_is_exchanged_without_the_keys_of_an_app(said: dict):
    server = serving('{"access_token": "t", "token_type": "Bearer"}')
    try:
        token = api(server).get_token(**said)
    finally:
        server.close()
    assert (type(token), token.access_token, token.token_type) == (s.GetToken200Response, "t", "Bearer")
    head, _, body = server.asked[0].decode().partition("\r\n\r\n")
    assert head.startswith("POST /oauth/token ")
    assert "authorization" not in head.lower()
    assert json.loads(body) == BODY


def test_authorize_asks_for_the_page():
    server = serving("<h1>Let in?</h1>", "text/html")
    try:
        page = api(server).authorize("i", "code", state="a b", redirect_uri="https://example.org/back")
        assert api(server).authorize_with_http_info("i").status_code == 200
    finally:
        server.close()
    assert page == "<h1>Let in?</h1>"
    first, second = (asked.decode().split("\r\n")[0] for asked in server.asked)
    assert first == (
        "GET /oauth/authorize?client_id=i&response_type=code&state=a+b&redirect_uri=https%3A%2F%2Fexample.org%2Fback"
        " HTTP/1.1"
    )
    assert "response_type=code" in second
    assert all("authorization: basic" not in asked.decode().lower() for asked in server.asked)


def test_the_others_say_who_asks():
    server = serving('{"app": {"id": "a"}}')
    try:
        assert api(server).get_token_info().app.id == "a"
        api(server).revoke_access()
    finally:
        server.close()
    assert [asked.decode().split(" HTTP")[0] for asked in server.asked] == [
        "GET /v2/tokenInfo",
        "DELETE /oauth/authorization",
    ]
    assert all("authorization: basic" in asked.decode().lower() for asked in server.asked)
