"""What clients were told, and what is found in the end. It knows nothing of the server but its answers.

a post       said -> 201 with an id: it is there from then on, once, at a place that stays
-> 503, 507: it is not there. Said again, it is not there twice
-> a dead connection: nobody knows. Said again under its key, it is not there twice
an upload    201 with an address: its bytes are there
a listener   every message once, in order      a webhook   every message, first arrivals in order
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

DEAD = "dead"  # a connection that ended without an answer


@dataclass
class Post:
    """A text, which no other post has."""

    conversation: str
    poster: str
    id: str | None = None  # as it was answered
    unknown: bool = False  # an attempt had no answer, so it may be there


class Seen(NamedTuple):
    """A client's answer, or that there was none."""

    at: float
    who: str
    what: str  # a status, or DEAD
    fine: bool  # the kind of thing that may be


@dataclass
class Ledger:
    posts: dict[str, Post] = field(default_factory=dict[str, Post])  # by text
    uploads: dict[str, str] = field(default_factory=dict[str, str])  # path -> sha256
    seen: list[Seen] = field(default_factory=list[Seen])
    wrong: Counter[str] = field(default_factory=Counter[str])  # answers that should never be
    lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, text: str, conversation: str, poster: str) -> None:
        with self.lock:
            self.posts[text] = Post(conversation, poster)

    def said(self, text: str, id: str) -> None:
        with self.lock:
            self.posts[text].id = id

    def unsure(self, text: str) -> None:
        with self.lock:
            self.posts[text].unknown = True

    def note(self, who: str, status: int | None, *, good: int, retry_after: str | None, words: bytes = b"") -> None:
        """An answer, or None for none. What may be: `good`, 503 with the word when to come again, 507 of a full
        disk, or none at all.
        """
        fine = status in {good, None, 507} or (status == 503 and retry_after is not None)
        with self.lock:
            self.seen.append(Seen(time.monotonic(), who, DEAD if status is None else str(status), fine))
            if not fine:
                self.wrong[f"{who.rstrip('0123456789')}{status} {words[:200]!r}"] += 1

    def acknowledged(self) -> int:
        with self.lock:
            return sum(post.id is not None for post in self.posts.values())


class Window(NamedTuple):
    """What clients saw from when to when."""

    nobody: float  # seconds in which no post at all was taken, at the longest
    somebody: float  # seconds that one poster waited, at the longest
    answers: Counter[str]


def window(ledger: Ledger, begin: float, end: float) -> Window:
    with ledger.lock:
        seen = [each for each in ledger.seen if begin <= each.at <= end]
    taken: dict[str, list[float]] = defaultdict(list)
    for each in seen:
        if each.what == "201" and each.who.startswith("poster"):
            taken[each.who].append(each.at)
    alone = [_longest(begin, times, end) for times in taken.values()] or [end - begin]
    everybody = sorted(at for times in taken.values() for at in times)
    return Window(_longest(begin, everybody, end), max(alone), Counter(each.what for each in seen))


def _longest(begin: float, times: Iterable[float], end: float) -> float:
    return max(later - earlier for earlier, later in pairwise([begin, *times, end]))


class Stored(NamedTuple):
    id: str
    text: str


class Verdict(NamedTuple):
    """Each with what is wrong: all are empty when all is well."""

    lost: list[str]  # acknowledged, and not there
    doubled: list[str]  # there more than once
    refused: list[str]  # there, though every answer was that it is not
    disordered: list[str]


def judged(ledger: Ledger, stored: Mapping[str, Sequence[Stored]]) -> Verdict:
    """`stored`: what each conversation holds in the end, in its order."""
    places: dict[str, list[tuple[str, int, str]]] = defaultdict(list)  # by text: conversation, place, id
    for conversation, those in stored.items():
        for place, each in enumerate(those):
            places[each.text].append((conversation, place, each.id))
    lost, refused = list[str](), list[str]()
    last: dict[tuple[str, str], int] = {}
    disordered = [f"{where}: ids do not rise" for where, those in stored.items() if not rising(e.id for e in those)]
    for text, post in ledger.posts.items():
        found = places.get(text, [])
        if post.id is not None:
            ours = [place for where, place, id in found if (where, id) == (post.conversation, post.id)]
            if not ours:
                lost.append(f"{text} ({post.id})")
                continue
            if last.get((post.poster, post.conversation), -1) > ours[0]:
                disordered.append(f"{text} stands before what the same client was answered earlier")
            last[post.poster, post.conversation] = ours[0]
        elif found and not post.unknown:
            refused.append(text)
    doubled = [text for text, found in places.items() if len(found) > 1]
    return Verdict(lost, doubled, refused, disordered)


def rising(ids: Iterable[str]) -> bool:
    return all(one < other for one, other in pairwise(ids))
