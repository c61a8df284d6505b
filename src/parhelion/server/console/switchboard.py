"""The switchboard: which of several programs answers a conversation."""

from __future__ import annotations

from starlette.responses import Response

from ...wire import (
    SwitchboardIntegration,
    SwitchboardIntegrationCreateBody,
    SwitchboardIntegrationUpdateBody,
    SwitchboardUpdateBody,
)
from ..html import Html, tag
from .forms import check, choice, field, form, press, removal
from .frame import page
from .plain import plain
from .visit import Visit, go, text

NOBODY = ("", "Nobody")


async def show(visit: Visit) -> Response:
    """It, and who is on it."""
    client = visit.client
    boards = (await client.switchboards.list()).switchboards
    if not boards:
        return await page(
            visit,
            "Switchboard",
            tag("h1", "Switchboard"),
            tag(
                "p",
                "With a switchboard several programs share an app's conversations: one has control, the others stand "
                "by, and control is passed or offered from one to the next.",
                class_="soft",
            ),
            press(visit, visit.at("switchboard"), "Create a switchboard", class_="main"),
            way="switchboard",
        )
    board = boards[0]
    places = (await client.switchboard_integrations.list(board.id)).switchboard_integrations
    here = ("switchboard", board.id)
    others = [NOBODY, *((each.id, plain(each.name)) for each in places)]
    return await page(
        visit,
        "Switchboard",
        tag("div", tag("h1", "Switchboard"), tag("code", board.id), class_="head"),
        form(
            visit,
            visit.at(*here),
            check("Enabled", "enabled", on=board.enabled),
            choice("Who answers first", "default", others, board.default_switchboard_integration_id or ""),
            tag("p", tag("button", "Save", class_="main")),
            class_="card",
        ),
        tag("h2", "Who is on it"),
        tag("ul", *(_place(visit, board.id, each, others) for each in places), class_="plain")
        if places
        else tag("p", "Nobody yet.", class_="soft"),
        tag("h2", "One more"),
        form(
            visit,
            visit.at(*here, "places"),
            field("Name", "name", required=True, maxlength="128", pattern="[A-Za-z0-9_\\-]+", hint=NAMES),
            choice("Integration", "integration", await _integrations(visit)),
            tag("p", tag("button", "Add", class_="main")),
            class_="card",
        ),
        tag("h2", "Delete"),
        removal(
            visit,
            visit.at(*here, "delete"),
            "Delete the switchboard",
            "Delete the switchboard, with all that are on it? Nobody has control of anything then.",
        ),
        way="switchboard",
    )


NAMES = "Letters, digits, dashes and underscores."


async def _integrations(visit: Visit) -> list[tuple[str, str]]:
    return [
        (each.id or "", f"{plain(getattr(each, 'display_name', None)) or each.id}")
        async for each in visit.client.integrations.iterate()
    ]


def _place(visit: Visit, board: str, place: SwitchboardIntegration, others: list[tuple[str, str]]) -> Html:
    here = ("switchboard", board, "places", place.id)
    following = [each for each in others if each[0] != place.id]
    return tag(
        "li",
        tag(
            "details",
            tag(
                "summary",
                tag("b", plain(place.name)),
                " ",
                tag("small", f"{place.integration_type} · {place.id}", class_="soft"),
            ),
            form(
                visit,
                visit.at(*here),
                tag("input", type="hidden", name="next_before", value=place.next_switchboard_integration_id or ""),
                _named(place),
                choice("Who is next", f"next-{place.id}", following, place.next_switchboard_integration_id or ""),
                check("Hears of what it does not control", "standby", on=place.deliver_standby_events),
                tag("p", tag("button", "Save")),
            ),
            removal(visit, visit.at(*here, "delete"), "Remove", f"Remove {plain(place.name)} from the switchboard?"),
        ),
        class_="card",
    )


def _named(place: SwitchboardIntegration) -> Html:
    return field("Name", f"name-{place.id}", place.name, required=True, maxlength="128", hint=NAMES)


async def create(visit: Visit) -> Response:
    """The one that an app may have."""
    await visit.form()
    await visit.client.switchboards.create()
    return go(visit.at("switchboard"))


async def update(visit: Visit) -> Response:
    """Enable it, and say who answers first."""
    said, id = await visit.form(), visit.path("switchboard_id")
    body = SwitchboardUpdateBody(enabled="enabled" in said)
    if text(said, "default"):
        body.default_switchboard_integration_id = text(said, "default")
    await visit.client.switchboards.update(id, body)
    return go(visit.at("switchboard"))


async def delete(visit: Visit) -> Response:
    """Without one."""
    await visit.form()
    await visit.client.switchboards.delete(visit.path("switchboard_id"))
    return go(visit.at("switchboard"))


async def add(visit: Visit) -> Response:
    """One more on it."""
    said, id = await visit.form(), visit.path("switchboard_id")
    body = SwitchboardIntegrationCreateBody(name=text(said, "name"), integration_id=text(said, "integration"))
    await visit.client.switchboard_integrations.create(id, body)
    return go(visit.at("switchboard"))


async def change(visit: Visit) -> Response:
    """One of those on it."""
    said, board, id = await visit.form(), visit.path("switchboard_id"), visit.path("place_id")
    body = SwitchboardIntegrationUpdateBody(name=text(said, f"name-{id}"), deliver_standby_events="standby" in said)
    following = text(said, f"next-{id}")
    if following != text(said, "next_before"):
        body.next_switchboard_integration_id = following or None
    await visit.client.switchboard_integrations.update(board, id, body)
    return go(visit.at("switchboard"))


async def remove(visit: Visit) -> Response:
    """One less on it."""
    await visit.form()
    await visit.client.switchboard_integrations.delete(visit.path("switchboard_id"), visit.path("place_id"))
    return go(visit.at("switchboard"))
