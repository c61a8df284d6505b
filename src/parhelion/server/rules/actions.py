"""Actions: what their types do not say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ...wire import Action, Buy, Content, ItemAction, Link, Postback, Reply, Webview
from ...wire.reading import Fault
from . import metadata
from .addresses import link_fault, web_faults

_CURRENCY = re.compile("[a-z]{3}")  # ISO 4217, in the API's lower case


def faults(actions: Sequence[Action | ItemAction] | None, place: str) -> Iterator[Fault]:
    """The faults of the actions under a message or an item."""
    for number, action in enumerate(actions or ()):
        yield from _faults(action, f"{place}[{number}]")


def opening(actions: Iterable[Action | ItemAction]) -> int:
    """How many of them open themselves when the message arrives."""
    return sum(isinstance(action, Webview) and action.open_on_receive is True for action in actions)


def postback_of(content: Content, payload: str) -> Postback | None:
    """The postback button with that payload: under the message, or on one of its cards."""
    holders = (content, *getattr(content, "items", ()))
    several: list[Action] = [action for holder in holders for action in getattr(holder, "actions", None) or ()]
    return next((each for each in several if isinstance(each, Postback) and each.payload == payload), None)


def _faults(action: Action | ItemAction, place: str) -> Iterator[Fault]:
    match action:
        case Buy():
            if action.amount <= 0:
                yield Fault(f"{place}.amount", "should be more than 0, in cents")
            if action.currency is not None and not _CURRENCY.fullmatch(action.currency):
                yield Fault(f"{place}.currency", "should be three lower-case letters, as in ISO 4217")
        case Link():
            if (why := link_fault(action.uri)) is not None:
                yield Fault(f"{place}.uri", why)
        case Reply():
            if action.icon_url is not None:
                yield from web_faults(action.icon_url, f"{place}.iconUrl")
        case Webview():
            yield from web_faults(action.uri, f"{place}.uri")
            if (why := link_fault(action.fallback)) is not None:
                yield Fault(f"{place}.fallback", why)
        case _:
            pass
    said = getattr(action, "metadata", None)
    if said is not None:
        yield from metadata.faults(said, f"{place}.metadata", "Action")
