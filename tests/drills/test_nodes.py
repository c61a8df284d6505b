"""Servers on one store, started separately: nobody can tell which of them answers, or which of them has died.

    32 posters --> one   --> an ear at each, and a pager that reads along at the other
    32 posters --> other

What they tell one another goes over whatever line they have: pipes beside a file, a PostgreSQL's NOTIFY, or NATS.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from tests.live import Answer, Caller, Live, pages
from tests.workers import MESSAGE, Ear, Pager, Posters, until

POSTERS = 32  # at each
POSTS = 300  # of each, at least
Nodes = Callable[[], Live]


@pytest.fixture(params=["of its own", pytest.param("nats", marks=pytest.mark.engine("nats"))])
def node(request: pytest.FixtureRequest, serve: Callable[..., Live]) -> Nodes:
    """Starts another one on the same store."""
    bus = ("--bus", request.getfixturevalue("nats").address) if request.param == "nats" else ()
    return lambda: serve(*bus)


def at(node: Live, app: Caller) -> Caller:
    """The same who asks, elsewhere."""
    return replace(app, url=node.url)


def test_what_is_posted_at_two_servers_rises_and_is_met_once_everywhere(node: Nodes) -> None:
    one, other = node(), node()
    app = one.app()
    callers = [app, at(other, app)]
    conversation = app.conversation()
    ears = [Ear(each) for each in callers]
    posters = [Posters(each, conversation, POSTERS, stays=True) for each in callers]
    pager = Pager(callers[1], conversation)
    for each in posters:
        each.wait(POSTS)
    posted = [each.stop() for each in posters]
    stored = pages(app, conversation)
    seen = pager.finish(len(stored))
    for ear in ears:
        until(lambda ear=ear: len(ear.heard) >= len(stored), "a listener misses something")
        ear.close()
    assert not any(each.refused or each.unanswered for each in posted)
    assert stored == sorted({id for each in posted for id in each.ids}), "what was answered is what is there"
    assert len(stored) == sum(len(each.ids) for each in posted), "an id was answered twice"
    assert seen == stored
    assert [ear.heard for ear in ears] == [stored, stored]
    one.stop()
    other.stop()


def cut_off(node: Nodes, first: Live, third: Live, app: Caller) -> None:
    """One round: a second one is killed while somebody listens there to what is posted at the first."""
    conversation, second = app.conversation(), node()
    ear = Ear(at(second, app))
    posters = Posters(at(first, app), conversation, 8, stays=True)
    until(lambda: len(ear.heard) >= 50, "what is posted at one is not heard at the other")
    second.kill()
    until(lambda: ear.is_over, "the kill is not noticed")
    posters.wait(len(posters.posted.ids) + 50)
    later = Ear(at(third, app), after=ear.last)
    posters.wait(len(posters.posted.ids) + 50)
    posted = posters.stop()
    stored = pages(at(third, app), conversation)
    until(lambda: len(ear.heard) + len(later.heard) >= len(stored), "something is missed")
    for each in (ear, later):
        each.close()
    assert not posted.refused
    assert not posted.unanswered
    assert stored == sorted(posted.ids)
    assert ear.heard + later.heard == stored, "in order, each once"


def test_who_listened_at_a_server_that_is_killed_goes_on_at_another_and_misses_nothing(
    node: Nodes, rounds: int
) -> None:
    first, third = node(), node()
    app = first.app()
    for _ in range(rounds):
        cut_off(node, first, third, app)


def test_what_is_posted_at_one_is_at_a_listener_of_the_other_long_before_it_would_look_anyway(node: Nodes) -> None:
    one, other = node(), node()
    app = one.app()
    conversation, ear = app.conversation(), Ear(at(other, app))
    began = time.monotonic()
    for number in range(20):
        app.say(conversation)
        until(lambda number=number: len(ear.heard) == number + 1, "a post is not heard")
    print(f"20 heard, each posted after the one before was, in {time.monotonic() - began:.2f} s")
    assert time.monotonic() - began < 10, "heard when it is looked for anyway, once a second"
    ear.close()


def test_one_idempotency_key_at_two_servers_at_once_is_done_once_and_answered_the_same(node: Nodes) -> None:
    one, other = node(), node()
    app = one.app()
    callers = [app, at(other, app)] * 2
    conversation = app.conversation()
    together = Barrier(len(callers))

    def post(caller: Caller, key: str) -> Answer:
        together.wait()
        return caller.post(app.messages(conversation), MESSAGE, idempotency_key=key)

    bodies: list[bytes] = []
    with ThreadPoolExecutor(len(callers)) as threads:
        for number in range(25):
            key = f"key-{number}"
            answers = list(threads.map(post, callers, [key] * len(callers)))
            assert [each.status for each in answers] == [201] * len(callers)
            [body] = {each.body for each in answers}
            bodies.append(body)
            reused = callers[number % 2].post(
                app.messages(conversation), {**MESSAGE, "metadata": {"a": number}}, idempotency_key=key
            )
            assert (reused.status, reused.codes) == (422, ["idempotency_key_reused"])
    assert len(set(bodies)) == len(pages(app, conversation)) == 25
