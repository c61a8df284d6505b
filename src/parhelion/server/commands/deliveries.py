"""Deliveries: what a webhook was sent and what it has not got; sending it again, and sending a test."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

from ...operations import Deliveries
from ...wire import (
    BadRequest,
    Delivery,
    DeliveryAnswer,
    DeliveryListFilter,
    DeliveryListResponse,
    DeliveryRequest,
    DeliveryResponse,
    NotFound,
    Page,
    ReplayBody,
    ReplayResponse,
    Webhook,
    WebhookTestBody,
    WebhookTestResponse,
    instant,
)
from ...wire.reading import decoder
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Refused, Row, Write, milliseconds
from ..rules.events import envelope
from ..rules.samples import sample
from ..rules.signing import headers_shown
from ..rules.targets import shown
from . import _telling as telling
from ._pages import NEWEST, page_of
from ._serves import Context, Said, serves

CURSOR = "{:024x}"  # a position, as long as the ids that other lists have for cursors
_CURSOR = re.compile("[0-9a-f]{24}")


@serves(Deliveries.list)
async def list_(
    context: Context, webhook_id: str, *, filter: DeliveryListFilter | None = None, page: Page | None = None
) -> Said[DeliveryListResponse]:
    await _its_webhook(context, webhook_id)
    state = filter.state if filter else None

    async def near(cursor: str, several: int, *, back: bool) -> list[Row]:
        found = await rows.deliveries.page(
            context.database, context.app_id, webhook_id, state, _position(cursor), several, back=back
        )
        return [(CURSOR.format(row[0]), to_json(_said(row))) for row in found]

    asked = {"filter[state]": state}
    return Said(await page_of(context, "deliveries", page, near, newest_first=True, asked=asked))


@serves(Deliveries.get)
async def get(context: Context, webhook_id: str, event_id: str) -> DeliveryResponse:
    webhook = await _its_webhook(context, webhook_id)
    row = await rows.deliveries.find(context.database, context.app_id, webhook_id, event_id)
    if row is None:
        raise NotFound("This webhook has no delivery of such an event, or it is kept no longer.")
    delivery, last = _said(row[:-1]), _answer(row[-2])
    headers = headers_shown(event_id, int(last.sent_at.timestamp()) if last and last.sent_at else None)
    delivery.request = DeliveryRequest(
        url=shown(webhook.target),
        headers=[[name, value] for name, value in headers.items()],
        body=envelope(context.app_id, webhook, row[-1]).decode(),
    )
    return DeliveryResponse(delivery=delivery)


@serves(Deliveries.replay)
async def replay(context: Context, webhook_id: str, event_id: str) -> Said[ReplayResponse]:
    try:
        write = rows.deliveries.replay(context.app_id, webhook_id, event_id)
        return await context.write(write, ReplayResponse(replayed=1), f"webhook/{webhook_id}/event/{event_id}")
    except Refused:
        await _its_webhook(context, webhook_id)
        raise NotFound("There is no such event, or it is kept no longer.") from None


@serves(Deliveries.replay_failed)
async def replay_failed(context: Context, webhook_id: str, body: ReplayBody | None = None) -> Said[ReplayResponse]:
    await _its_webhook(context, webhook_id)
    since = milliseconds(body.since.timestamp()) if body and body.since else 0
    await context.note(f"webhook/{webhook_id}")  # before the first of several writes
    replayed = last = 0
    while found := await rows.deliveries.failed_since(context.database, webhook_id, since, last):
        after, (last, several) = last, found  # some at a time, so that others come in between
        if several:
            with suppress(Refused):  # sent anew meanwhile, by somebody else
                write = rows.deliveries.replay_failed(context.app_id, webhook_id, since, after, last)
                replayed += len(await context.database.write(write))
        await asyncio.sleep(0)
    return await context.write(Write(webhook_id, (), {}), ReplayResponse(replayed=replayed), None)


@serves(Deliveries.test)
async def send_test(
    context: Context, webhook_id: str, body: WebhookTestBody | None = None
) -> Said[WebhookTestResponse]:
    webhook = await _its_webhook(context, webhook_id)
    trigger = (body.trigger if body else None) or webhook.triggers[0]
    event = telling.told(sample(trigger, **telling.new(context)), "", webhook_id)
    try:
        return await context.write(
            rows.deliveries.send_test(context.app_id, webhook_id, event, context.now()),
            WebhookTestResponse(event_id=event.id, type=event.type),
            f"webhook/{webhook_id}/event/{event.id}",
        )
    except Refused:
        raise NotFound from None


async def _its_webhook(context: Context, id: str) -> Webhook:
    found = await rows.deliveries.webhook(context.database, context.app_id, id)
    if found is None:
        raise NotFound
    webhook: Webhook = decoder(Webhook).decode(found)
    return webhook


def _position(cursor: str) -> int:
    if cursor == NEWEST:
        return rows.deliveries.FAR
    if not _CURSOR.fullmatch(cursor):
        raise BadRequest("page: should have a cursor that was answered with a page")
    return min(int(cursor, 16), rows.deliveries.FAR)


def _answer(stored: bytes | None) -> DeliveryAnswer | None:
    return None if stored is None else decoder(DeliveryAnswer).decode(stored)


def _said(row: Row) -> Delivery:
    _, event, type, conversation, created, attempts, next_at, failed, arrived, stored = row
    answer = _answer(stored)
    if answer and answer.sent_at:
        answer.sent_at = instant(milliseconds(answer.sent_at.timestamp()))
    return Delivery(
        event_id=event,
        type=type,
        conversation_id=conversation or None,
        created_at=instant(created),
        state="failed" if failed else "delivered" if arrived else "pending",
        attempts=attempts,
        next_attempt_at=instant(next_at) if next_at and not failed else None,
        failed_at=instant(failed) if failed else None,
        delivered_at=instant(arrived) if arrived else None,
        answer=answer,
    )
