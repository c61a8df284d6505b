"""Switchboards and their integrations over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.live import Caller
from tests.server.switchboards import Board, board, enable, integration, place, switchboard

NO_DEFAULT = "Enabled switchboard must have an associated default switchboardIntegration"
UNKNOWN = "0" * 24


@pytest.fixture
def path(app: Caller) -> str:
    return switchboard(app)


@pytest.fixture
def made(app: Caller) -> Board:
    return board(app)


@pytest.fixture
def other(account: Caller) -> Caller:
    """The same caller in another app."""
    app = account.post("/v2/apps", {"displayName": "other"}).json["app"]["id"]
    return Caller(account.url, account.key_id, account.secret, app)


def places(app: Caller, path: str) -> list[dict[str, Any]]:
    answer = app.get(f"{path}/switchboardIntegrations")
    assert list(answer.json) == ["switchboardIntegrations"], answer
    found: list[dict[str, Any]] = answer.json["switchboardIntegrations"]
    return found


# Switchboards


def test_a_new_switchboard_is_not_enabled_and_has_no_default(app: Caller) -> None:
    assert app.get(f"{app.app}/switchboards").json == {"switchboards": []}
    answer = app.send("POST", f"{app.app}/switchboards")
    assert answer.status == 201
    said = answer.json["switchboard"]
    assert said == {"id": said["id"], "enabled": False}
    assert app.get(f"{app.app}/switchboards").json == {"switchboards": [said]}


def test_an_app_has_one_switchboard_only(app: Caller, path: str) -> None:
    answer = app.send("POST", f"{app.app}/switchboards")
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles == ["Only one switchboard can be created per app"]
    assert app.delete(path).json == {}
    assert app.send("POST", f"{app.app}/switchboards").status == 201


def test_of_many_that_create_a_switchboard_at_once_one_does(app: Caller) -> None:
    with ThreadPoolExecutor(6) as together:
        answers = list(together.map(lambda _: app.send("POST", f"{app.app}/switchboards"), range(6)))
    assert sorted(answer.status for answer in answers) == [201, 400, 400, 400, 400, 400]


def test_a_switchboard_is_enabled_with_a_default_and_disabled_again(app: Caller, path: str) -> None:
    first, second = place(app, path, "first"), place(app, path, "second")
    steps: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({}, {"enabled": False}),
        ({"enabled": False}, {"enabled": False}),
        ({"defaultSwitchboardIntegrationId": first}, {"enabled": False, "defaultSwitchboardIntegrationId": first}),
        ({"enabled": True}, {"enabled": True, "defaultSwitchboardIntegrationId": first}),
        ({"defaultSwitchboardIntegrationId": second}, {"enabled": True, "defaultSwitchboardIntegrationId": second}),
        ({"enabled": False}, {"enabled": False, "defaultSwitchboardIntegrationId": second}),
    ]
    for body, expected in steps:
        said = {"id": path.rpartition("/")[2], **expected}
        answer = app.send("PATCH", path, body)
        assert (answer.status, answer.json) == (200, {"switchboard": said})
        assert app.get(f"{app.app}/switchboards").json == {"switchboards": [said]}


def test_a_switchboard_is_not_enabled_without_a_default(app: Caller, path: str) -> None:
    place(app, path, "first")  # which is not the default by itself
    answer = app.send("PATCH", path, {"enabled": True})
    assert (answer.status, answer.codes, answer.titles) == (404, ["switchboard_integration_not_found"], [NO_DEFAULT])
    assert app.get(f"{app.app}/switchboards").json["switchboards"][0]["enabled"] is False


def test_a_change_of_the_default_and_one_of_being_enabled_at_once_are_both_kept(made: Board) -> None:
    for default, enabled in ((made.sales, False), (made.agents, True)) * 5:
        changes: list[dict[str, Any]] = [{"defaultSwitchboardIntegrationId": default}, {"enabled": enabled}]
        with ThreadPoolExecutor(2) as together:
            answers = list(together.map(lambda body: made.app.send("PATCH", made.path, body), changes))
        assert [answer.status for answer in answers] == [200, 200]
        [said] = made.app.get(f"{made.app.app}/switchboards").json["switchboards"]
        assert (said["defaultSwitchboardIntegrationId"], said["enabled"]) == (default, enabled)


@pytest.mark.parametrize("default", [UNKNOWN, "", "bot"])
def test_a_default_that_is_not_there_is_not_found(made: Board, default: str) -> None:
    answer = made.app.send("PATCH", made.path, {"defaultSwitchboardIntegrationId": default})
    assert (answer.status, answer.codes) == (404, ["switchboard_integration_not_found"])
    [said] = made.app.get(f"{made.app.app}/switchboards").json["switchboards"]
    assert (said["enabled"], said["defaultSwitchboardIntegrationId"]) == (True, made.bot)


@pytest.mark.parametrize(
    ("body", "place_of_fault"),
    [
        ({"enabled": None}, "enabled"),
        ({"enabled": "true"}, "enabled"),
        ({"enabled": 1}, "enabled"),
        ({"defaultSwitchboardIntegrationId": None}, "defaultSwitchboardIntegrationId"),
        ({"defaultSwitchboardIntegrationId": 7}, "defaultSwitchboardIntegrationId"),
    ],
)
def test_what_is_wrong_with_a_change_of_a_switchboard_is_told(
    app: Caller, path: str, body: Any, place_of_fault: str
) -> None:
    answer = app.send("PATCH", path, body)
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith(f"{place_of_fault}: ")


def test_a_switchboard_that_is_not_there_is_not_found(app: Caller, path: str) -> None:
    app.delete(path)
    one = f"{path}/switchboardIntegrations/{UNKNOWN}"
    for method, at, body in (
        ("PATCH", path, {}),
        ("DELETE", path, None),
        ("GET", f"{path}/switchboardIntegrations", None),
        ("POST", f"{path}/switchboardIntegrations", {"name": "a", "integrationType": "web"}),
        ("PATCH", one, {}),
        ("DELETE", one, None),
    ):
        answer = app.send(method, at, body)
        assert (answer.status, answer.codes) == (404, ["switchboard_not_found"]), (method, at)


def test_another_apps_switchboard_is_not_found_and_stays_as_it_is(made: Board, other: Caller) -> None:
    theirs = switchboard(other)
    before = (other.get(f"{made.app.app}/switchboards").json, places(other, made.path))
    through = f"{other.app}/switchboards/{made.path.rpartition('/')[2]}"
    for method, at, body in (
        ("PATCH", through, {"enabled": False}),
        ("DELETE", through, None),
        ("GET", f"{through}/switchboardIntegrations", None),
        ("POST", f"{through}/switchboardIntegrations", {"name": "a", "integrationType": "web"}),
        ("PATCH", f"{through}/switchboardIntegrations/{made.sales}", {"name": "mine"}),
        ("DELETE", f"{through}/switchboardIntegrations/{made.sales}", None),
    ):
        answer = other.send(method, at, body)
        assert (answer.status, answer.codes) == (404, ["switchboard_not_found"]), (method, at)
    for method, at, body in (
        ("PATCH", f"{theirs}/switchboardIntegrations/{made.sales}", {"name": "mine"}),
        ("DELETE", f"{theirs}/switchboardIntegrations/{made.sales}", None),
        ("PATCH", theirs, {"defaultSwitchboardIntegrationId": made.sales}),
        (
            "POST",
            f"{theirs}/switchboardIntegrations",
            {"name": "a", "integrationType": "web", "nextSwitchboardIntegrationId": made.sales},
        ),
    ):
        answer = other.send(method, at, body)
        assert (answer.status, answer.codes) == (404, ["switchboard_integration_not_found"]), (method, at)
    behind = places(other, made.path)[1]["integrationId"]
    answer = other.post(f"{theirs}/switchboardIntegrations", {"name": "a", "integrationId": behind})
    assert (answer.status, answer.codes) == (404, ["integration_not_found"])
    assert (other.get(f"{made.app.app}/switchboards").json, places(other, made.path)) == before
    assert places(other, theirs) == []


def test_an_integrations_credentials_do_not_reach_switchboards(made: Board) -> None:
    for method, at in (
        ("GET", f"{made.app.app}/switchboards"),
        ("POST", f"{made.app.app}/switchboards"),
        ("DELETE", made.path),
        ("GET", f"{made.path}/switchboardIntegrations"),
        ("DELETE", f"{made.path}/switchboardIntegrations/{made.sales}"),
    ):
        answer = made.bot_key.send(method, at)
        assert (answer.status, answer.codes) == (403, ["forbidden"]), (method, at)


def test_deleting_a_switchboard_takes_its_integrations_along_and_nothing_else(made: Board) -> None:
    app = made.app
    integrations = app.get(f"{app.app}/integrations").json["integrations"]
    conversation = app.conversation()
    made.done("offer", conversation, {"switchboardIntegration": "sales"})
    assert made.state(conversation) == ("bot", "sales")
    assert app.delete(made.path).json == {}
    assert made.state(conversation) == (None, None)
    assert app.delete(made.path).codes == ["switchboard_not_found"]
    again = switchboard(app)
    assert places(app, again) == []
    enable(app, again, place(app, again, "new"))
    assert made.state(conversation) == (None, None)  # who had control is gone
    assert app.send("PATCH", again, {"defaultSwitchboardIntegrationId": made.bot}).status == 404
    app.say(conversation)
    assert made.state(conversation) == ("new", None)
    left = app.get(f"{app.app}/integrations").json["integrations"]
    assert [each["id"] for each in left] == [each["id"] for each in integrations]


# Switchboard integrations


def test_a_switchboard_integration_comes_back_as_it_was_made(app: Caller, path: str) -> None:
    behind = integration(app)
    next_id = place(app, path, "agents", integrationType="zd:agentWorkspace")
    body = {
        "name": "A-bot_1",
        "integrationId": behind,
        "deliverStandbyEvents": False,
        "nextSwitchboardIntegrationId": next_id,
        "messageHistoryCount": 5,
    }
    answer = app.post(f"{path}/switchboardIntegrations", body)
    assert answer.status == 201
    said = answer.json["switchboardIntegration"]
    assert said == {"id": said["id"], "integrationType": "custom", **body}
    assert places(app, path) == [
        {
            "id": next_id,
            "name": "agents",
            "integrationId": "",
            "integrationType": "zd:agentWorkspace",
            "deliverStandbyEvents": True,
        },
        said,
    ]


def test_null_is_what_was_not_said(app: Caller, path: str) -> None:
    nothing = dict.fromkeys(
        ("integrationId", "deliverStandbyEvents", "nextSwitchboardIntegrationId", "messageHistoryCount")
    )
    answer = app.post(f"{path}/switchboardIntegrations", {"name": "a", "integrationType": "web", **nothing})
    assert answer.status == 201
    said = answer.json["switchboardIntegration"]
    assert set(said) == {"id", "name", "integrationId", "integrationType", "deliverStandbyEvents"}
    assert said["deliverStandbyEvents"] is True


def test_a_type_means_the_one_integration_that_has_it(app: Caller, path: str) -> None:
    def web() -> str:
        return str(app.post(f"{app.app}/integrations", {"type": "web"}).json["integration"]["id"])

    def behind(name: str) -> Any:
        made = place(app, path, name, integrationType="web")
        return next(each["integrationId"] for each in places(app, path) if each["id"] == made)

    assert behind("none") == ""
    only = web()
    assert behind("one") == only
    web()
    assert behind("two") == ""


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ({"integrationType": "web"}, "should have required property 'name'"),
        ({"name": "", "integrationType": "web"}, "name: "),
        ({"name": "a" * 129, "integrationType": "web"}, "name: "),
        ({"name": "a b", "integrationType": "web"}, "name: "),
        ({"name": "zd:agent", "integrationType": "web"}, "name: "),
        ({"name": "bot\n", "integrationType": "web"}, "name: "),
        ({"name": "ä", "integrationType": "web"}, "name: "),
        ({"name": None, "integrationType": "web"}, "name: "),
        ({"name": "next", "integrationType": "web"}, "name: "),
        ({"name": "a"}, "should have exactly one of integrationId and integrationType"),
        ({"name": "a", "integrationId": UNKNOWN, "integrationType": "web"}, "should have exactly one of"),
        ({"name": "a", "integrationType": ""}, "integrationType: "),
        ({"name": "a", "integrationType": "a" * 129}, "integrationType: "),
        ({"name": "a", "integrationType": "custom"}, "integrationType: "),
        ({"name": "a", "integrationType": "web", "messageHistoryCount": 0}, "messageHistoryCount: "),
        ({"name": "a", "integrationType": "web", "messageHistoryCount": 11}, "messageHistoryCount: "),
        ({"name": "a", "integrationType": "web", "messageHistoryCount": 1.5}, "messageHistoryCount: "),
        ({"name": "a", "integrationType": "web", "deliverStandbyEvents": "no"}, "deliverStandbyEvents: "),
    ],
)
def test_what_is_wrong_with_a_switchboard_integration_is_told(
    app: Caller, path: str, body: dict[str, Any], title: str
) -> None:
    answer = app.post(f"{path}/switchboardIntegrations", body)
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith(title)
    assert places(app, path) == []


@pytest.mark.parametrize("name", ["a", "a" * 128, "0", "-", "_", "Next"])
@pytest.mark.parametrize("count", [1, 10])
def test_what_is_within_the_limits_is_taken(app: Caller, path: str, name: str, count: int) -> None:
    body = {"name": name, "integrationType": "t" * 128, "messageHistoryCount": count}
    assert app.post(f"{path}/switchboardIntegrations", body).status == 201


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"integrationId": UNKNOWN}, "integration_not_found"),
        ({"integrationId": ""}, "integration_not_found"),
        ({"integrationType": "web", "nextSwitchboardIntegrationId": UNKNOWN}, "switchboard_integration_not_found"),
        ({"integrationType": "web", "nextSwitchboardIntegrationId": ""}, "switchboard_integration_not_found"),
        ({"integrationType": "web", "nextSwitchboardIntegrationId": "bot"}, "switchboard_integration_not_found"),
    ],
)
def test_what_a_switchboard_integration_leads_to_must_be_there(made: Board, said: dict[str, Any], code: str) -> None:
    before = places(made.app, made.path)
    for answer in (
        made.app.post(f"{made.path}/switchboardIntegrations", {"name": "a", **said}),
        made.app.send("PATCH", f"{made.path}/switchboardIntegrations/{made.sales}", said),
    ):
        assert (answer.status, answer.codes) == (404, [code])
    assert places(made.app, made.path) == before


def test_a_name_is_taken_once_in_a_switchboard(made: Board, other: Caller) -> None:
    app, one = made.app, f"{made.path}/switchboardIntegrations"
    for answer in (
        app.post(one, {"name": "bot", "integrationType": "web"}),
        app.send("PATCH", f"{one}/{made.sales}", {"name": "bot"}),
    ):
        assert (answer.status, answer.codes) == (400, ["bad_request"])
        assert answer.titles[0].startswith("name: ")
    assert app.send("PATCH", f"{one}/{made.bot}", {"name": "bot"}).status == 200  # it is its own
    assert app.post(one, {"name": "Bot", "integrationType": "web"}).status == 201
    assert place(other, switchboard(other), "bot")


def test_the_eleventh_is_refused_also_when_many_come_at_once(app: Caller, path: str) -> None:
    def make(number: int) -> Any:
        return app.post(f"{path}/switchboardIntegrations", {"name": f"n{number}", "integrationType": "web"})

    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(make, range(16)))
    assert sorted(answer.status for answer in answers) == [201] * 10 + [400] * 6
    refused = next(answer for answer in answers if answer.status == 400)
    assert refused.codes == ["too_many_switchboard_integrations"]
    assert refused.titles == ["Switchboard has reached the max number of switchboard integrations (10)"]
    assert len(places(app, path)) == 10
    app.delete(f"{path}/switchboardIntegrations/{places(app, path)[0]['id']}")
    assert make(99).status == 201


def test_of_many_that_take_one_name_at_once_one_gets_it(app: Caller, path: str) -> None:
    body = {"name": "bot", "integrationType": "web"}
    with ThreadPoolExecutor(6) as together:
        answers = list(together.map(lambda _: app.post(f"{path}/switchboardIntegrations", body), range(6)))
    assert sorted(answer.status for answer in answers) == [201] + [400] * 5


def test_what_is_not_said_stays_and_null_takes_away(made: Board) -> None:
    app, one = made.app, f"{made.path}/switchboardIntegrations/{made.bot}"
    first = next(each for each in places(app, made.path) if each["id"] == made.bot)
    steps: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({}, first),
        ({"messageHistoryCount": 3}, first | {"messageHistoryCount": 3}),
        ({"name": "robot", "deliverStandbyEvents": False}, {"name": "robot", "deliverStandbyEvents": False}),
        ({"nextSwitchboardIntegrationId": made.sales}, {"nextSwitchboardIntegrationId": made.sales}),
    ]
    expected = first
    for body, changed in steps:
        expected = expected | changed
        answer = app.send("PATCH", one, body)
        assert (answer.status, answer.json) == (200, {"switchboardIntegration": expected})
        assert expected in places(app, made.path)
    answer = app.send("PATCH", one, {"messageHistoryCount": None, "nextSwitchboardIntegrationId": None})
    left = {
        name: value
        for name, value in expected.items()
        if name not in {"messageHistoryCount", "nextSwitchboardIntegrationId"}
    }
    assert answer.json == {"switchboardIntegration": left}
    assert left in places(app, made.path)


def test_what_it_is_linked_to_changes_as_a_whole(made: Board) -> None:
    app, one = made.app, f"{made.path}/switchboardIntegrations/{made.agents}"
    behind = integration(app, "another")
    said = app.send("PATCH", one, {"integrationId": behind}).json["switchboardIntegration"]
    assert (said["integrationId"], said["integrationType"]) == (behind, "custom")
    said = app.send("PATCH", one, {"integrationType": "zd:answerBot"}).json["switchboardIntegration"]
    assert (said["integrationId"], said["integrationType"]) == ("", "zd:answerBot")
    answer = app.send("PATCH", one, {"integrationId": behind, "integrationType": "zd:answerBot"})
    assert (answer.status, answer.codes) == (400, ["bad_request"])


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ({"name": None}, "name: "),
        ({"name": "next"}, "name: "),
        ({"name": "a/b"}, "name: "),
        ({"integrationId": None}, "integrationId: "),
        ({"integrationType": None}, "integrationType: "),
        ({"integrationType": "custom"}, "integrationType: "),
        ({"deliverStandbyEvents": None}, "deliverStandbyEvents: "),
        ({"messageHistoryCount": 11}, "messageHistoryCount: "),
    ],
)
def test_what_is_wrong_with_a_change_is_told(made: Board, body: dict[str, Any], title: str) -> None:
    before = places(made.app, made.path)
    answer = made.app.send("PATCH", f"{made.path}/switchboardIntegrations/{made.sales}", body)
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith(title)
    assert places(made.app, made.path) == before


def test_none_is_its_own_next_but_two_may_be_each_others(made: Board) -> None:
    app, one = made.app, f"{made.path}/switchboardIntegrations"
    answer = app.send("PATCH", f"{one}/{made.bot}", {"nextSwitchboardIntegrationId": made.bot})
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith("nextSwitchboardIntegrationId: ")
    assert app.send("PATCH", f"{one}/{made.agents}", {"nextSwitchboardIntegrationId": made.bot}).status == 200


def test_changes_made_at_once_are_all_kept(made: Board) -> None:
    one = f"{made.path}/switchboardIntegrations/{made.sales}"
    changes: list[dict[str, Any]] = [
        {"name": "shop"},
        {"deliverStandbyEvents": False},
        {"messageHistoryCount": 7},
        {"nextSwitchboardIntegrationId": made.agents},
        {"integrationType": "zd:sales"},
    ]
    with ThreadPoolExecutor(5) as together:
        answers = list(together.map(lambda body: made.app.send("PATCH", one, body), changes))
    assert [answer.status for answer in answers] == [200] * 5
    said = next(each for each in places(made.app, made.path) if each["id"] == made.sales)
    for body in changes:
        assert said.items() >= body.items()


def test_the_default_and_somebodys_next_cannot_be_deleted(made: Board) -> None:
    app, one = made.app, f"{made.path}/switchboardIntegrations"
    for id in (made.bot, made.agents):
        answer = app.delete(f"{one}/{id}")
        assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert app.delete(f"{one}/{made.sales}").json == {}
    assert app.send("PATCH", f"{one}/{made.bot}", {"nextSwitchboardIntegrationId": None}).status == 200
    assert app.delete(f"{one}/{made.agents}").json == {}
    app.send("PATCH", made.path, {"enabled": False})
    assert app.delete(f"{one}/{made.bot}").status == 400  # still the default
    assert [each["id"] for each in places(app, made.path)] == [made.bot]


def test_a_switchboard_integration_that_is_not_there_is_not_found(made: Board) -> None:
    one = f"{made.path}/switchboardIntegrations"
    assert made.app.delete(f"{one}/{made.sales}").json == {}
    for id in (made.sales, UNKNOWN, "bot"):
        for method, body in (("PATCH", {"name": "a"}), ("DELETE", None)):
            answer = made.app.send(method, f"{one}/{id}", body)
            assert (answer.status, answer.codes) == (404, ["switchboard_integration_not_found"]), (method, id)


def test_who_has_a_conversation_and_is_deleted_is_followed_by_the_default_with_the_next_message(made: Board) -> None:
    conversation = made.app.conversation()
    made.done("pass", conversation, {"switchboardIntegration": "sales"})
    assert made.app.delete(f"{made.path}/switchboardIntegrations/{made.sales}").status == 200
    assert made.state(conversation) == (None, None)
    made.app.say(conversation)
    assert made.state(conversation) == ("bot", None)


def test_a_next_is_not_lost_when_it_is_deleted_while_somebody_takes_it_for_next(made: Board) -> None:
    """Whichever of the two comes first, no next leads to nobody."""
    app, one = made.app, f"{made.path}/switchboardIntegrations"
    for number in range(5):
        last = place(app, made.path, f"last{number}")
        with ThreadPoolExecutor(2) as together:
            deleted = together.submit(app.delete, f"{one}/{last}")
            taken = together.submit(app.send, "PATCH", f"{one}/{made.sales}", {"nextSwitchboardIntegrationId": last})
        outcomes = (deleted.result().status, taken.result().status)
        assert outcomes in {(200, 404), (400, 200)}
        found = places(app, made.path)
        ids = {each["id"] for each in found}
        assert {each.get("nextSwitchboardIntegrationId") for each in found} <= ids | {None}


def test_an_integration_that_is_deleted_leaves_no_place_and_no_next_behind(made: Board) -> None:
    app = made.app
    behind = {each["id"]: each["integrationId"] for each in places(app, made.path)}
    assert app.send("PATCH", made.path, {"defaultSwitchboardIntegrationId": made.agents}).status == 200
    assert app.delete(f"{app.app}/integrations/{behind[made.bot]}").status == 200
    found = {each["id"]: each for each in places(app, made.path)}
    assert set(found) == {made.agents, made.sales}
    assert "nextSwitchboardIntegrationId" not in found[made.sales]
    # A change of what is left is a change of what is there.
    answer = app.send("PATCH", f"{made.path}/switchboardIntegrations/{made.sales}", {"messageHistoryCount": 2})
    assert answer.status == 200
    assert "nextSwitchboardIntegrationId" not in answer.json["switchboardIntegration"]


def test_an_integration_whose_first_responder_is_deleted_has_none(app: Caller, path: str) -> None:
    responder = place(app, path, "first")
    web = app.post(f"{app.app}/integrations", {"type": "web", "defaultResponderId": responder}).json["integration"]
    assert web["defaultResponder"]["name"] == "first"
    assert app.delete(f"{path}/switchboardIntegrations/{responder}").status == 200
    one = f"{app.app}/integrations/{web['id']}"
    assert "defaultResponder" not in app.get(one).json["integration"]
    assert app.send("PATCH", one, {"displayName": "web"}).status == 200


def test_a_request_that_is_repeated_under_its_key_is_done_once(app: Caller, path: str) -> None:
    body = {"name": "bot", "integrationType": "web"}
    answers = [app.post(f"{path}/switchboardIntegrations", body, idempotency_key="once") for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert len(places(app, path)) == 1
