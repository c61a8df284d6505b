"""What a client does where no credentials are asked for, and where a browser is to be sent."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from parhelion import AsyncClient, Client, GetTokenRequest, Nobody
from parhelion.client import Response
from parhelion.client.flow import Known, exchange
from parhelion.operations import Apps, OAuthEndpoints
from parhelion.wire import GetTokenResponse, NoAnswer, Unauthorized
from tests.client.support import Canned, play, settings

BODY = GetTokenRequest(code="c", grant_type="authorization_code", client_id="i", client_secret="hush")
TOKEN = Response(200, {}, b'{"access_token":"a.b.c","token_type":"Bearer"}')


def test_the_address_of_a_page_is_made_without_a_request() -> None:
    nothing = Canned([])
    client = Client("https://example.org/sc", credentials=Nobody(), transport=nothing)
    address = client.oauth.authorize("a/b", state="&x= é", redirect_uri="https://b.example.org/?c=d")
    assert address.startswith("https://example.org/sc/oauth/authorize?")
    assert parse_qs(urlsplit(address).query) == {
        "client_id": ["a/b"],
        "response_type": ["code"],
        "state": ["&x= é"],
        "redirect_uri": ["https://b.example.org/?c=d"],
    }
    assert nothing.seen == []
    awaited = AsyncClient("https://example.org/sc", credentials=Nobody())
    assert awaited.oauth.authorize("i") == "https://example.org/sc/oauth/authorize?client_id=i&response_type=code"


def test_a_page_without_whom_it_is_for_is_pythons_own_type_error() -> None:
    client = Client("https://example.org", credentials=Nobody())
    with pytest.raises(TypeError, match="client_id"):
        client.oauth.authorize()  # type: ignore[call-arg]


def test_a_key_is_not_sent_to_where_none_is_asked_for() -> None:
    canned = Canned([TOKEN])
    with Client("https://example.org", key_id="app_1", secret="own", transport=canned) as client:
        assert client.oauth.get_token(BODY) == GetTokenResponse(access_token="a.b.c", token_type="Bearer")
    [request] = canned.seen
    assert "authorization" not in request.headers
    assert "idempotency-key" not in request.headers
    assert request.body == (b'{"code":"c","grant_type":"authorization_code","client_id":"i","client_secret":"hush"}')


def test_a_code_that_may_have_been_used_is_not_sent_again() -> None:
    """It is good once, and no server remembers an answer for who has no credentials, whatever it does for others."""
    lost, known = NoAnswer("reset", sent=True), Known(idempotent=True)
    assert [type(step) for step in play(OAuthEndpoints.get_token, [lost], settings(known=known), body=BODY)] == [
        str,
        NoAnswer,
    ]
    never = NoAnswer("refused", sent=False)
    assert play(OAuthEndpoints.get_token, [never, TOKEN], body=BODY)[-1] == GetTokenResponse(
        access_token="a.b.c", token_type="Bearer"
    )
    assert known.idempotent


def test_nobody_is_told_that_credentials_are_needed() -> None:
    refused = Response(401, {}, b'{"errors":[{"code":"unauthorized","title":"Authorization is required"}]}')
    request = next(exchange(Apps.get, "a", {}, settings(credentials=Nobody())))
    assert request.headers["authorization"] == ""  # type: ignore[union-attr]  # a Request
    assert isinstance(play(Apps.get, [refused], settings(credentials=Nobody()))[-1], Unauthorized)


def test_neither_codes_nor_secrets_nor_tokens_are_shown() -> None:
    for said in (BODY, GetTokenResponse(access_token="hush", token_type="Bearer")):
        assert "hush" not in repr(said)
        assert "hush" not in str(said)
    assert "code='c'" not in repr(BODY)
