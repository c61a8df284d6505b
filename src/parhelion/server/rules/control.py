"""Control of a conversation: who is active, who is pending; all others of the switchboard stand by.

An action is about one switchboard integration, its subject: whom control is passed or offered to, who is pending when
control is accepted, who is active when it is released. Where the subject stands decides what the action does.

                subject    active    pending   standby   nobody       moved on
    pass                   stay      take      take      404          stay
    offer                  400 (a)   stay      invite    404          -
    accept                 -         take      -         400 (b)      -
    accept, a stranger     -         403       -         400 (b)      -
    release                clear     -         -         clear        -
    release, a stranger    403       -         -         403          -

    stay     nothing changes, and that is no fault: the same was asked before
    take     the subject is active, nobody is pending
    invite   the subject is pending, whoever was before; who is active stays
    clear    nobody is active, nobody is pending

    stranger   asks with an integration's credentials, and the subject is not that integration's. Without "a stranger"
               it does not matter who asks.
    nobody     there is no such subject: no next is set, nobody is pending, nobody is active
    moved on   an integration that is not active passes to "next": it has done so before
    (a)        "Cannot offer control to the active switchboard integration."
    (b)        "There is no pendingSwitchboardIntegration"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

from ...wire import ApiError, BadRequest, Forbidden, SwitchboardIntegrationNotFound

Action = Literal["pass", "offer", "accept", "release"]
Standing = Literal["active", "pending", "standby", "nobody", "moved on"]

NEXT = "next"


class State(NamedTuple):
    """Of a conversation, as ids of switchboard integrations; "" is nobody."""

    active: str = ""
    pending: str = ""


class Member(NamedTuple):
    """A switchboard integration, as far as control is concerned."""

    id: str
    name: str
    integration_type: str
    next_id: str  # "" when there is none


class Subject(NamedTuple):
    """Whom an action is about, and where they stand."""

    id: str
    standing: Standing


Outcome = Callable[[State, str], State]  # the state before, the subject -> the state after; or a refusal


def _refused(error: Callable[[], ApiError]) -> Outcome:
    def refuse(_state: State, _subject: str) -> State:
        raise error()

    return refuse


def _stay(state: State, _subject: str) -> State:
    return state


def _take(_state: State, subject: str) -> State:
    return State(active=subject)


def _invite(state: State, subject: str) -> State:
    return State(active=state.active, pending=subject)


def _clear(_state: State, _subject: str) -> State:
    return State()


_404 = _refused(SwitchboardIntegrationNotFound)
_403 = _refused(Forbidden)
_400_a = _refused(lambda: BadRequest("Cannot offer control to the active switchboard integration."))
_400_b = _refused(lambda: BadRequest("There is no pendingSwitchboardIntegration"))

TABLE: Mapping[tuple[Action, Standing], tuple[Outcome, Outcome]] = MappingProxyType(
    {  # the second is a stranger's
        ("pass", "active"): (_stay, _stay),
        ("pass", "pending"): (_take, _take),
        ("pass", "standby"): (_take, _take),
        ("pass", "nobody"): (_404, _404),
        ("pass", "moved on"): (_stay, _stay),
        ("offer", "active"): (_400_a, _400_a),
        ("offer", "pending"): (_stay, _stay),
        ("offer", "standby"): (_invite, _invite),
        ("offer", "nobody"): (_404, _404),
        ("accept", "pending"): (_take, _403),
        ("accept", "nobody"): (_400_b, _400_b),
        ("release", "active"): (_clear, _403),
        ("release", "nobody"): (_clear, _403),
    }
)


def after(
    action: Action, state: State, members: Sequence[Member], own: frozenset[str] | None, reference: str = ""
) -> State:
    """The state that an action leads to, or its refusal.

    `members` are all of the switchboard, oldest first. `own` are those of the integration that asks, None for the
    credentials of an app or an account. `reference` says whom control is passed or offered to.
    """
    state = meant(state, members)
    subject = _subject(action, state, members, own, reference)
    outcomes = TABLE[action, subject.standing]
    stranger = own is not None and subject.id not in own
    return outcomes[stranger](state, subject.id)


def meant(state: State, members: Sequence[Member]) -> State:
    """Who is gone from the switchboard has and is offered nothing. Who was pending may have become active as the
    default, with a message.
    """
    known = {member.id for member in members}
    active, pending = (id if id in known else "" for id in state)
    return State(active, "" if pending == active else pending)


def _subject(
    action: Action, state: State, members: Sequence[Member], own: frozenset[str] | None, reference: str
) -> Subject:
    if action == "accept":
        return _standing(state.pending, state)
    if action == "release":
        return _standing(state.active, state)
    if reference != NEXT:
        return _standing(_named(reference, members), state)
    speaker = state.active
    if own is not None and speaker not in own:
        speaker = next((member.id for member in members if member.id in own), "")
        if speaker and action == "pass":
            return Subject(speaker, "moved on")
    return _standing(_next_of(speaker, members), state)


def _standing(id: str, state: State) -> Subject:
    if not id:
        return Subject(id, "nobody")
    if id == state.active:
        return Subject(id, "active")
    return Subject(id, "pending" if id == state.pending else "standby")


def _next_of(speaker: str, members: Sequence[Member]) -> str:
    wanted = {member.next_id for member in members if member.id == speaker}
    return next((member.id for member in members if member.id in wanted), "")


def _named(reference: str, members: Sequence[Member]) -> str:
    """Whom a reference means: an id before a name, a name before an integration type; "" is nobody."""
    for word in ("id", "name", "integration_type"):
        found = [member.id for member in members if getattr(member, word) == reference]
        if len(found) > 1:
            raise BadRequest(
                f"switchboardIntegration: {len(found)} of the switchboard have this {word}: name one by id"
            )
        if found:
            return found[0]
    return ""
