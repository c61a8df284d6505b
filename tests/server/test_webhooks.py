"""Webhooks as a resource: who may see which, what a target and a trigger are, and that there are ten at most."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from parhelion.wire import TRIGGERS
from tests.inside import inside
from tests.live import Answer, Caller

WEBHOOK = {"target": "https://example.org/hook", "triggers": ["conversation:message"]}
NOWHERE = "6553f1000000000000000000"


def integration(app: Caller, **body: Any) -> str:
    answer = app.post(f"{app.app}/integrations", body or {"type": "custom", "webhooks": [WEBHOOK]})
    assert answer.status == 201, answer
    return str(answer.json["integration"]["id"])


def program(app: Caller, integration: str) -> Caller:
    """Somebody with a key of the integration."""
    key = app.post(f"{app.app}/integrations/{integration}/keys", {"displayName": "k"}).json["key"]
    return Caller(app.url, key["id"], key["secret"], app.app_id)


def said(answer: Answer) -> tuple[int, list[str], list[str]]:
    return answer.status, answer.codes, answer.titles


@pytest.fixture
def web(app: Caller) -> str:
    """The path of the webhooks of an integration that has none."""
    return f"{app.app}/integrations/{integration(app, type='web')}/webhooks"


def test_a_webhook_comes_back_as_it_was_made(app: Caller, web: str) -> None:
    first = app.post(web, {**WEBHOOK, "includeFullUser": True, "secret": "mine", "version": "v1"})
    assert first.status == 201
    webhook = first.json["webhook"]
    assert webhook == {
        "id": webhook["id"],
        "version": "v2",
        "target": "https://example.org/hook",
        "triggers": ["conversation:message"],
        "secret": webhook["secret"],
        "includeFullUser": True,
        "includeFullSource": False,
    }
    assert len(webhook["id"]) == 24
    assert len(bytes.fromhex(webhook["secret"])) == 16
    second = app.post(web, WEBHOOK).json["webhook"]
    assert second["secret"] != webhook["secret"]
    assert app.get(web).json == {"webhooks": [webhook, second]}
    assert app.get(f"{web}/{second['id']}").json == {"webhook": second}


def test_a_change_touches_what_it_says_and_keeps_the_secret(app: Caller, web: str) -> None:
    webhook = app.post(web, WEBHOOK).json["webhook"]
    path = f"{web}/{webhook['id']}"
    for body in (
        {"target": "http://127.0.0.1:9/x?y=1"},
        {"triggers": ["user:merge", "client:add"]},
        {"includeFullUser": True},
        {"includeFullSource": True, "id": "other", "secret": "mine", "version": "v1"},
        {},
    ):
        webhook |= {key: value for key, value in body.items() if key not in ("id", "secret", "version")}
        assert app.send("PATCH", path, body).json == {"webhook": webhook}
        assert app.get(path).json == {"webhook": webhook}


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({"target": ""}, "target: should have at least 1 character"),
        ({"target": "/hook"}, "target: should be an absolute http or https address"),
        ({"target": "ftp://example.org"}, "target: should be an absolute http or https address"),
        ({"target": "https://"}, "target: should be an absolute http or https address"),
        ({"target": "https://exa mple.org"}, "target: should be an absolute http or https address"),
        ({"target": "https://ada:secret@example.org"}, "target: should have no user name and no password in it"),
        ({"target": "https://@example.org"}, "target: should have no user name and no password in it"),
        ({"target": "https://example.org/" + "x" * 2048}, "target: should have at most 2048 characters"),
        ({"target": 5}, "target: should be a string, not an integer"),
        ({"triggers": []}, "triggers: should have at least 1 item"),
        ({"triggers": "user:merge"}, "triggers: should be an array, not a string"),
        ({"triggers": ["user:merge", "User:merge"]}, "triggers[1]: should be one of "),
        ({"triggers": ["*"]}, "triggers[0]: should be one of "),
        ({"includeFullUser": "yes"}, "includeFullUser: should be true or false, not a string"),
    ],
)
def test_what_is_no_webhook_is_neither_made_nor_becomes_one(
    app: Caller, web: str, change: dict[str, Any], title: str
) -> None:
    answer = app.post(web, {**WEBHOOK, **change})
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith(title)
    assert app.get(web).json == {"webhooks": []}
    webhook = app.post(web, WEBHOOK).json["webhook"]
    answer = app.send("PATCH", f"{web}/{webhook['id']}", change)
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith(title)
    assert app.get(web).json == {"webhooks": [webhook]}


@pytest.mark.parametrize("missing", ["target", "triggers"])
def test_target_and_triggers_are_needed_and_null_is_neither(app: Caller, web: str, missing: str) -> None:
    rest = {key: value for key, value in WEBHOOK.items() if key != missing}
    assert app.post(web, rest).titles == [f"should have required property '{missing}'"]
    assert app.post(web, {**WEBHOOK, missing: None}).status == 400
    path = f"{web}/{app.post(web, WEBHOOK).json['webhook']['id']}"
    assert app.send("PATCH", path, {missing: None}).status == 400


def test_every_trigger_is_taken_and_each_is_kept_once(app: Caller, web: str) -> None:
    assert len(TRIGGERS) == 26
    webhook = app.post(web, {**WEBHOOK, "triggers": [*TRIGGERS, *TRIGGERS]}).json["webhook"]
    assert webhook["triggers"] == list(TRIGGERS)
    doubled = {"triggers": ["user:merge", "client:add", "user:merge"]}
    changed = app.send("PATCH", f"{web}/{webhook['id']}", doubled).json["webhook"]
    assert changed["triggers"] == ["user:merge", "client:add"]


def test_an_app_has_ten_webhooks_at_most_even_when_twenty_are_asked_for_at_once(app: Caller) -> None:
    places = [integration(app), integration(app, type="web"), integration(app, type="telegram", token="t")]
    paths = [f"{app.app}/integrations/{id}/webhooks" for id in places]
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda number: app.post(paths[number % 3], WEBHOOK), range(20)))
    assert sorted(answer.status for answer in answers) == [201] * 9 + [400] * 11
    full = (400, ["bad_request"], ["An app can have at most 10 webhooks."])
    assert {answer.status == 400 and (*map(str, said(answer)),) for answer in answers} == {False, (*map(str, full),)}
    assert sum(len(app.get(path).json["webhooks"]) for path in paths) == 10
    custom = {"type": "custom", "webhooks": [WEBHOOK]}
    before = app.get(f"{app.app}/integrations").json
    assert said(app.post(f"{app.app}/integrations", custom)) == full
    assert app.get(f"{app.app}/integrations").json == before, "nothing of it is left"
    gone = app.get(paths[1]).json["webhooks"][0]["id"]
    assert app.delete(f"{paths[1]}/{gone}").json == {}
    assert app.post(f"{app.app}/integrations", custom).status == 201


def test_what_is_not_there_is_not_found(app: Caller, account: Caller, web: str) -> None:
    webhook = app.post(web, WEBHOOK).json["webhook"]["id"]
    custom = f"{app.app}/integrations/{integration(app)}/webhooks"
    other = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    for caller, path, code in (
        (app, f"{web}/{NOWHERE}", "not_found"),
        (app, f"{custom}/{webhook}", "not_found"),
        (app, f"{app.app}/integrations/{NOWHERE}/webhooks/{webhook}", "integration_not_found"),
        (app, f"{app.app}/integrations/me/webhooks/{webhook}", "integration_not_found"),
        (account, f"{web.replace(app.app_id, other)}/{webhook}", "integration_not_found"),
        (account, f"/v2/apps/{NOWHERE}/integrations/{NOWHERE}/webhooks/{webhook}", "app_not_found"),
    ):
        for method, body in (("GET", None), ("PATCH", {"includeFullUser": True}), ("DELETE", None)):
            answer = caller.send(method, path, body)
            assert (answer.status, answer.codes) == (404, [code]), (method, path)
    nowhere = f"{app.app}/integrations/{NOWHERE}/webhooks"
    assert said(app.get(nowhere)) == said(app.post(nowhere, WEBHOOK))
    assert app.get(nowhere).codes == ["integration_not_found"]
    assert app.get(f"{web}/{webhook}").json["webhook"]["includeFullUser"] is False
    assert app.delete(f"{web}/{webhook}").json == {}
    assert said(app.delete(f"{web}/{webhook}")) == (404, ["not_found"], ["Resource not found"])


def test_an_integrations_key_sees_and_changes_webhooks_of_its_own_integration_alone(app: Caller) -> None:
    mine, other = integration(app), integration(app)
    caller = program(app, mine)
    path = f"{app.app}/integrations/{{}}/webhooks"
    seen = caller.get(path.format("me")).json["webhooks"]
    assert seen == caller.get(path.format(mine)).json["webhooks"] == app.get(path.format(mine)).json["webhooks"]
    made = caller.post(path.format("me"), WEBHOOK).json["webhook"]
    assert [each["id"] for each in app.get(path.format(mine)).json["webhooks"]] == [seen[0]["id"], made["id"]]
    one = f"{path.format('me')}/{made['id']}"
    assert caller.send("PATCH", one, {"includeFullUser": True}).json["webhook"]["includeFullUser"] is True
    assert caller.get(one).json["webhook"]["includeFullUser"] is True
    theirs = app.get(path.format(other)).json["webhooks"][0]["id"]
    for method, at, body in (
        ("GET", path.format(other), None),
        ("POST", path.format(other), WEBHOOK),
        ("GET", f"{path.format(other)}/{theirs}", None),
        ("PATCH", f"{path.format(other)}/{theirs}", {}),
        ("DELETE", f"{path.format(other)}/{theirs}", None),
        ("GET", path.format(NOWHERE), None),
    ):
        assert said(caller.send(method, at, body)) == (403, ["forbidden"], ["Forbidden"]), (method, at)
    assert caller.get(f"{path.format('me')}/{theirs}").codes == ["not_found"]
    assert caller.delete(f"{path.format('me')}/{theirs}").codes == ["not_found"]
    assert app.get(f"{path.format(other)}/{theirs}").status == 200
    assert caller.delete(one).json == {}


def test_an_account_key_reaches_webhooks_too(app: Caller, account: Caller, web: str) -> None:
    made = account.post(web, WEBHOOK).json["webhook"]
    assert account.get(web).json == app.get(web).json == {"webhooks": [made]}
    assert account.delete(f"{web}/{made['id']}").json == {}


def test_changes_made_at_the_same_time_are_all_there(tmp_path: Path) -> None:
    async def story() -> None:
        async with inside(tmp_path / "data") as server:
            app = f"/v2/apps/{server.app_id}/integrations"
            custom = (await server.done("POST", app, {"type": "custom", "webhooks": [WEBHOOK]}))["integration"]
            path = f"{app}/{custom['id']}/webhooks/{custom['webhooks'][0]['id']}"
            changes = {"includeFullUser": True, "includeFullSource": True, "target": "https://b.org"}
            await asyncio.gather(*(server.done("PATCH", path, {key: value}) for key, value in changes.items()))
            assert (await server.done("GET", path))["webhook"] == {**custom["webhooks"][0], **changes}

    asyncio.run(story())
