"""The transition table of control: every cell, and how a subject is found."""

from __future__ import annotations

import pytest

from parhelion.server.rules.control import Action, Member, State, after
from parhelion.wire import ApiError, BadRequest, Forbidden, SwitchboardIntegrationNotFound

BOT, DESK, SALES, SPARE = (
    Member("1", "bot", "custom", "2"),
    Member("2", "desk", "zd:agentWorkspace", ""),
    Member("3", "sales", "custom", "1"),
    Member("4", "spare", "partner", ""),
)
MEMBERS = (BOT, DESK, SALES, SPARE)
BUSINESS = None  # the credentials of an app or an account
HELD = State(active="1", pending="3")
NOBODY = State()


def of(*members: Member) -> frozenset[str]:
    """The credentials of an integration that has these places."""
    return frozenset(member.id for member in members)


EVERYONE = (BUSINESS, of(BOT), of(DESK), of(SALES), of())
OFFERED_TO_ACTIVE = "Cannot offer control to the active switchboard integration."
NONE_PENDING = "There is no pendingSwitchboardIntegration"


@pytest.mark.parametrize("own", EVERYONE)
@pytest.mark.parametrize(
    ("action", "target", "expected"),
    [
        ("pass", "1", HELD),
        ("pass", "3", State("3")),
        ("pass", "2", State("2")),
        ("offer", "3", HELD),
        ("offer", "2", State("1", "2")),
    ],
)
def test_anyone_may_pass_and_offer_and_where_the_target_stands_decides(
    own: frozenset[str] | None, action: Action, target: str, expected: State
) -> None:
    assert after(action, HELD, MEMBERS, own, target) == expected


@pytest.mark.parametrize("own", EVERYONE)
def test_control_is_not_offered_to_who_has_it(own: frozenset[str] | None) -> None:
    with pytest.raises(BadRequest) as refused:
        after("offer", HELD, MEMBERS, own, "1")
    assert refused.value.title == OFFERED_TO_ACTIVE


@pytest.mark.parametrize("own", EVERYONE)
@pytest.mark.parametrize("action", ["pass", "offer"])
def test_a_target_that_is_not_there_is_not_found(own: frozenset[str] | None, action: Action) -> None:
    with pytest.raises(SwitchboardIntegrationNotFound):
        after(action, HELD, MEMBERS, own, "unknown")


@pytest.mark.parametrize("own", EVERYONE)
@pytest.mark.parametrize(("action", "expected"), [("pass", State("2")), ("offer", State("", "2"))])
def test_of_a_conversation_that_nobody_has_anyone_may_be_named(
    own: frozenset[str] | None, action: Action, expected: State
) -> None:
    assert after(action, NOBODY, MEMBERS, own, "2") == expected


@pytest.mark.parametrize("own", [BUSINESS, of(SALES), of(DESK, SALES)])
def test_who_is_pending_becomes_active_by_accepting(own: frozenset[str] | None) -> None:
    assert after("accept", HELD, MEMBERS, own) == State("3")


@pytest.mark.parametrize("own", [of(BOT), of(DESK), of()])
def test_an_offer_to_another_is_not_accepted(own: frozenset[str]) -> None:
    with pytest.raises(Forbidden):
        after("accept", HELD, MEMBERS, own)


@pytest.mark.parametrize("own", EVERYONE)
@pytest.mark.parametrize("state", [NOBODY, State("1")])
def test_nothing_is_accepted_when_nothing_was_offered(own: frozenset[str] | None, state: State) -> None:
    with pytest.raises(BadRequest) as refused:
        after("accept", state, MEMBERS, own)
    assert refused.value.title == NONE_PENDING


@pytest.mark.parametrize("own", [BUSINESS, of(BOT), of(BOT, DESK)])
@pytest.mark.parametrize("state", [HELD, State("1")])
def test_releasing_leaves_nobody_active_and_nobody_pending(own: frozenset[str] | None, state: State) -> None:
    assert after("release", state, MEMBERS, own) == NOBODY


@pytest.mark.parametrize("state", [NOBODY, State("", "3")])
def test_an_app_may_release_what_nobody_has(state: State) -> None:
    assert after("release", state, MEMBERS, BUSINESS) == NOBODY


@pytest.mark.parametrize("own", [of(DESK), of(SALES), of()])
@pytest.mark.parametrize("state", [HELD, NOBODY, State("", "3"), State("4", "3")])
def test_an_integration_releases_only_what_it_has(own: frozenset[str], state: State) -> None:
    with pytest.raises(Forbidden):
        after("release", state, MEMBERS, own)


@pytest.mark.parametrize(
    ("own", "state", "expected"),
    [
        (BUSINESS, State("1"), State("2")),
        (BUSINESS, State("3", "2"), State("1")),
        (of(BOT), State("1", "3"), State("2")),
        (of(BOT, SALES), State("3"), State("1")),  # of several places, the active one speaks
    ],
)
def test_next_is_the_next_of_the_active_one(own: frozenset[str] | None, state: State, expected: State) -> None:
    assert after("pass", state, MEMBERS, own, "next") == expected


@pytest.mark.parametrize("state", [State("2"), State("2", "3"), State("3"), NOBODY])
def test_an_integration_that_has_passed_to_next_before_changes_nothing(state: State) -> None:
    assert after("pass", state, MEMBERS, of(BOT), "next") == state


@pytest.mark.parametrize("action", ["pass", "offer"])
@pytest.mark.parametrize(
    ("own", "state"),
    [
        (BUSINESS, NOBODY),  # next of whom?
        (BUSINESS, State("2")),  # has no next
        (of(DESK), State("2")),
        (of(), State("1")),  # has no place in the switchboard
    ],
)
def test_there_is_not_always_a_next(action: Action, own: frozenset[str] | None, state: State) -> None:
    with pytest.raises(SwitchboardIntegrationNotFound):
        after(action, state, MEMBERS, own, "next")


def test_next_is_offered_by_an_integration_on_standby_too_and_is_its_own_next() -> None:
    assert after("offer", State("4"), MEMBERS, of(BOT), "next") == State("4", "2")
    assert after("offer", State("4"), MEMBERS, of(BOT, SALES), "next") == State("4", "2")  # of several, the oldest
    with pytest.raises(BadRequest, match=OFFERED_TO_ACTIVE):
        after("offer", State("2"), MEMBERS, of(BOT), "next")


def test_next_means_next_before_anything_else() -> None:
    members = (BOT, DESK, Member("5", "other", "next", ""))
    assert after("pass", State("1"), members, BUSINESS, "next") == State("2")


def test_a_reference_is_an_id_before_a_name_and_a_name_before_a_type() -> None:
    members = (
        Member("1", "2", "3", ""),
        Member("2", "3", "4", ""),
        Member("3", "4", "5", ""),
    )
    found = {word: after("pass", NOBODY, members, BUSINESS, word).active for word in "12345"}
    assert found == {"1": "1", "2": "2", "3": "3", "4": "3", "5": "3"}


@pytest.mark.parametrize("action", ["pass", "offer"])
def test_a_type_that_several_have_names_nobody_even_when_one_of_them_is_active(action: Action) -> None:
    with pytest.raises(BadRequest) as refused:
        after(action, State("1"), MEMBERS, BUSINESS, "custom")
    assert refused.value.title.startswith("switchboardIntegration: ")


def test_a_reference_is_case_sensitive_and_whole() -> None:
    for reference in ("Bot", "bo", "bot ", "", "CUSTOM"):
        with pytest.raises(SwitchboardIntegrationNotFound):
            after("pass", NOBODY, MEMBERS, BUSINESS, reference)


def test_who_is_gone_from_the_switchboard_controls_nothing() -> None:
    gone = State("77", "88")
    assert after("pass", gone, MEMBERS, BUSINESS, "2") == State("2")
    assert after("offer", gone, MEMBERS, BUSINESS, "2") == State("", "2")
    assert after("release", gone, MEMBERS, BUSINESS) == NOBODY
    with pytest.raises(BadRequest, match=NONE_PENDING):
        after("accept", gone, MEMBERS, BUSINESS)
    with pytest.raises(SwitchboardIntegrationNotFound):
        after("pass", gone, MEMBERS, BUSINESS, "77")


def test_who_became_active_by_a_message_while_pending_is_only_active() -> None:
    both = State("1", "1")
    assert after("pass", both, MEMBERS, BUSINESS, "1") == State("1")
    with pytest.raises(BadRequest, match=NONE_PENDING):
        after("accept", both, MEMBERS, of(BOT))


def test_a_next_that_is_gone_is_no_next() -> None:
    members = (BOT, SALES)
    with pytest.raises(SwitchboardIntegrationNotFound):
        after("pass", State("1"), members, BUSINESS, "next")


def test_every_state_that_can_be_reached_has_one_active_at_most_and_no_one_in_both() -> None:
    """All of them, from nobody, by every action of everyone: this ends because the states do."""
    words = ("next", *(member.id for member in MEMBERS), "partner", "unknown")
    reached, left = {NOBODY}, [NOBODY]
    while left:
        state = left.pop()
        for action in ("pass", "offer", "accept", "release"):
            for own in EVERYONE:
                for word in words:
                    try:
                        found = after(action, state, MEMBERS, own, word)
                    except ApiError:
                        continue
                    assert not found.active or found.active != found.pending
                    if found not in reached:
                        reached.add(found)
                        left.append(found)
    ids = {"", *(member.id for member in MEMBERS)}
    assert reached == {State(a, p) for a in ids for p in ids if not a or a != p}
