"""The keys of an app."""

from __future__ import annotations

from starlette.responses import Response

from ...wire import ApiKey, AppKey, AppKeyCreateBody, Forbidden
from ..html import Html, tag
from .forms import field, form, removal
from .frame import page
from .plain import plain
from .visit import Visit, at, go, text


async def show(visit: Visit) -> Response:
    """All of them."""
    try:
        keys = (await visit.client.app_keys.list()).keys
    except Forbidden:
        return await page(
            visit,
            "Keys",
            tag("h1", "Keys"),
            tag("p", "Keys of an app are made with a key of the account. You are signed in with one of the app: "),
            tag("p", tag("code", visit.held.key_id)),
            tag("a", "Add a key", href=at("sign-in", more="1", back=visit.at("keys")), class_="button"),
            way="keys",
        )
    mine = visit.held.key_id
    cards = [
        tag(
            "li",
            tag(
                "b",
                plain(each.display_name),
                " ",
                tag("span", "yours", class_="mark good") if each.id == mine else None,
            ),
            secret(each),
            removal(
                visit,
                visit.at("keys", each.id, "delete"),
                "Delete",
                f"Delete the key {each.id}? Whoever uses it is let in no more."
                + (" You are signed in with it." if each.id == mine else ""),
            ),
            class_="card key",
        )
        for each in keys
    ]
    return await page(
        visit,
        "Keys",
        tag("h1", "Keys"),
        tag(
            "p", "With a key a program may do everything in this app. Give each program one of its own.", class_="soft"
        ),
        tag("ul", *cards, class_="plain"),
        form(
            visit,
            visit.at("keys"),
            tag("div", field("Name of a new key", "name", required=True, maxlength="100"), class_="grow"),
            tag("button", "Create key", class_="main"),
            class_="row low",
        ),
        way="keys",
    )


def secret(key: AppKey | ApiKey) -> Html:
    """A key, whose secret is shown to who asks for it."""
    return tag(
        "div",
        tag("p", tag("code", key.id)),
        tag("details", tag("summary", "Show the secret"), tag("p", tag("code", key.secret or "")), class_="reveal"),
        class_="grow",
    )


async def create(visit: Visit) -> Response:
    """One more."""
    said = await visit.form()
    await visit.client.app_keys.create(AppKeyCreateBody(display_name=text(said, "name")))
    return go(visit.at("keys"))


async def delete(visit: Visit) -> Response:
    """One less."""
    await visit.form()
    await visit.client.app_keys.delete(visit.path("key_id"))
    return go(visit.at("keys"))
