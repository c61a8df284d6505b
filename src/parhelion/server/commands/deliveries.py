"""Deliveries: what a webhook has not got, and sending it again."""

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
    NotFound,
    Page,
    ReplayBody,
    ReplayResponse,
    instant,
)
from ...wire.reading import decoder
from ...wire.writing import write as to_json
from .. import rows
from ..ports import Refused, Row, Write, milliseconds
from ._pages import page_of
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

    return Said(await page_of(context, "deliveries", page, near, asked={"filter[state]": state}))


@serves(Deliveries.replay)
async def replay(context: Context, webhook_id: str, event_id: str) -> Said[ReplayResponse]:
    try:
        return await context.write(
            rows.deliveries.replay(context.app_id, webhook_id, event_id), ReplayResponse(replayed=1)
        )
    except Refused:
        await _its_webhook(context, webhook_id)
        raise NotFound("There is no such event, or it is kept no longer.") from None


@serves(Deliveries.replay_failed)
async def replay_failed(context: Context, webhook_id: str, body: ReplayBody | None = None) -> Said[ReplayResponse]:
    await _its_webhook(context, webhook_id)
    since = milliseconds(body.since.timestamp()) if body and body.since else 0
    replayed = last = 0
    while found := await rows.deliveries.failed_since(context.database, webhook_id, since, last):
        after, (last, several) = last, found  # some at a time, so that others come in between
        if several:
            with suppress(Refused):  # sent anew meanwhile, by somebody else
                write = rows.deliveries.replay_failed(context.app_id, webhook_id, since, after, last)
                replayed += len(await context.database.write(write))
        await asyncio.sleep(0)
    return await context.write(Write(webhook_id, (), {}), ReplayResponse(replayed=replayed))


async def _its_webhook(context: Context, webhook: str) -> None:
    if await rows.deliveries.webhook(context.database, context.app_id, webhook) is None:
        raise NotFound


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    if not _CURSOR.fullmatch(cursor):
        raise BadRequest("page: should have a cursor that was answered with a page")
    return min(int(cursor, 16), rows.deliveries.FAR)


def _said(row: Row) -> Delivery:
    _, event, type, conversation, created, attempts, next_at, failed, answer = row
    return Delivery(
        event_id=event,
        type=type,
        conversation_id=conversation or None,
        created_at=instant(created),
        state="failed" if failed else "pending",
        attempts=attempts,
        next_attempt_at=instant(next_at) if next_at and not failed else None,
        failed_at=instant(failed) if failed else None,
        answer=decoder(DeliveryAnswer).decode(answer) if answer else None,
    )
