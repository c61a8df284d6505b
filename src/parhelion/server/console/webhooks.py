"""Webhooks: where events are sent, and what becomes of them on the way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import cast

import msgspec
from starlette.datastructures import FormData
from starlette.responses import Response

from ...wire import (
    TRIGGERS,
    ApiError,
    Custom,
    Delivery,
    DeliveryListFilter,
    DeliveryState,
    Page,
    Trigger,
    Webhook,
    WebhookBody,
    WebhookCreateBody,
    WebhookTestBody,
)
from ..html import Html, of, tag
from .drawing import moment
from .forms import check, choice, field, form, press, removal
from .frame import page, piece, told
from .plain import plain
from .tables import table
from .visit import Visit, go, text

TRIGGERS_AT_FIRST = ("conversation:message",)
FEW = 25
AGAIN = "2"  # seconds after which deliveries are looked at again
STATES: dict[str, str] = {"": "All", "pending": "Pending", "failed": "Failed", "delivered": "Delivered"}
SAID = {
    "saved": "Saved.",
    "test": "A test is on its way.",
    "replayed": "It is sent once more.",
    "all": "All that failed are sent once more.",
    "none": "Nothing has failed.",
}
HEADS = ("Event", "State", "Answer", "Latency", "Attempts", "Happened", "Again")
MARKS = {"pending": "sunny", "failed": "bad", "delivered": "good"}


async def show(visit: Visit) -> Response:
    """All webhooks of all integrations."""
    found: list[tuple[Custom, Webhook]] = []
    customs: list[Custom] = []
    async for each in visit.client.integrations.iterate():
        if isinstance(each, Custom):
            customs.append(each)
            found += [(each, webhook) for webhook in each.webhooks]
    if customs:
        new = tag("a", "New webhook", href=visit.at("webhooks", customs[0].id or "", "new"), class_="button main")
    else:
        new = tag("a", "New integration", href=visit.at("integrations", "new"), class_="button main")
    empty = tag("p", "None yet. A webhook tells a program of yours what happens in the app.", class_="empty")
    return await page(
        visit,
        "Webhooks",
        tag("div", tag("h1", "Webhooks"), new, class_="head"),
        rows_of(visit, found) if found else empty,
        way="webhooks",
    )


def rows_of(visit: Visit, found: Sequence[tuple[Custom, Webhook]]) -> Html:
    """Webhooks, a row each."""
    rows = [
        (
            tag("a", plain(webhook.target), href=visit.at("webhooks", integration.id or "", webhook.id)),
            plain(integration.display_name),
            ", ".join(webhook.triggers[:3]) + (f" and {more} more" if (more := len(webhook.triggers) - 3) > 0 else ""),
        )
        for integration, webhook in found
    ]
    return table(("Target", "Integration", "Hears of"), rows)


async def new(visit: Visit) -> Response:
    """One more."""
    return await _new(visit)


async def _new(visit: Visit, wrong: Html | None = None, target: str = "", status: int = 200) -> Response:
    id = visit.path("integration_id")
    return await page(
        visit,
        "New webhook",
        tag("h1", "New webhook"),
        wrong,
        form(
            visit,
            visit.at("webhooks", id, "new"),
            *webhook_fields(target, TRIGGERS_AT_FIRST, full_user=False, full_source=False),
            tag("p", tag("button", "Create", class_="main")),
            class_="card",
        ),
        way="webhooks",
        status=status,
    )


def webhook_fields(target: str, triggers: Collection[str], *, full_user: bool, full_source: bool) -> list[Html]:
    """What there is to say of a webhook."""
    return [
        field("Target", "target", target, required=True, type="url", placeholder="https://example.org/events"),
        tag(
            "fieldset",
            tag("legend", "Hears of"),
            tag(
                "div", *(check(each, "trigger", value=each, on=each in triggers) for each in TRIGGERS), class_="checks"
            ),
        ),
        check("Tell all that is known of users", "full_user", on=full_user),
        check("Tell the client and the device, too", "full_source", on=full_source),
    ]


def _triggers_of(said: FormData) -> list[Trigger]:
    """Those that are ticked. Whether they are triggers, the API judges."""
    return cast("list[Trigger]", [str(each) for each in said.getlist("trigger")])


def webhook_of(said: FormData) -> WebhookCreateBody:
    """What `webhook_fields` were filled in with."""
    return WebhookCreateBody(
        target=text(said, "target"),
        triggers=_triggers_of(said),
        include_full_user="full_user" in said,
        include_full_source="full_source" in said,
    )


async def create(visit: Visit) -> Response:
    """Make it."""
    body, id = webhook_of(await visit.form()), visit.path("integration_id")
    try:
        made = (await visit.client.webhooks.create(id, body)).webhook
    except ApiError as error:
        return await _new(visit, told(error), body.target, error.status)
    return go(visit.at("webhooks", id, made.id))


async def one(visit: Visit) -> Response:
    """One of them, with what it was sent."""
    integration_id, id = visit.path("integration_id"), visit.path("webhook_id")
    webhook = (await visit.client.webhooks.get(integration_id, id)).webhook
    here = ("webhooks", integration_id, id)
    state = visit.asked("state")
    ways = [
        tag("a", name, href=visit.at(*here, state=value), aria_current="true" if value == state else None)
        for value, name in STATES.items()
    ]
    return await page(
        visit,
        "Webhook",
        tag("div", tag("h1", plain(webhook.target)), tag("code", id), class_="head"),
        tag("p", SAID[done], class_="told good", role="status") if (done := visit.asked("done")) in SAID else None,
        tag(
            "div",
            form(
                visit,
                visit.at(*here, "test"),
                tag("div", choice("Send a test event", "trigger", [(each, each) for each in webhook.triggers])),
                tag("button", "Send"),
                class_="row low",
            ),
            press(visit, visit.at(*here, "replay"), "Replay all failed", ask="Send all that failed once more?"),
            class_="row low apart",
        ),
        tag("div", tag("h2", "Deliveries"), tag("nav", *ways, class_="tabs", aria_label="State"), class_="head"),
        tag(
            "section",
            *(await _deliveries(visit)),
            id="deliveries",
            data_again=None if visit.asked("before") else AGAIN,
            data_from=visit.at(*here, "deliveries", state=state),
        ),
        tag(
            "details",
            tag("summary", "Settings and secret"),
            form(
                visit,
                visit.at(*here),
                *webhook_fields(
                    webhook.target,
                    webhook.triggers,
                    full_user=bool(webhook.include_full_user),
                    full_source=bool(webhook.include_full_source),
                ),
                tag("p", tag("button", "Save", class_="main")),
            ),
            tag("p", "Secret, sent as X-API-Key: ", tag("code", webhook.secret or "")),
            removal(visit, visit.at(*here, "delete"), "Delete webhook", "Delete this webhook? It cannot come back."),
            class_="card settings",
        ),
        way="webhooks",
    )


async def deliveries(visit: Visit) -> Response:
    """What it was sent, as it stands now."""
    return piece(*(await _deliveries(visit)))


async def _deliveries(visit: Visit) -> list[Html]:
    id, state = visit.path("webhook_id"), visit.asked("state")
    chosen = DeliveryListFilter(state=cast("DeliveryState", state)) if state else None
    before = visit.asked("before") or None
    found = await visit.client.deliveries.list(id, filter=chosen, page=Page(size=FEW, before=before))
    if not found.deliveries:
        return [tag("p", "Nothing here.", class_="empty")]
    shown = table(HEADS, (_row(visit, each) for each in reversed(found.deliveries)))
    earlier = found.meta.before_cursor if found.meta else None
    here = ("webhooks", visit.path("integration_id"), id)
    if not earlier:
        return [shown]
    return [shown, tag("a", "Earlier ones", href=visit.at(*here, state=state, before=earlier), class_="button earlier")]


def _row(visit: Visit, delivery: Delivery) -> tuple[str | None, ...]:
    here = ("webhooks", visit.path("integration_id"), visit.path("webhook_id"), "deliveries", delivery.event_id)
    return (
        tag("a", delivery.type, href=visit.at(*here)),
        _state(delivery),
        _answer(delivery),
        _latency(delivery),
        str(delivery.attempts),
        moment(delivery.created_at),
        press(visit, visit.at(*here, "replay"), "Replay", class_="quiet"),
    )


def _state(delivery: Delivery) -> Html:
    return tag("span", delivery.state, class_=f"mark {MARKS.get(delivery.state, '')}".strip())


def _answer(delivery: Delivery) -> str:
    answer = delivery.answer
    if answer is None:
        return "not yet"
    return plain(answer.error) if answer.status is None else str(answer.status)


def _latency(delivery: Delivery) -> str:
    seconds = delivery.answer.seconds if delivery.answer else None
    if seconds is None:
        return ""
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.0f} s"


async def delivery(visit: Visit) -> Response:
    """One delivery: what was sent, what came back."""
    id = visit.path("webhook_id")
    found = (await visit.client.deliveries.get(id, visit.path("event_id"))).delivery
    here = ("webhooks", visit.path("integration_id"), id)
    answer, request = found.answer, found.request
    return await page(
        visit,
        "Delivery",
        tag("p", tag("a", "All deliveries", href=visit.at(*here))),
        tag(
            "div",
            tag("h1", found.type),
            press(visit, visit.at(*here, "deliveries", found.event_id, "replay"), "Replay", class_="main"),
            class_="head",
        ),
        tag(
            "dl",
            *_facts(
                ("State", _state(found)),
                ("Event", tag("code", found.event_id)),
                ("Happened", moment(found.created_at)),
                ("Attempts", str(found.attempts)),
                ("Next attempt", moment(found.next_attempt_at)),
                ("Delivered", moment(found.delivered_at)),
                ("Given up", moment(found.failed_at)),
                ("Latency", _latency(found) or None),
            ),
            class_="facts",
        ),
        tag("h2", "Request"),
        _sent(request.headers, request.body, f"POST {request.url}") if request else tag("p", "Not kept."),
        tag("h2", "Answer"),
        _sent(
            answer.headers or [], answer.body or "", f"Status {answer.status}" if answer.status else answer.error or ""
        )
        if answer
        else tag("p", "There was none yet.", class_="soft"),
        way="webhooks",
    )


def _facts(*facts: tuple[str, str | None]) -> list[Html]:
    return [of(tag("dt", name), tag("dd", said)) for name, said in facts if said]


def _sent(headers: Sequence[Sequence[str]], body: str, first: str) -> Html:
    lines = "\n".join([first, *(f"{name}: {value}" for name, value in headers)])
    return of(
        tag("pre", plain_lines(lines), tabindex="0", aria_label="Headers"),
        tag("pre", plain_lines(_pretty(body)), tabindex="0", aria_label="Body") if body else None,
    )


def plain_lines(text: str) -> str:
    """Several lines, each as `plain` has it."""
    return "\n".join(map(plain, text.splitlines()))


def _pretty(body: str) -> str:
    try:
        return msgspec.json.format(body)
    except msgspec.DecodeError:
        return body


async def update(visit: Visit) -> Response:
    """Another target, other triggers."""
    said, id = await visit.form(), visit.path("webhook_id")
    body = WebhookBody(
        target=text(said, "target"),
        triggers=_triggers_of(said),
        include_full_user="full_user" in said,
        include_full_source="full_source" in said,
    )
    await visit.client.webhooks.update(visit.path("integration_id"), id, body)
    return _back(visit, "saved")


async def delete(visit: Visit) -> Response:
    """One less."""
    await visit.form()
    await visit.client.webhooks.delete(visit.path("integration_id"), visit.path("webhook_id"))
    return go(visit.at("webhooks"))


async def test(visit: Visit) -> Response:
    """Send it something that did not happen."""
    said = await visit.form()
    body = WebhookTestBody(trigger=cast("Trigger", text(said, "trigger")))
    await visit.client.deliveries.test(visit.path("webhook_id"), body)
    return _back(visit, "test")


async def replay(visit: Visit) -> Response:
    """Send one event once more."""
    await visit.form()
    await visit.client.deliveries.replay(visit.path("webhook_id"), visit.path("event_id"))
    return _back(visit, "replayed")


async def replay_all(visit: Visit) -> Response:
    """Send all that failed once more."""
    await visit.form()
    replayed = (await visit.client.deliveries.replay_failed(visit.path("webhook_id"))).replayed
    return _back(visit, "all" if replayed else "none")


def _back(visit: Visit, done: str) -> Response:
    return go(visit.at("webhooks", visit.path("integration_id"), visit.path("webhook_id"), done=done))
