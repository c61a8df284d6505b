"""Keys of apps and of integrations: ten at most, each opens what is its own, none opens anything once it is gone."""

from __future__ import annotations

import asyncio
import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import jwt
import pytest

from parhelion.server.vault import Vault
from tests.inside import inside
from tests.live import Answer, Caller

WEBHOOK = {"target": "https://example.org/hook", "triggers": ["conversation:message"]}
CUSTOM = {"type": "custom", "webhooks": [WEBHOOK]}


class Ring(NamedTuple):
    """Where keys are, who may see to them, and what they begin with."""

    path: str
    keeper: Caller
    begins: str


@pytest.fixture(params=["app", "integration"])
def ring(request: pytest.FixtureRequest, app: Caller, account: Caller) -> Ring:
    if request.param == "app":
        made = account.post("/v2/apps", {"displayName": "keys"}).json["app"]["id"]
        return Ring(f"/v2/apps/{made}/keys", account, "app_")
    return Ring(f"{app.app}/integrations/{integration(app)}/keys", app, "int_")


def integration(app: Caller, **body: Any) -> str:
    answer = app.post(f"{app.app}/integrations", body or CUSTOM)
    assert answer.status == 201, answer
    return str(answer.json["integration"]["id"])


def key_of(ring: Ring, name: str = "a key") -> dict[str, str]:
    answer = ring.keeper.post(ring.path, {"displayName": name})
    assert answer.status == 201, answer
    key: dict[str, str] = answer.json["key"]
    return key


def said(answer: Answer) -> tuple[int, list[str], list[str]]:
    return answer.status, answer.codes, answer.titles


def test_a_key_is_answered_whole_whenever_it_is_asked_for(ring: Ring) -> None:
    keys = [key_of(ring, name) for name in ("one", "zwei ☀", "x" * 100)]
    assert [key["displayName"] for key in keys] == ["one", "zwei ☀", "x" * 100]
    assert all(key["id"].startswith(ring.begins) and len(key["id"]) == 28 for key in keys)
    assert len({key["secret"] for key in keys}) == 3
    assert all(len(key["secret"]) == 86 for key in keys)
    assert ring.keeper.get(ring.path).json == {"keys": keys}
    assert ring.keeper.get(f"{ring.path}/{keys[1]['id']}").json == {"key": keys[1]}


def test_a_key_that_is_not_there_is_not_found(ring: Ring) -> None:
    gone = key_of(ring)["id"]
    assert ring.keeper.delete(f"{ring.path}/{gone}").json == {}
    for id in (gone, f"{ring.begins}6553f1000000000000000000", "x"):
        for method in ("GET", "DELETE"):
            answer = ring.keeper.send(method, f"{ring.path}/{id}")
            assert said(answer) == (404, ["not_found"], ["Resource not found"])
    assert ring.keeper.get(ring.path).json == {"keys": []}


@pytest.mark.parametrize("body", [{}, {"displayName": ""}, {"displayName": "x" * 101}, {"displayName": None}, []])
def test_a_key_without_a_name_is_refused(ring: Ring, body: Any) -> None:
    answer = ring.keeper.post(ring.path, body)
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert ring.keeper.get(ring.path).json == {"keys": []}


def test_ten_keys_are_all_even_when_twenty_are_asked_for_at_once(ring: Ring) -> None:
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda n: ring.keeper.post(ring.path, {"displayName": f"{n}"}), range(20)))
    assert sorted(answer.status for answer in answers) == [201] * 10 + [400] * 10
    [refused] = {tuple(answer.titles) for answer in answers if answer.status == 400}
    assert "at most 10 keys" in refused[0]
    keys = ring.keeper.get(ring.path).json["keys"]
    assert len(keys) == 10
    ring.keeper.delete(f"{ring.path}/{keys[3]['id']}")
    key_of(ring)
    assert ring.keeper.post(ring.path, {"displayName": "11"}).status == 400


def test_keys_of_integrations_take_no_room_from_those_of_the_app(app: Caller, account: Caller) -> None:
    its = Ring(f"{app.app}/integrations/{integration(app)}/keys", app, "int_")
    for _ in range(10):
        key_of(its)
    apps = Ring(f"{app.app}/keys", account, "app_")
    assert [key["id"] for key in account.get(apps.path).json["keys"]] == [app.key_id]
    assert account.get(f"{apps.path}/{account.get(apps.path).json['keys'][0]['id']}").status == 200
    for _ in range(9):
        key_of(apps)
    assert account.post(apps.path, {"displayName": "11"}).status == 400
    key_of(Ring(f"{app.app}/integrations/{integration(app)}/keys", app, "int_"))


def test_a_key_is_found_where_it_belongs_and_nowhere_else(app: Caller, account: Caller) -> None:
    one, two = integration(app), integration(app)
    key = key_of(Ring(f"{app.app}/integrations/{one}/keys", app, "int_"))["id"]
    other = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    for path in (f"{app.app}/integrations/{two}/keys", f"{app.app}/keys", f"/v2/apps/{other}/keys"):
        assert account.get(f"{path}/{key}").codes == ["not_found"], path
        assert account.delete(f"{path}/{key}").codes == ["not_found"], path
    assert account.get(f"/v2/apps/{other}/integrations/{one}/keys/{key}").codes == ["integration_not_found"]
    assert account.delete(f"{app.app}/keys/{account.key_id}").codes == ["not_found"]
    assert account.get(f"{app.app}/integrations/{one}/keys/{app.key_id}").codes == ["not_found"]
    assert app.get(f"{app.app}/integrations/{one}/keys/{key}").status == 200


def test_only_custom_integrations_have_keys(app: Caller) -> None:
    path = f"{app.app}/integrations/{integration(app, type='web')}/keys"
    for method, at in (("GET", path), ("POST", path), ("GET", f"{path}/int_1"), ("DELETE", f"{path}/int_1")):
        answer = app.send(method, at, {"displayName": "k"} if method == "POST" else None)
        assert said(answer) == (400, ["bad_request"], ["API keys are available only for custom integrations"])
    nowhere = f"{app.app}/integrations/6553f1000000000000000000/keys"
    for method, at in (
        ("GET", nowhere),
        ("POST", nowhere),
        ("GET", f"{nowhere}/int_1"),
        ("DELETE", f"{nowhere}/int_1"),
    ):
        answer = app.send(method, at, {"displayName": "k"} if method == "POST" else None)
        assert said(answer) == (404, ["integration_not_found"], ["Integration not found"])


def test_who_may_not_see_to_keys_is_refused(app: Caller) -> None:
    id = integration(app)
    key = key_of(Ring(f"{app.app}/integrations/{id}/keys", app, "int_"))
    program = Caller(app.url, key["id"], key["secret"], app.app_id)
    for caller, path in (
        (app, f"{app.app}/keys"),
        (program, f"{app.app}/keys"),
        (program, f"{app.app}/integrations/{id}/keys"),
        (program, f"{app.app}/integrations/{id}"),
        (program, app.app),
    ):
        assert caller.get(path).codes == ["forbidden"], path


def test_an_integrations_key_opens_users_and_conversations_of_its_app_alone(app: Caller, account: Caller) -> None:
    key = key_of(Ring(f"{app.app}/integrations/{integration(app)}/keys", app, "int_"))
    program = Caller(app.url, key["id"], key["secret"], app.app_id)
    conversation = program.conversation(program.user(externalId="ada"))
    assert program.say(conversation)["content"]["text"] == "hello"
    bearer = jwt.encode({"scope": "integration"}, key["secret"], "HS256", {"kid": key["id"]})
    path = f"{app.app}/conversations/{conversation}"
    assert program.get(path, authorization=f"Bearer {bearer}").status == 200
    wrong = jwt.encode({"scope": "app"}, key["secret"], "HS256", {"kid": key["id"]})
    assert program.get(path, authorization=f"Bearer {wrong}").status == 401
    other = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    assert program.get(f"/v2/apps/{other}/users/ada").codes == ["forbidden"]


def test_a_key_that_was_taken_away_opens_nothing_after_a_second(tmp_path: Path) -> None:
    async def story() -> None:
        async with inside(tmp_path / "data") as server:
            app = f"/v2/apps/{server.app_id}"
            custom = (await server.done("POST", f"{app}/integrations", CUSTOM))["integration"]["id"]
            for path in (f"{app}/keys", f"{app}/integrations/{custom}/keys"):
                key = (await server.done("POST", path, {"displayName": "k"}))["key"]
                basic = "Basic " + base64.b64encode(f"{key['id']}:{key['secret']}".encode()).decode()
                assert (await server.ask("GET", f"{app}/users/x", authorization=basic))[0] == 404
                await server.done("DELETE", f"{path}/{key['id']}")
                server.clock.seconds += 1
                assert (await server.ask("GET", f"{app}/users/x", authorization=basic))[0] == 401

    asyncio.run(story())


def test_a_webhooks_secret_is_no_keys_secret_and_no_part_of_one() -> None:
    vault = Vault(b"m" * 64)
    for id in ("6553f1000000000000000000", "app_1", ""):
        secret = vault.webhook_secret(id)
        assert len(secret) == 32
        assert bytes.fromhex(secret)
        assert secret == vault.webhook_secret(id)
        raw = base64.urlsafe_b64decode(vault.secret(id) + "==")
        assert bytes.fromhex(secret) not in raw
        assert secret not in vault.secret(id)
    assert vault.webhook_secret("a") != vault.webhook_secret("b")
    assert Vault(b"n" * 64).webhook_secret("a") != vault.webhook_secret("a")
