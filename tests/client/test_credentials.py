"""Who asks."""

from __future__ import annotations

import base64
import traceback
from typing import Any

import jwt
import pytest

from parhelion.client import Basic, Client, KeyJWT, Response, Token
from parhelion.wire import Unauthorized
from tests.client.support import NOON, Canned, settings

SECRET = "s3cr3t-" * 6


def claims(credentials: KeyJWT, now: float) -> dict[str, Any]:
    scheme, _, token = credentials.authorization(now).partition(" ")
    assert scheme == "Bearer"
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": credentials.key_id}
    return jwt.decode(token, SECRET, ["HS256"], options={"verify_exp": False, "verify_iat": False})


def test_basic_is_the_pair_in_base64() -> None:
    scheme, _, pair = Basic("app_1", "pä:ss").authorization(NOON).partition(" ")
    assert (scheme, base64.b64decode(pair).decode()) == ("Basic", "app_1:pä:ss")


@pytest.mark.parametrize("key_id", ["", "a:b", "a\nb", "a\x00b", "a\x7f", None, 5])
def test_a_key_id_that_cannot_travel_is_refused(key_id: Any) -> None:
    for kind in (Basic, KeyJWT):
        with pytest.raises(ValueError, match="key id"):
            kind(key_id, SECRET)


@pytest.mark.parametrize("secret", ["", "a\r\nb", None])
def test_a_secret_that_cannot_travel_is_refused_without_showing_it(secret: Any) -> None:
    for kind in (Basic, KeyJWT):
        with pytest.raises(ValueError, match=r"^The secret [a-z ]+$"):
            kind("app_1", secret)


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "é"])
def test_a_token_that_cannot_travel_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        Token(token)
    with pytest.raises(ValueError, match="token"):
        Token(lambda: token).authorization(NOON)


@pytest.mark.parametrize(
    ("key_id", "scope"), [("act_1", "account"), ("svc_1", "account"), ("app_1", "app"), ("int_1", "integration")]
)
def test_what_a_token_is_for_follows_from_its_key(key_id: str, scope: str) -> None:
    made = claims(KeyJWT(key_id, SECRET, lifetime=600), NOON + 0.7)
    assert made == {"scope": scope, "iat": int(NOON), "exp": int(NOON) + 600}


def test_an_unknown_key_needs_a_scope() -> None:
    with pytest.raises(ValueError, match="scope"):
        KeyJWT("key_1", SECRET)
    assert claims(KeyJWT("key_1", SECRET, scope="app"), NOON)["scope"] == "app"


def test_a_token_is_kept_while_it_is_good_and_made_anew_before_it_ends() -> None:
    credentials = KeyJWT("app_1", SECRET, lifetime=100)
    first = credentials.authorization(NOON)
    assert credentials.authorization(NOON + 89) == first
    assert claims(credentials, NOON + 90)["exp"] == NOON + 190
    assert claims(credentials, NOON - 500)["iat"] == NOON - 500  # the clock was set back


def test_a_lifetime_is_a_second_at_least() -> None:
    with pytest.raises(ValueError, match="lifetime"):
        KeyJWT("app_1", SECRET, lifetime=0)


def test_a_token_may_come_from_a_function_each_time() -> None:
    tokens = iter(["a", "b"])
    credentials = Token(lambda: next(tokens))
    assert [credentials.authorization(NOON) for _ in range(2)] == ["Bearer a", "Bearer b"]


@pytest.mark.parametrize("credentials", [Basic("app_1", SECRET), KeyJWT("app_1", SECRET), Token(SECRET)])
def test_secrets_are_never_shown(credentials: Any) -> None:
    hidden = {SECRET, credentials.authorization(NOON).split()[1]}
    transport = Canned([Response(401, {}, b"")])
    client = Client("https://example.org", app_id="a", credentials=credentials, transport=transport)
    shown = [
        repr(credentials),
        str(credentials),
        f"{credentials}",
        repr(client),
        repr(settings(credentials=credentials)),
    ]
    with pytest.raises(Unauthorized) as raised:
        client.messages.list("c")
    assert raised.tb.tb_next is not None
    error = raised.value.with_traceback(raised.tb.tb_next)  # our own locals are no secret
    everything = traceback.TracebackException.from_exception(error, capture_locals=True)
    shown += ["".join(everything.format()), repr(error), str(vars(error))]
    shown += [repr(transport.seen[0]), str(transport.seen[0].headers)]
    for text in shown:
        assert not any(each in text for each in hidden), text
