"""What people fill in and press."""

from __future__ import annotations

from collections.abc import Iterable

from ..html import Html, of, tag
from .frame import asking, token_field
from .visit import Visit


def form(visit: Visit, action: str, *inside: str | None, class_: str | None = None) -> Html:
    """A form that is ours."""
    return tag("form", token_field(visit), *inside, method="post", action=action, class_=class_)


def field(label: str, name: str, value: str | None = None, *, hint: str | None = None, **more: str | bool) -> Html:
    """A line to be filled in."""
    said: dict[str, str | bool] = {"type": "text", "autocomplete": "off", **more}
    return of(
        tag("label", label, for_=name),
        tag("input", id=name, name=name, value=value, aria_describedby=hint and f"{name}-hint", **said),
        tag("small", hint, id=f"{name}-hint", class_="soft") if hint else None,
    )


def choice(label: str, name: str, options: Iterable[tuple[str, str]], chosen: str | None = None) -> Html:
    """One of several. `options`: value and words."""
    made = [tag("option", words, value=value, selected=value == chosen) for value, words in options]
    return of(tag("label", label, for_=name), tag("select", *made, id=name, name=name))


def check(label: str, name: str, *, value: str = "yes", on: bool = False) -> Html:
    """Yes or no."""
    return tag("label", tag("input", type="checkbox", name=name, value=value, checked=on), label, class_="check")


def press(visit: Visit, action: str, label: str, *, ask: str | None = None, class_: str | None = None) -> Html:
    """A button that does one thing. `ask`: the question before it."""
    return form(visit, action, tag("button", label, class_=class_, **asking(ask)))


def removal(visit: Visit, action: str, label: str, ask: str) -> Html:
    """A button for what cannot be undone."""
    return press(visit, action, label, ask=ask, class_="danger")
