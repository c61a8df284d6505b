"""Integrations: what they are made with, what of it is kept, what may change, and how they are answered.

    create body  ->  faults  ->  kept: without what is only ever sent, with the defaults written out
    update body  ->  only the fields of the integration's own type  ->  faults  ->  merged into what is kept
    kept         ->  answered: with what changes elsewhere, the webhooks or who answers first

Nothing here reaches a channel. So its credentials are of no use here, and what cannot leak is safest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
from msgspec import NODEFAULT, UNSET
from msgspec.structs import fields

from ...wire import (
    UPDATABLE,
    CustomCreate,
    Integration,
    IntegrationCreate,
    IntegrationUpdate,
    LineCreate,
    TwilioCreate,
    WebCreate,
    Wire,
)
from ...wire.reading import Fault, is_object
from .addresses import web_faults
from .forms import faults as form_faults
from .patching import merged
from .targets import Reach, target_faults

SDKS = ("android", "ios", "unity", "web")
ACTIVE = ("custom", *SDKS)
RESPONDER = "default_responder_id"

_ANSWERED = {kind.__struct_config__.tag: fields(kind) for kind in get_args(Integration)}
_JOINED = {"webhooks", "defaultResponder"}
_ADDRESSES = ("buttonIconUrl", "businessIconUrl", "backgroundImageUrl", "qrCodeUrl")
_ORIGIN = re.compile(r"https?://[^\s/?#@\x00-\x1f\x7f]+", re.IGNORECASE)
_OF_A_RESPONDER = ("name", "integrationId", "integrationType", "deliverStandbyEvents", "messageHistoryCount")


def faults(body: IntegrationCreate, reach: Reach) -> Iterator[Fault]:
    """What the types do not say of what creates an integration. `reach`: where its webhooks may point."""
    if isinstance(body, CustomCreate):
        for number, webhook in enumerate(body.webhooks):
            yield from target_faults(webhook.target, f"webhooks[{number}].target", reach)
    elif isinstance(body, LineCreate) and (body.channel_id is None) != (body.channel_secret is None):
        yield Fault("", "should have both of channelId and channelSecret, or neither")
    elif isinstance(body, TwilioCreate) and body.phone_number_sid is None and body.messaging_service_sid is None:
        yield Fault("", "should have one of phoneNumberSid and messagingServiceSid")
    if isinstance(body, LineCreate | WebCreate):
        yield from _said_faults(body)


def kept(body: IntegrationCreate, id: str) -> bytes:
    """A new integration as it is stored."""
    status = "active" if body.type in ACTIVE else "inactive"
    whole = {"type": body.type, "id": id, "status": status, **_in_full(body)}
    if body.type in SDKS:
        whole["attachmentsEnabled"] = True
    return msgspec.json.encode({name: whole[name] for name in whole if name in _kept_names(body.type)})


def update_faults(type: str, body: IntegrationUpdate) -> Iterator[Fault]:
    """What the types do not say of a change to an integration of this type."""
    if type == "web":
        yield from _said_faults(body)


def changed(type: str, before: bytes, body: IntegrationUpdate) -> bytes:
    """What is stored, once a change is in it. Fields of other types are left alone, and so is what is never kept."""
    said = {field.name: field.encode_name for field in fields(body)}
    names = {said[name] for name in UPDATABLE[type]} & _kept_names(type)
    patch = {name: value for name, value in msgspec.to_builtins(body).items() if name in names}
    return msgspec.json.encode(merged(msgspec.json.decode(before), patch))


def names_responder(type: str, body: IntegrationUpdate) -> bool:
    """Whether a change says who answers first."""
    return RESPONDER in UPDATABLE[type] and body.default_responder_id is not UNSET


def answered(type: str, body: bytes, webhooks: list[bytes], responder: bytes | None) -> bytes:
    """What is answered: what is kept, and what changes elsewhere."""
    more = b""
    if type == "custom":
        more = b',"webhooks":[%b]' % b",".join(webhooks)
    elif responder is not None:
        more = b',"defaultResponder":%b' % responder
    return b"%b%b}" % (body[:-1], more)


def responder(body: bytes, next: str, *, inherited: bool) -> bytes:
    """Who answers first, as an integration shows it; `body` is that switchboard integration."""
    whole = msgspec.json.decode(body)
    shown = {name: whole[name] for name in _OF_A_RESPONDER if name in whole}
    if next:
        shown["nextSwitchboardIntegrationId"] = next
    return msgspec.json.encode({**shown, "inherited": inherited})


def types_in(said: str) -> list[str]:
    """The words of a comma-separated list, each once."""
    return list(dict.fromkeys(word.strip() for word in said.split(",") if word.strip()))


def _kept_names(type: str) -> set[str]:
    return {"type", *(field.encode_name for field in _ANSWERED[type])} - _JOINED


def _in_full(said: Wire) -> dict[str, Any]:
    """What was said, with the defaults of what was not. Null is no answer either."""
    found: dict[str, Any] = {}
    for field in fields(said):
        value = getattr(said, field.name)
        if value is None and field.default is not NODEFAULT:
            value = field.default
        if value is not None:
            found[field.encode_name] = _in_full(value) if isinstance(value, Wire) else value
    return found


def _said_faults(body: Wire) -> Iterator[Fault]:
    """The addresses and questions in a body, whichever of them it has."""
    said = msgspec.to_builtins(body)
    for name in _ADDRESSES:
        yield from web_faults(said.get(name), name)
    for number, origin in enumerate(said.get("originWhitelist") or ()):
        if not _ORIGIN.fullmatch(origin):
            yield Fault(f"originWhitelist[{number}]", "should be an origin, such as https://example.org")
    prechat = said.get("prechatCapture")
    if is_object(prechat):
        yield from web_faults(prechat.get("avatarUrl"), "prechatCapture.avatarUrl")
    questions = getattr(getattr(body, "prechat_capture", None), "fields", None)
    if questions:
        yield from form_faults(questions, "prechatCapture.fields")
