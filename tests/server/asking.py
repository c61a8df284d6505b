"""Asking a live server for things that tests.everything made."""

from __future__ import annotations

from typing import Any

from tests.everything import MULTIPART, Things
from tests.live import Answer, Caller


def send(caller: Caller, method: str, path: str, body: Any, **headers: str | None) -> Answer:
    kind = {"content-type": MULTIPART} if isinstance(body, bytes) else {}
    return caller.send(method, path, body, headers | kind)


def app_key(account: Caller, things: Things) -> Caller:
    return Caller(account.url, things["keyId"], things["secret"], things["appId"])


def integration_key(account: Caller, things: Things) -> Caller:
    return Caller(account.url, things["integrationKeyId"], things["integrationSecret"], things["appId"])
