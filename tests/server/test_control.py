"""Control of conversations over HTTP: who has it, who is offered it, who may take it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.live import Caller
from tests.server.switchboards import Board, board, enable, place, switchboard

UNKNOWN = "0" * 24
BODIES: dict[str, Any] = {
    "pass": {"switchboardIntegration": "bot"},
    "offer": {"switchboardIntegration": "agents"},
    "accept": {},
    "release": {},
}


@pytest.fixture
def made(app: Caller) -> Board:
    return board(app)


def to(reference: str) -> dict[str, str]:
    return {"switchboardIntegration": reference}


def test_a_new_conversation_is_the_defaults(made: Board) -> None:
    assert made.state(made.app.conversation()) == ("bot", None)


def test_who_is_active_and_pending_is_told_in_full(made: Board) -> None:
    conversation = made.app.conversation()
    made.done("offer", conversation, to("agents"))
    said = made.app.get(f"{made.app.app}/conversations/{conversation}").json["conversation"]
    [behind] = [
        each["integrationId"]
        for each in made.app.get(f"{made.path}/switchboardIntegrations").json["switchboardIntegrations"]
        if each["id"] == made.bot
    ]
    assert said["activeSwitchboardIntegration"] == {
        "id": made.bot,
        "name": "bot",
        "integrationId": behind,
        "integrationType": "custom",
    }
    pending = said["pendingSwitchboardIntegration"]
    assert (pending["id"], pending["integrationType"]) == (made.agents, "zd:agentWorkspace")


@pytest.mark.parametrize("how", ["id", "name", "type"])
@pytest.mark.parametrize(("action", "expected"), [("pass", ("agents", None)), ("offer", ("bot", "agents"))])
def test_it_is_passed_or_offered_by_id_name_and_type(
    made: Board, how: str, action: str, expected: tuple[str | None, str | None]
) -> None:
    conversation = made.app.conversation()
    made.done(action, conversation, to({"id": made.agents, "name": "agents", "type": "zd:agentWorkspace"}[how]))
    assert made.state(conversation) == expected


def test_it_goes_from_next_to_next_until_there_is_none(made: Board) -> None:
    conversation = made.app.conversation()
    made.done("pass", conversation, to("sales"))
    for expected in ("bot", "agents"):
        made.done("pass", conversation, to("next"))
        assert made.state(conversation) == (expected, None)
    answer = made.act("pass", conversation, to("next"))
    assert (answer.status, answer.codes) == (404, ["switchboard_integration_not_found"])
    assert made.state(conversation) == ("agents", None)


def test_a_pass_that_comes_twice_is_done_once(made: Board) -> None:
    conversation = made.app.conversation()
    for _ in range(2):
        made.done("pass", conversation, to("next"), made.bot_key)
        assert made.state(conversation) == ("agents", None)
    made.done("offer", conversation, to("sales"))
    for reference in ("agents", made.agents, "zd:agentWorkspace"):
        made.done("pass", conversation, to(reference))
        assert made.state(conversation) == ("agents", "sales")
    made.done("pass", conversation, to("next"), made.bot_key)
    assert made.state(conversation) == ("agents", "sales")


def test_an_offer_is_void_once_another_is_made_or_control_is_passed(made: Board) -> None:
    conversation = made.app.conversation()
    made.done("offer", conversation, to("agents"))
    made.done("offer", conversation, to("agents"))
    made.done("offer", conversation, to("sales"))
    assert made.state(conversation) == ("bot", "sales")
    made.done("pass", conversation, to("agents"))
    assert made.state(conversation) == ("agents", None)


def test_an_offer_is_accepted_by_whom_it_was_made_to(made: Board) -> None:
    conversation = made.app.conversation()
    made.done("offer", conversation, to("sales"), made.bot_key)
    for by in (made.bot_key, made.stranger_key):
        answer = made.act("accept", conversation, {}, by)
        assert (answer.status, answer.codes, answer.titles) == (403, ["forbidden"], ["Forbidden"])
    assert made.state(conversation) == ("bot", "sales")
    made.done("accept", conversation, {}, made.sales_key)
    assert made.state(conversation) == ("sales", None)


def test_an_app_accepts_for_anyone(made: Board) -> None:
    conversation = made.app.conversation()
    made.done("offer", conversation, to("next"))
    made.done("accept", conversation, {"metadata": {"why": "asked"}})
    assert made.state(conversation) == ("agents", None)


@pytest.mark.parametrize("by", ["app", "bot_key", "sales_key"])
def test_nothing_is_accepted_when_nothing_was_offered(made: Board, by: str) -> None:
    conversation = made.app.conversation()
    answer = made.act("accept", conversation, {}, getattr(made, by))
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles == ["There is no pendingSwitchboardIntegration"]


@pytest.mark.parametrize("how", ["id", "name"])
def test_the_active_one_is_not_offered_control(made: Board, how: str) -> None:
    conversation = made.app.conversation()
    answer = made.act("offer", conversation, to({"id": made.bot, "name": "bot"}[how]))
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles == ["Cannot offer control to the active switchboard integration."]
    assert made.state(conversation) == ("bot", None)


def test_it_is_released_by_who_has_it_and_by_the_app(made: Board) -> None:
    conversation = made.app.conversation()
    made.done("offer", conversation, to("sales"))
    for by in (made.sales_key, made.stranger_key):
        answer = made.act("release", conversation, {}, by)
        assert (answer.status, answer.codes) == (403, ["forbidden"])
    assert made.state(conversation) == ("bot", "sales")
    made.done("release", conversation, {"metadata": {"why": "done"}}, made.bot_key)
    assert made.state(conversation) == (None, None)
    assert made.act("release", conversation, {}, made.bot_key).status == 403
    made.done("release", conversation)  # there is nothing to do, and that is no fault
    made.done("pass", conversation, to("agents"))
    made.done("release", conversation)
    assert made.state(conversation) == (None, None)


def test_what_was_released_is_the_defaults_again_with_the_next_message(made: Board) -> None:
    conversation = made.app.conversation()
    made.done("pass", conversation, to("agents"))
    made.done("release", conversation)
    assert made.state(conversation) == (None, None)
    made.app.say(conversation)
    assert made.state(conversation) == ("bot", None)


def test_a_conversation_older_than_the_switchboard_can_be_passed(app: Caller) -> None:
    conversation = app.conversation()
    made = board(app)
    assert made.state(conversation) == (None, None)
    answer = made.act("pass", conversation, to("next"))
    assert (answer.status, answer.codes) == (404, ["switchboard_integration_not_found"])
    made.done("pass", conversation, to("sales"))
    assert made.state(conversation) == ("sales", None)


def test_an_offer_waits_for_nobody_to_be_active(app: Caller) -> None:
    conversation = app.conversation()
    made = board(app)
    made.done("offer", conversation, to("sales"))
    assert made.state(conversation) == (None, "sales")
    made.done("accept", conversation, {}, made.sales_key)
    assert made.state(conversation) == ("sales", None)


@pytest.mark.parametrize("action", ["pass", "offer"])
@pytest.mark.parametrize("reference", ["unknown", "", UNKNOWN, "Bot", "bot "])
def test_who_is_not_in_the_switchboard_is_not_found(made: Board, action: str, reference: str) -> None:
    conversation = made.app.conversation()
    answer = made.act(action, conversation, to(reference))
    assert (answer.status, answer.codes) == (404, ["switchboard_integration_not_found"])
    assert made.state(conversation) == ("bot", None)


@pytest.mark.parametrize("action", ["pass", "offer"])
def test_a_type_that_several_have_is_refused(made: Board, action: str) -> None:
    conversation = made.app.conversation()
    answer = made.act(action, conversation, to("custom"))
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith("switchboardIntegration: ")
    assert made.state(conversation) == ("bot", None)


@pytest.mark.parametrize("action", BODIES)
def test_a_conversation_that_is_not_there_is_not_found(made: Board, action: str) -> None:
    gone = made.app.conversation()
    assert made.app.delete(f"{made.app.app}/conversations/{gone}").status == 200
    for conversation in (gone, UNKNOWN):
        answer = made.act(action, conversation, BODIES[action])
        assert (answer.status, answer.codes) == (404, ["conversation_not_found"])


@pytest.mark.parametrize("action", BODIES)
def test_another_apps_conversation_and_switchboard_are_not_found(
    made: Board, account: Caller, live: Any, action: str
) -> None:
    conversation = made.app.conversation()
    made.done("offer", conversation, to("sales"))
    other = live.app()
    theirs = board(other)
    answer = theirs.act(action, conversation, BODIES[action])
    assert (answer.status, answer.codes) == (404, ["conversation_not_found"])
    through = Caller(account.url, account.key_id, account.secret, other.app_id)
    for reference in (made.sales, made.agents):
        answer = theirs.act("pass", theirs.app.conversation(), to(reference), through)
        assert (answer.status, answer.codes) == (404, ["switchboard_integration_not_found"])
    at = f"{made.app.app}/conversations/{conversation}/{action}Control"
    answer = theirs.bot_key.send("POST", at, BODIES[action])
    assert (answer.status, answer.codes) == (403, ["forbidden"])
    assert made.state(conversation) == ("bot", "sales")


@pytest.mark.parametrize("action", BODIES)
def test_without_a_switchboard_there_is_no_control(app: Caller, conversation: str, action: str) -> None:
    answer = app.post(f"{app.app}/conversations/{conversation}/{action}Control", BODIES[action])
    assert (answer.status, answer.codes) == (404, ["switchboard_not_found"])


@pytest.mark.parametrize("action", BODIES)
def test_a_switchboard_that_is_not_enabled_moves_nothing(made: Board, action: str) -> None:
    conversation = made.app.conversation()
    made.done("offer", conversation, to("sales"))
    made.app.send("PATCH", made.path, {"enabled": False})
    answer = made.act(action, conversation, BODIES[action])
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert made.state(conversation) == (None, None)
    made.app.send("PATCH", made.path, {"enabled": True})
    assert made.state(conversation) == ("bot", "sales")  # as it was


@pytest.mark.parametrize("action", BODIES)
@pytest.mark.parametrize(
    ("metadata", "fault"),
    [
        ({"a": {"b": 1}}, "metadata: "),
        ({"a": [1]}, "metadata: "),
        ({"a": None}, "metadata: "),
        ("text", "metadata: "),
        ({"a": "x" * 4089}, "Control metadata is limited to 4096 bytes in size."),
    ],
)
def test_metadata_is_flat_and_of_4096_bytes_at_most(made: Board, action: str, metadata: Any, fault: str) -> None:
    conversation = made.app.conversation()
    made.done("offer", conversation, to("sales"))
    answer = made.act(action, conversation, BODIES[action] | {"metadata": metadata})
    assert (answer.status, answer.codes) == (400, ["bad_request"])
    assert answer.titles[0].startswith(fault)
    assert made.state(conversation) == ("bot", "sales")
    most = {"a": "x" * (4096 - len('{"a":""}'))}
    assert made.act(action, conversation, BODIES[action] | {"metadata": most}).status == 200


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("release", None, 200),
        ("release", {}, 200),
        ("accept", None, 415),
        ("pass", None, 415),
        ("offer", None, 415),
        ("pass", {}, 400),
        ("offer", {}, 400),
        ("pass", {"switchboardIntegration": None}, 400),
        ("offer", {"switchboardIntegration": 7}, 400),
    ],
)
def test_only_the_body_of_a_release_may_be_left_out(made: Board, action: str, body: Any, status: int) -> None:
    conversation = made.app.conversation()
    made.done("offer", conversation, to("sales"))
    assert made.act(action, conversation, body).status == status
    assert made.state(conversation) == (("bot", "sales") if status != 200 else (None, None))


def test_a_change_of_control_is_no_change_of_the_conversation(made: Board) -> None:
    conversation = made.app.conversation()
    path = f"{made.app.app}/conversations/{conversation}"
    first = made.app.get(path).json["conversation"]
    made.done("offer", conversation, to("agents"))
    made.done("accept", conversation, {})
    made.done("release", conversation)
    made.done("pass", conversation, to("bot"))
    assert made.app.get(path).json["conversation"] == first


def test_of_many_who_accept_at_once_one_does(made: Board) -> None:
    for _ in range(5):
        conversation = made.app.conversation()
        made.done("offer", conversation, to("sales"))
        with ThreadPoolExecutor(6) as together:
            acts = [together.submit(made.act, "accept", conversation, {}, made.sales_key) for _ in range(6)]
        assert sorted(each.result().status for each in acts) == [200] + [400] * 5
        assert made.state(conversation) == ("sales", None)


def test_of_an_acceptance_and_another_offer_at_once_both_are_judged_by_what_is(made: Board) -> None:
    """The offer first: there is another one pending, whose acceptance is not theirs. The acceptance first: both."""
    for _ in range(8):
        conversation = made.app.conversation()
        made.done("offer", conversation, to("sales"))
        with ThreadPoolExecutor(2) as together:
            accepted = together.submit(made.act, "accept", conversation, {}, made.sales_key)
            offered = together.submit(made.act, "offer", conversation, to("agents"))
        assert offered.result().status == 200
        expected = {200: ("sales", "agents"), 403: ("bot", "agents")}
        assert made.state(conversation) == expected[accepted.result().status]


def test_a_repeated_request_under_its_key_is_not_done_later(made: Board) -> None:
    conversation = made.app.conversation()
    path = f"{made.app.app}/conversations/{conversation}/passControl"
    assert made.app.post(path, to("bot"), idempotency_key="again").status == 200  # it has it already
    made.done("pass", conversation, to("agents"))
    again = made.app.post(path, to("bot"), idempotency_key="again")
    assert (again.status, again.headers.get("idempotent-replayed")) == (200, "true")
    assert made.state(conversation) == ("agents", None)


def test_who_is_offered_control_and_gets_it_by_a_message_is_only_active(made: Board) -> None:
    conversation = made.app.conversation()
    made.done("release", conversation)
    made.done("offer", conversation, to("bot"))
    made.app.say(conversation)  # nobody is active: it goes to the default, which is the bot
    assert made.act("accept", conversation, {}, made.bot_key).status == 400
    made.done("pass", conversation, to("agents"))
    assert made.state(conversation) == ("agents", None)


def test_an_offer_to_who_is_gone_is_no_offer(made: Board) -> None:
    conversation = made.app.conversation()
    made.done("offer", conversation, to("sales"))
    assert made.app.delete(f"{made.path}/switchboardIntegrations/{made.sales}").status == 200
    assert made.state(conversation) == ("bot", None)
    assert made.act("accept", conversation, {}).status == 400
    assert made.act("accept", conversation, {}, made.sales_key).status == 400


def test_an_integration_with_two_places_speaks_for_both(app: Caller) -> None:
    made = board(app)
    places = app.get(f"{made.path}/switchboardIntegrations").json["switchboardIntegrations"]
    behind = next(each["integrationId"] for each in places if each["id"] == made.bot)
    place(app, made.path, "night", integrationId=behind, nextSwitchboardIntegrationId=made.sales)
    conversation = app.conversation()
    made.done("pass", conversation, to("sales"), made.stranger_key)
    made.done("offer", conversation, to("next"), made.bot_key)  # of two on standby, the older one says who is next
    assert made.state(conversation) == ("sales", "agents")
    made.done("pass", conversation, to("night"), made.sales_key)
    made.done("pass", conversation, to("next"), made.bot_key)
    assert made.state(conversation) == ("sales", None)
    made.done("offer", conversation, to("night"))
    made.done("accept", conversation, {}, made.bot_key)
    made.done("release", conversation, None, made.bot_key)
    assert made.state(conversation) == (None, None)


def test_both_prefixes_lead_to_control(app: Caller, conversation: str) -> None:
    path = switchboard(app)
    enable(app, path, place(app, path, "bot", integrationType="web"))
    assert app.post(f"/sc{app.app}/conversations/{conversation}/passControl", to("web")).json == {}
    said = app.get(f"{app.app}/conversations/{conversation}").json["conversation"]
    assert said["activeSwitchboardIntegration"] == {
        "id": said["activeSwitchboardIntegration"]["id"],
        "name": "bot",
        "integrationType": "web",
    } | ({"integrationId": ""} if "integrationId" in said["activeSwitchboardIntegration"] else {})


def test_who_becomes_active_by_default_is_not_offered_control_any_longer(made: Board) -> None:
    conversation = made.app.conversation()
    made.done("release", conversation)
    made.done("offer", conversation, to("bot"))
    made.app.say(conversation)
    assert made.state(conversation) == ("bot", None)
