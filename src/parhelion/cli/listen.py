"""parhelion listen: an app's events in a terminal, and on to a program that no webhook could reach.

    the next event -> a line about it -> POST to --forward-to, as a webhook would -> what was answered, and how fast

One after the other, so their order is kept, and each once, whatever is answered: who looks on is to see what happens.
At the end it says the token after the last event that was dealt with, for --after. What is shown comes from anybody: no
character of it steers the terminal.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time
from dataclasses import dataclass
from json import dumps
from typing import Any
from urllib.parse import urlsplit

import msgspec

from ..client import Client, Headers, HttpTransport, Request, Timeout
from ..operations import Events
from ..server.rules.signing import headers_for
from ..wire import Envelope, EnvelopeApp, EnvelopeWebhook, Event, Kept, NoAnswer, ParhelionError, UnknownEvent
from ..wire.reading import is_object, tolerant
from ..wire.writing import write as to_json

PATIENCE = Timeout(connect=20, read=20)
PREVIEW = 80  # characters


def listen(asked: argparse.Namespace) -> int:
    """Run until interrupted."""
    wanted = {
        "conversation_id": asked.conversation,
        "triggers": asked.trigger,
        "include_full_user": asked.include_full_user or None,
        "include_full_source": asked.include_full_source or None,
        "after": asked.after,
    }
    counted = _Counted()
    try:
        with Client(asked.url, app_id=asked.app_id, key_id=asked.key_id, secret=asked.secret, sleep=_pause) as client:
            forwarding = None
            if asked.forward_to is not None:
                forwarding = _Forwarding(asked.forward_to, asked.webhook_secret, client.app_id or "")
            with client.listen(Events.listen, wanted, msgspec.Raw) as listening:  # what was said is what is posted
                counted.token = listening.token
                _note(f"Listening to app {client.app_id}. Ctrl-C stops it.")
                if forwarding is not None:
                    made = "" if asked.webhook_secret else f", with the secret {forwarding.secret}"
                    _note(f"Forwarding to {asked.forward_to}{made}")
                for raw in listening:
                    counted.events += 1
                    _tell(bytes(raw), forwarding, counted, as_json=asked.json)
                    counted.token = listening.token
    except ParhelionError as error:
        print(f"parhelion: {visible(str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        _note(f"\n{counted.summary(asked.forward_to is not None)}")
    return 0


def visible(text: str) -> str:
    r"""The text on one line, with what a terminal might obey as an escape: \u001b."""
    return "".join(each if each.isprintable() else dumps(each)[1:-1] for each in text)


def _tell(raw: bytes, forwarding: _Forwarding | None, counted: _Counted, *, as_json: bool) -> None:
    event = _read(raw)
    print(one_line(raw) if as_json else _shown(event), flush=True)
    if forwarding is not None:
        told = forwarding.post(event.id, raw, counted)
        print(f"          {told}", file=sys.stderr if as_json else sys.stdout, flush=True)


@dataclass
class _Counted:
    events: int = 0
    taken: int = 0
    refused: int = 0
    unreached: int = 0
    token: str | None = None  # after the last that was dealt with

    def summary(self, forwarded: bool) -> str:
        several = f"{self.events} event{'' if self.events == 1 else 's'}"
        if forwarded:
            several += f": {self.taken} taken, {self.refused} refused, {self.unreached} without an answer"
        return f"{several}." if self.token is None else f"{several}. Go on with --after {self.token}"


class _Forwarding:
    """Where events are posted, as a webhook of the app would."""

    def __init__(self, address: str, secret: str | None, app_id: str) -> None:
        parts = urlsplit(address)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.secret = secret or secrets.token_urlsafe(32)
        webhook = EnvelopeWebhook(id=os.urandom(12).hex(), version="v2")
        empty = to_json(Envelope(app=EnvelopeApp(id=app_id), webhook=webhook, events=[]))
        self.head = empty.removesuffix(b"]}")
        self.transport = HttpTransport()

    def post(self, event_id: str, event: bytes, counted: _Counted) -> str:
        """Post one event, as it came. Answers what became of it."""
        body = b"%b%b]}" % (self.head, event)
        known = event_id if event_id.isascii() and event_id.isprintable() else "unknown"  # it becomes a header
        headers = Headers(headers_for(self.secret, known, int(time.time()), body))
        headers["content-length"] = str(len(body))
        began = time.monotonic()
        try:
            answer = self.transport.stream(Request("POST", self.origin, self.path, headers, body), PATIENCE)
            answer.close()  # its status is all that is asked for, however much would follow
        except NoAnswer as error:
            counted.unreached += 1
            return f"-> {visible(str(error))} ({_milliseconds(began)})"
        if 200 <= answer.status < 300:
            counted.taken += 1
        else:
            counted.refused += 1
        aside = ", redirects are not followed" if 300 <= answer.status < 400 else ""
        return f"-> {answer.status} in {_milliseconds(began)}{aside}"


def _milliseconds(began: float) -> str:
    return f"{(time.monotonic() - began) * 1000:.0f} ms"


def _pause(seconds: float) -> None:
    _note(f"No connection. Trying again in {seconds:.1f} s.")
    time.sleep(seconds)


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _read(raw: bytes) -> Event:
    try:
        event: Event = tolerant(raw, Event)
    except (msgspec.DecodeError, RecursionError):
        return UnknownEvent(type="unreadable", fields=Kept())
    return event


def one_line(raw: bytes) -> str:
    """JSON on one line of a terminal."""
    return visible(msgspec.json.format(raw, indent=-1).decode())


def _shown(event: Event) -> str:
    when = "--:--:--" if event.created_at is None else event.created_at.astimezone().strftime("%H:%M:%S")
    parts = [when, event.type, _conversation(event)]
    if preview := _preview(event):
        parts.append(preview if len(preview) <= PREVIEW else preview[: PREVIEW - 1] + "…")
    return "  ".join(map(visible, parts))


def _conversation(event: Event) -> str:
    if isinstance(event, UnknownEvent):
        payload = event.fields.get("payload")
        place = payload.get("conversation") if is_object(payload) else None
        return str(place.get("id", "-")) if is_object(place) else "-"
    place = getattr(event.payload, "conversation", None)
    return "-" if place is None else str(place.id)


def _preview(event: Event) -> str:
    """What there is to say about it in a few words: who, and what."""
    payload: Any = getattr(event, "payload", None)
    said = [_message(payload), _activity(payload), _user(payload)]
    said.append(getattr(getattr(payload, "postback", None), "payload", None))
    said.append(getattr(getattr(payload, "error", None), "message", None))
    said.append(getattr(payload, "reason", None))
    return "  ".join(each for each in said if each)


def _message(payload: Any) -> str | None:
    message = getattr(payload, "message", None)
    content = getattr(message, "content", None)
    if message is None or content is None:
        return None
    text = getattr(content, "text", None)
    what = str(text or "") if content.type == "text" else " ".join(filter(None, [f"[{content.type}]", text]))
    return f"{message.author.display_name or message.author.type}: {what}"


def _activity(payload: Any) -> str | None:
    activity = getattr(payload, "activity", None)
    if activity is None:
        return None
    who = activity.author and (activity.author.display_name or activity.author.type)
    return f"{who}: {activity.type}" if who else str(activity.type)


def _user(payload: Any) -> str | None:
    user = getattr(payload, "user", None)
    return None if user is None else f"user {user.external_id or user.id}"
