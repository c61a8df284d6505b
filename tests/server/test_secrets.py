"""The files of a server hold no secret but the master's, whatever was asked of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.live import Live

HOOK = {"target": "https://example.org/hook", "triggers": ["conversation:message"]}


@pytest.mark.embedded
@pytest.mark.parametrize("remembered", [False, True])
def test_no_secret_is_in_the_store(serve: Callable[..., Live], remembered: bool) -> None:
    server = serve()
    account, app = server.account(), server.app()
    once = {"idempotency-key": "once"} if remembered else {}
    key = account.send("POST", f"{app.app}/keys", {"displayName": "a"}, once)
    bot = app.send("POST", f"{app.app}/integrations", {"type": "custom", "webhooks": [HOOK]}, once)
    path = f"{app.app}/integrations/{bot.json['integration']['id']}"
    its = [
        app.send("POST", f"{path}/{what}", body, {"idempotency-key": what} if remembered else {})
        for what, body in (("keys", {"displayName": "a"}), ("webhooks", HOOK))
    ]
    secrets = [
        account.secret,
        app.secret,
        key.json["key"]["secret"],
        bot.json["integration"]["webhooks"][0]["secret"],
        its[0].json["key"]["secret"],
        its[1].json["webhook"]["secret"],
    ]
    if remembered:
        again = account.send("POST", f"{app.app}/keys", {"displayName": "a"}, once)
        assert again.body == key.body
        assert again.headers["idempotent-replayed"] == "true"
        assert (
            app.send("POST", f"{app.app}/integrations", {"type": "custom", "webhooks": [HOOK]}, once).body == bot.body
        )
        assert app.send("POST", f"{path}/webhooks", HOOK, {"idempotency-key": "webhooks"}).body == its[1].body
    held = b"".join(file.read_bytes() for file in server.data.rglob("*") if file.is_file())
    assert key.json["key"]["id"].encode() in held
    assert not [each for each in secrets if each.encode() in held]


def test_what_looks_like_a_secret_in_somebodys_data_stays_theirs(serve: Callable[..., Live]) -> None:
    server = serve()
    account, app = server.account(), server.app()
    template = {"id": account.key_id, "secret": {"of": "key"}}
    said = {
        "author": {"type": "business"},
        "content": {"type": "template", "template": template},
        "schema": "whatsapp",
    }
    path = app.messages(app.conversation())
    first = app.send("POST", path, said, {"idempotency-key": "k"})
    again = app.send("POST", path, said, {"idempotency-key": "k"})
    assert first.status == 201
    assert again.body == first.body
    assert account.secret.encode() not in again.body
