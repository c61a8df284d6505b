"""parhelion webhook list | deliveries | replay | test: what webhooks got and what not, and sending it again.

They ask the server over its API, so they work from anywhere, with a key of the app.
"""

from __future__ import annotations

import argparse
from datetime import datetime

from ..client import Client
from ..wire import Delivery, DeliveryListFilter, Page, ReplayBody, WebhookTestBody
from ..wire.writing import write as to_json
from .asking import asking
from .listen import one_line, visible

FAILED = DeliveryListFilter(state="failed")
MOST = 100  # that are counted: a page


@asking
def show_webhooks(client: Client, _: argparse.Namespace) -> None:
    """Every webhook of the app, and how much it has not got."""
    found = False
    for integration in client.integrations.iterate():
        for webhook in client.webhooks.list(integration.id or "").webhooks:
            found = True
            print(f"{webhook.id}  {visible(webhook.target)}")
            print(f"    {visible(', '.join(webhook.triggers))}")
            if failed := len(client.deliveries.list(webhook.id, filter=FAILED, page=Page(size=MOST)).deliveries):
                print(f"    {failed}{' or more' if failed == MOST else ''} failed. Look at them, or send them again:")
                print(f"      parhelion webhook deliveries {webhook.id} --state failed")
                print(f"      parhelion webhook replay {webhook.id} --failed")
    if not found:
        print("The app has no webhook. Without one, `parhelion listen` shows events as they come.")


@asking
def show_deliveries(client: Client, asked: argparse.Namespace) -> None:
    """What a webhook was sent, is still to be sent, or could not be sent: the newest first."""
    found = False
    for delivery in client.deliveries.iterate(asked.id, filter=DeliveryListFilter(state=asked.state)):
        found = True
        print(one_line(to_json(delivery)) if asked.json else _line(delivery), flush=True)
    if not (found or asked.json):
        print(f"Nothing is {asked.state}." if asked.state else "Nothing was sent to it, and nothing waits.")


@asking
def replay(client: Client, asked: argparse.Namespace) -> None:
    """Send one event, or all that has failed."""
    look = f"See what becomes of it:  parhelion webhook deliveries {asked.id}"
    if asked.event is not None:
        client.deliveries.replay(asked.id, asked.event)
        print(f"Event {asked.event} is sent again. {look}")
        return
    several = client.deliveries.replay_failed(asked.id, ReplayBody(since=asked.since)).replayed
    since = f" since {_short(asked.since)}" if asked.since else ""
    print(f"Sent again: {several} that had failed{since}. {look}" if several else f"Nothing has failed{since}.")


@asking
def test(client: Client, asked: argparse.Namespace) -> None:
    """Send a made-up event."""
    sent = client.deliveries.test(asked.id, WebhookTestBody(trigger=asked.trigger))
    look = f"See what becomes of it:  parhelion webhook deliveries {asked.id}"
    print(f"Event {sent.event_id}, a test of {sent.type}, is sent. {look}")


def _line(delivery: Delivery) -> str:
    answer = delivery.answer
    came = "not tried yet"
    if answer is not None:
        came = f"{answer.status or visible(answer.error or '')} after attempt {delivery.attempts}"
        if answer.seconds is not None:
            came += f", in {answer.seconds:.3f} s"
    if delivery.next_attempt_at is not None:
        came += f", next at {_short(delivery.next_attempt_at)}"
    return f"{delivery.event_id}  {_short(delivery.created_at)}  {delivery.state:<9}  {visible(delivery.type)}  {came}"


def _short(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
