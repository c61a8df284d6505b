"""Integrations: through which an app speaks and hears. One's own are made here, with their webhooks and keys."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from ...wire import (
    ApiError,
    Custom,
    CustomCreate,
    Integration,
    IntegrationApiKey,
    IntegrationUpdate,
)
from ..html import Html, of, tag
from .forms import field, form, removal
from .frame import page, told
from .keys import secret
from .plain import plain
from .tables import table
from .visit import Visit, go, text
from .webhooks import TRIGGERS_AT_FIRST, rows_of, webhook_fields, webhook_of

MOST = 200


async def show(visit: Visit) -> Response:
    """All of them."""
    rows: list[tuple[str | None, ...]] = []
    async for each in visit.client.integrations.iterate():
        if len(rows) == MOST:
            break
        name = plain(getattr(each, "display_name", None)) or "Without a name"
        there = tag("a", name, href=visit.at("integrations", each.id or ""))
        rows.append((there, _type(each), tag("code", each.id or ""), plain(getattr(each, "status", None))))
    new = tag("a", "New integration", href=visit.at("integrations", "new"), class_="button main")
    return await page(
        visit,
        "Integrations",
        tag("div", tag("h1", "Integrations"), new, class_="head"),
        table(("Name", "Type", "ID", "Status"), rows)
        if rows
        else tag("p", "None yet. A program of yours that answers users is one.", class_="empty"),
        way="integrations",
    )


def _type(integration: Integration) -> str:
    """The word for it, which is its tag."""
    return str(msgspec.to_builtins(integration)["type"])


async def new(visit: Visit) -> Response:
    """For a program of one's own."""
    return await _new(visit)


async def _new(
    visit: Visit, wrong: Html | None = None, name: str = "", target: str = "", status: int = 200
) -> Response:
    return await page(
        visit,
        "New integration",
        tag("h1", "New integration"),
        tag("p", "For a program of your own: it hears by a webhook, and speaks with a key of its own.", class_="soft"),
        wrong,
        form(
            visit,
            visit.at("integrations", "new"),
            field("Name", "name", name, required=True, maxlength="100"),
            *webhook_fields(target, TRIGGERS_AT_FIRST, full_user=False, full_source=False),
            tag("p", tag("button", "Create", class_="main")),
            class_="card",
        ),
        way="integrations",
        status=status,
    )


async def create(visit: Visit) -> Response:
    """Make one, with its first webhook."""
    said = await visit.form()
    name, webhook = text(said, "name"), webhook_of(said)
    try:
        made = (await visit.client.integrations.create(CustomCreate(display_name=name, webhooks=[webhook]))).integration
    except ApiError as error:
        return await _new(visit, told(error), name, webhook.target, error.status)
    return go(visit.at("integrations", made.id or ""))


async def one(visit: Visit) -> Response:
    """One of them."""
    id = visit.path("integration_id")
    integration = (await visit.client.integrations.get(id)).integration
    name = plain(getattr(integration, "display_name", None)) or "Without a name"
    here = ("integrations", id)
    own: Html | None = None
    if isinstance(integration, Custom):
        keys = (await visit.client.integration_keys.list(id)).keys
        own = of(
            tag(
                "div",
                tag("h2", "Webhooks"),
                tag("a", "New webhook", href=visit.at("webhooks", id, "new"), class_="button"),
                class_="head",
            ),
            rows_of(visit, [(integration, each) for each in integration.webhooks]),
            tag("h2", "Keys"),
            *(
                tag(
                    "div",
                    tag("b", plain(each.display_name)),
                    secret(each),
                    removal(visit, visit.at(*here, "keys", each.id, "delete"), "Delete", f"Delete the key {each.id}?"),
                    class_="card key",
                )
                for each in keys
            ),
            form(
                visit,
                visit.at(*here, "keys"),
                tag("div", field("Name of a new key", "name", required=True, maxlength="100"), class_="grow"),
                tag("button", "Create key"),
                class_="row low",
            ),
        )
    return await page(
        visit,
        name,
        tag("div", tag("h1", name), tag("span", _type(integration), class_="mark"), class_="head"),
        form(
            visit,
            visit.at(*here),
            tag("div", field("Name", "rename", name, required=True, maxlength="100"), class_="grow"),
            tag("button", "Rename"),
            class_="row low",
        )
        if isinstance(integration, Custom)
        else None,
        tag("p", tag("code", id), class_="soft"),
        own,
        tag("h2", "Delete"),
        removal(
            visit,
            visit.at(*here, "delete"),
            "Delete integration",
            f"Delete {name}, with its webhooks and its keys? It cannot come back.",
        ),
        way="integrations",
    )


async def rename(visit: Visit) -> Response:
    """Another name."""
    said, id = await visit.form(), visit.path("integration_id")
    await visit.client.integrations.update(id, IntegrationUpdate(display_name=text(said, "rename")))
    return go(visit.at("integrations", id))


async def delete(visit: Visit) -> Response:
    """Delete one."""
    await visit.form()
    await visit.client.integrations.delete(visit.path("integration_id"))
    return go(visit.at("integrations"))


async def create_key(visit: Visit) -> Response:
    """A key of its own."""
    said, id = await visit.form(), visit.path("integration_id")
    await visit.client.integration_keys.create(id, IntegrationApiKey(display_name=text(said, "name")))
    return go(visit.at("integrations", id))


async def delete_key(visit: Visit) -> Response:
    """Delete a key of its own."""
    await visit.form()
    id = visit.path("integration_id")
    await visit.client.integration_keys.delete(id, visit.path("key_id"))
    return go(visit.at("integrations", id))
