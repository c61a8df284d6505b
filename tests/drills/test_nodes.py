"""Two servers on one store, started separately: nobody can tell which of them answers.

32 posters --> one   --> an ear at each, and a pager that reads along at the other
32 posters --> other
"""

from __future__ import annotations

from collections.abc import Callable

from tests.live import Caller, Live, pages
from tests.workers import Ear, Pager, Posters, until

POSTERS = 32  # at each
POSTS = 300  # of each, at least


def test_what_is_posted_at_two_servers_rises_and_is_met_once_everywhere(serve: Callable[..., Live]) -> None:
    one, other = serve(), serve()
    app = one.app()
    callers = [app, Caller(other.url, app.key_id, app.secret, app.app_id)]
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
