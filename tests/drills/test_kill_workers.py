"""kill -9 of a worker under load, and a stop under load: whoever was answered is right, and nobody else notices.

    64 posters  -->  one address, two workers  -->  an ear at each worker, and one that comes back by itself
    a pager     -->    ^ kill -9 of one

    posts     answered ones are there; ids rise in the conversation, and none comes twice; no answer but 201
    pager     each message once, in order, across the kill
    ears      the one at the other worker hears each message once, in order; the other hears a beginning of it
    workers   two answer again

`make drill` does it 30 times; `make test` a few times.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable

from tests.drills.test_kill_events import Listener
from tests.live import Caller, Live, pages
from tests.workers import Pager, Posters, children, ears, to_each, until

POSTERS = 64
POSTS = 400  # of a round at most, before somebody is killed, and again after


def killed(live: Live, app: Caller) -> str:
    """One round. Answers what there is to say about it."""
    conversation = app.conversation()  # one has room for 30,000
    heard = ears(app)
    listener = Listener(app)
    posters = Posters(app, conversation, POSTERS, stays=True)
    pager = Pager(app, conversation)
    posters.wait(random.randint(1, POSTS))
    before = children(live.process.pid)
    assert len(before) == 2, before
    os.kill(random.choice(before), signal.SIGKILL)
    until(lambda: sum(ear.is_over for ear in heard) == 1, "the kill is not noticed")
    until(lambda: len(children(live.process.pid)) == 2, "nobody comes in its place")
    with to_each(app):
        posters.wait(len(posters.posted.ids) + random.randint(1, POSTS))
    posted = posters.stop()
    stored = pages(app, conversation)
    seen = pager.finish(len(stored))
    [other] = [ear for ear in heard if not ear.is_over]
    [cut] = [ear for ear in heard if ear.is_over]
    until(lambda: len(other.heard) >= len(stored), "the other worker's listener misses something")
    until(lambda: len(listener.heard) >= len(stored), "a listener that comes back misses something")
    for each in (*heard, listener):
        each.close()
    assert not posted.refused
    assert posted.unanswered <= POSTERS
    assert stored == sorted(set(stored)), "ids do not rise"
    assert set(posted.ids) <= set(stored), "an answered message is lost"
    assert len(posted.ids) == len(set(posted.ids)), "an id was answered twice"
    assert seen == stored, "a pager missed something, or saw it twice"
    assert other.heard == stored
    assert [id for _, id in listener.heard] == stored
    assert cut.heard == stored[: len(cut.heard)]
    return (
        f"{len(posted.ids)} answered, {posted.unanswered} cut off, {len(stored)} stored; "
        f"{len(cut.heard)} of them heard from the one that was killed"
    )


def test_nothing_is_lost_when_a_worker_is_killed(serve: Callable[..., Live], rounds: int) -> None:
    live = serve("--workers", "2")
    app = live.app()
    for round_ in range(rounds):
        print(f"round {round_ + 1}: {killed(live, app)}")
    live.stop()


def test_a_stop_leaves_no_request_without_an_answer(serve: Callable[..., Live], rounds: int) -> None:
    live = serve("--workers", "2")
    app = live.app()
    for round_ in range(rounds):
        conversation = app.conversation()
        posters = Posters(app, conversation, POSTERS, stays=False)
        posters.wait(random.randint(POSTERS, POSTS))
        workers = children(live.process.pid)
        live.stop()
        posted = posters.stop()
        assert not any(map(os.path.exists, (f"/proc/{pid}" for pid in workers))), "a worker is left"
        assert not posted.refused
        assert (posted.unanswered, posted.last_calls) == (0, POSTERS)
        live.start()
        app.url = live.url
        assert pages(app, conversation) == sorted(posted.ids)
        print(f"round {round_ + 1}: {len(posted.ids)} answered, the last of them with 'connection: close'")
    live.stop()
