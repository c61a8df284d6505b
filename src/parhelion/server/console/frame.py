"""What is around every page: the head, the bar with its ways, the words when something is not as hoped.

Pages come without inline scripts and styles, and their policy allows none: whatever a message may smuggle in, nothing
here would run it.
"""

from __future__ import annotations

from typing import NamedTuple

from starlette.datastructures import FormData
from starlette.responses import Response

from ...wire import ApiError
from ..html import Html, of, tag
from .assets import asset
from .plain import plain
from .visit import ROOT, Visit, at

THEME = "parhelion_theme"
THEMES = ("light", "dark")


class Way(NamedTuple):
    """One of the places an app's pages lead to."""

    name: str
    title: str
    icon: str  # what it looks like, in a square of 24


WAYS = (
    Way("overview", "Overview", "M4 20V10m6 10V4m6 16v-7m4 7H2"),
    Way("conversations", "Conversations", "M4 5h16v11H9l-5 4z"),
    Way("webhooks", "Webhooks", "M4 12h10m0 0-4-4m4 4-4 4M16 4h4v16h-4"),
    Way("integrations", "Integrations", "M9 3v5m6-5v5M6 8h12v4a6 6 0 0 1-12 0zm6 10v3"),
    Way("switchboard", "Switchboard", "M4 7h9m4 0h3M4 17h3m4 0h9M15 4v6M9 14v6"),
    Way("keys", "Keys", "M14 10a4 4 0 1 0-4 4c.7 0 1.4-.2 2-.5L14 15h2v2h2v2h3v-3l-7.5-5.5"),
    Way("audit", "Audit", "M6 3h9l4 4v14H6zM9 12h7M9 16h7M9 8h3"),
)


def policy(*pictures: str) -> str:
    """The content security policy of every page. `pictures`: other places that show our own files."""
    shown = " ".join(["'self'", *pictures])
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src {shown}",
            f"media-src {shown}",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


def icon(shape: str, **attributes: str) -> Html:
    """A drawing of one line, for the eye alone: what it means is said beside it."""
    drawn = tag("path", d=shape)
    return tag("svg", drawn, class_="icon", viewBox="0 0 24 24", aria_hidden="true", **attributes)


SUN = tag(
    "svg",
    tag("path", d="M14 40a34 34 0 0 1 68 0", opacity=".45"),
    tag("circle", cx="48", cy="38", r="8", class_="full"),
    tag("circle", cx="14", cy="38", r="4", class_="full"),
    tag("circle", cx="82", cy="38", r="4", class_="full"),
    class_="sun",
    viewBox="0 0 96 48",
    aria_hidden="true",
)


def token_field(visit: Visit) -> Html:
    """What makes a form ours."""
    return tag("input", type="hidden", name="token", value=visit.session.token)


def whole(visit: Visit, title: str, *body: str | None, scripts: tuple[str, ...] = (), status: int = 200) -> Response:
    """A page."""
    theme = visit.request.cookies.get(THEME)
    page = tag(
        "html",
        tag(
            "head",
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("title", f"{title} - Parhelion"),
            tag("link", rel="icon", href=asset("icon.svg"), type="image/svg+xml"),
            tag("link", rel="stylesheet", href=asset("console.css")),
            *(tag("script", src=asset(name), type="module") for name in ("console.js", *scripts)),
        ),
        tag("body", tag("a", "To the page", href="#main", class_="skip"), *body),
        lang="en",
        data_theme=theme if theme in THEMES else None,
        data_token=visit.session.token if visit.session.held else None,
    )
    return Response(f"<!doctype html>{page}", status, {"content-type": "text/html; charset=utf-8"})


def piece(*children: str | None, status: int = 200) -> Response:
    """What a script puts into a page."""
    return Response(of(*children), status, {"content-type": "text/html; charset=utf-8"})


async def page(
    visit: Visit,
    title: str,
    *body: str | None,
    way: str = "",
    scripts: tuple[str, ...] = (),
    status: int = 200,
    full: bool = False,
) -> Response:
    """A page of somebody who is signed in. `full`: it takes all the room there is."""
    main = tag("main", *body, id="main", class_="full" if full else None, tabindex="-1")
    return whole(visit, title, await _bar(visit, way), main, _question(), scripts=scripts, status=status)


def told(error: ApiError) -> Html:
    """Why it was refused, in the API's own words."""
    return tag(
        "div",
        *(tag("p", each.title, " ", tag("code", each.code or "")) for each in error.errors),
        class_="told bad",
        role="alert",
    )


async def _name(visit: Visit) -> str:
    """What the app is called."""
    if not visit.app_id:
        return "Apps"
    try:
        return plain((await visit.client.apps.get()).app.display_name) or visit.app_id
    except ApiError:  # what the page is about says so itself
        return visit.app_id


async def _bar(visit: Visit, way: str) -> Html:
    chooser = tag("a", tag("span", await _name(visit), class_="cut"), href=at("apps"), class_="chip", title="All apps")
    ways = [
        tag(
            "a",
            icon(each.icon),
            tag("span", each.title),
            href=visit.at(each.name),
            aria_current="page" if each.name == way else None,
        )
        for each in WAYS
        if visit.app_id
    ]
    return tag(
        "header",
        tag("a", SUN, tag("span", "Parhelion", class_="wide"), href=ROOT, class_="brand", aria_label="Parhelion"),
        chooser,
        tag("nav", *ways, aria_label="App") if ways else None,
        tag(
            "div",
            _form_button(visit, at("theme"), "Light or dark", "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9"),
            _form_button(visit, at("sign-out"), "Sign out", "M10 4H5v16h5m3-12 4 4-4 4m4-4H9"),
            class_="ends",
        ),
        class_="bar",
    )


def _form_button(visit: Visit, action: str, label: str, shape: str) -> Html:
    button = tag("button", icon(shape), class_="quiet", aria_label=label, title=label)
    back = tag("input", type="hidden", name="back", value=visit.here)
    return tag("form", token_field(visit), back, button, method="post", action=action)


def asking(question: str | None) -> dict[str, str]:
    """What a button has whose work is asked for first: by a script, or else by a page of its own (`unsure`)."""
    return {"name": "question", "value": question, "data_ask": question} if question else {}


def unsure(visit: Visit, said: FormData) -> Response:
    """The question, of a browser that could not ask it."""
    fields = [tag("input", type="hidden", name=name, value=str(value)) for name, value in said.multi_items()]
    yes = tag("button", "Yes", name="agreed", value="yes", class_="danger")
    form = tag("form", *fields, yes, method="post", action=visit.here)
    card = tag("div", SUN, tag("h1", str(said["question"])), form, class_="card")
    return whole(visit, "A question", tag("main", card, id="main", class_="middle"))


def _question() -> Html:
    """What is asked before something goes, by console.js."""
    return tag(
        "dialog",
        tag(
            "form",
            tag("p", "", id="question"),
            tag(
                "div",
                tag("button", "Cancel", value="no", autofocus=True),
                tag("button", "Yes", value="yes", class_="danger"),
                class_="row ends",
            ),
            method="dialog",
        ),
        id="ask",
        aria_labelledby="question",
    )
