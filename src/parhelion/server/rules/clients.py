"""Linking a channel: what a request may say, and the address it comes to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...wire import ClientCreate, ImageMessage, Link, MatchCriteria, MatchCriteriaMailgun, MessagePost, TextMessage
from ...wire.reading import Fault
from . import content

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_LONGEST_ADDRESS = 254
_BETWEEN = str.maketrans("", "", " -.()")
_PHONE_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164


def faults(body: ClientCreate) -> Iterator[Fault]:
    """Everything wrong with a link request that its types do not say."""
    criteria = body.match_criteria
    if isinstance(criteria, MatchCriteriaMailgun):
        if len(criteria.address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(criteria.address):
            yield Fault("matchCriteria.address", "should be an email address")
    elif not _PHONE_NUMBER.fullmatch(address(criteria)):
        yield Fault("matchCriteria.phoneNumber", "should be a phone number with + and the country's code")
    if body.confirmation.message is not None:
        yield from _message_faults(body.confirmation.message, "confirmation.message")


def address(criteria: MatchCriteria) -> str:
    """Who the user is on the channel, written in one way: two that are equal are one."""
    if isinstance(criteria, MatchCriteriaMailgun):
        return criteria.address.lower()
    return criteria.phone_number.translate(_BETWEEN)


def _message_faults(post: MessagePost, place: str) -> Iterator[Fault]:
    for fault in content.faults(post):
        yield Fault(f"{place}.{fault.place}" if fault.place else place, fault.why)
    if post.author.type != "business":
        yield Fault(f"{place}.author.type", "should be business")
    if not isinstance(post.content, TextMessage | ImageMessage):
        yield Fault(f"{place}.content.type", "should be one of text, image")
        return
    for number, action in enumerate(post.content.actions or ()):
        if not isinstance(action, Link):
            yield Fault(f"{place}.content.actions[{number}].type", "should be link")
