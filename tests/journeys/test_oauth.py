"""A partner's program is let into somebody's app, works there, and leaves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from parhelion import (
    AsyncClient,
    Author,
    BadRequest,
    Client,
    Forbidden,
    GetTokenRequest,
    MessagePost,
    Nobody,
    NotFound,
    TextMessage,
    Unauthorized,
    WebhookCreateBody,
)
from tests.forms import Browser
from tests.live import Caller, Live, parhelion

BACK = "https://bot.example.org/back?from=sun"
SAYS = MessagePost(author=Author(type="business"), content=TextMessage(text="Look up!"))
HEARS = WebhookCreateBody(target="http://127.0.0.1:9/hook", triggers=["conversation:message"])


def registered(live: Live) -> tuple[str, str]:
    made = parhelion(
        *("oauth", "client", "create", "--data", str(live.data), "--name", "Sun bot", "--redirect-uri", BACK, "--json")
    )
    return made["clientId"], made["clientSecret"]


def code_of(app: Caller, address: str) -> str:
    """What the owner of the app does: they look at the page, show their key, and allow it."""
    browser = Browser(app.url)
    assert browser.open(address.removeprefix(app.url)).status == 200
    answer = browser.press("allow", key=app.key_id, secret=app.secret)
    assert answer.headers["location"].startswith(BACK + "&")
    assert browser.brought["state"] == "my state"
    assert browser.brought["from"] == "sun"
    return browser.brought["code"]


def refused(call: Callable[[], object]) -> bool:
    """Whether it is, within the second that credentials are remembered."""
    until = time.monotonic() + 2
    while time.monotonic() < until:
        try:
            call()
        except Unauthorized:
            return True
        except NotFound:  # the token still is remembered, and what it was for is gone
            continue
    return False


@pytest.mark.parametrize("prefix", ["", "/sc"])
def test_a_partner_comes_works_and_goes(live: Live, app: Caller, conversation: str, prefix: str) -> None:
    client_id, secret = registered(live)
    with Client(app.url + prefix, credentials=Nobody()) as partner:
        address = partner.oauth.authorize(client_id, state="my state", redirect_uri=BACK)
        assert urlsplit(address).path == f"{prefix}/oauth/authorize"
        body = GetTokenRequest(
            code=code_of(app, address),
            grant_type="authorization_code",
            client_id=client_id,
            client_secret=secret,
            redirect_uri=BACK,
        )
        token = partner.oauth.get_token(body)
        assert token.token_type == "Bearer"
        with pytest.raises(BadRequest, match="was used before"):
            partner.oauth.get_token(body)
        with pytest.raises(Unauthorized):
            partner.oauth.get_token_info()

    with Client(app.url + prefix, token=token.access_token) as bot:
        there = bot.for_app(bot.oauth.get_token_info().app.id)
        assert there.app_id == app.app_id
        hook = there.webhooks.create("me", HEARS).webhook
        assert hook.secret
        assert [each.id for each in there.webhooks.list("me").webhooks] == [hook.id]
        assert there.messages.post(conversation, SAYS).messages[0].author.type == "business"
        with pytest.raises(Forbidden):
            there.integrations.list()

        with Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as owner:
            [integration] = owner.integrations.list().integrations
            assert (integration.type, integration.display_name) == ("custom", "Sun bot")
            assert [each.id for each in owner.webhooks.list(integration.id).webhooks] == [hook.id]
            assert owner.messages.list(conversation).messages[0].content == SAYS.content

            bot.oauth.revoke_access()
            with pytest.raises(Unauthorized):
                bot.oauth.revoke_access()
            assert refused(bot.oauth.get_token_info)
            assert refused(lambda: there.webhooks.list("me"))
            assert owner.integrations.list().integrations == []


def test_a_partner_comes_works_and_goes_async(live: Live, app: Caller) -> None:
    client_id, secret = registered(live)

    async def told() -> None:
        async with AsyncClient(app.url, credentials=Nobody()) as partner:
            code = code_of(app, partner.oauth.authorize(client_id, state="my state"))
            body = GetTokenRequest(
                code=code, grant_type="authorization_code", client_id=client_id, client_secret=secret
            )
            token = (await partner.oauth.get_token(body)).access_token
        async with AsyncClient(app.url, token=token) as bot:
            assert (await bot.oauth.get_token_info()).app.id == app.app_id
            await bot.oauth.revoke_access()

    asyncio.run(told())
