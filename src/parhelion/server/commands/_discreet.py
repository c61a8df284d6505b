"""Answers that tell a secret, remembered without it: it is made again from the id that stands beside it.

    {"id": "app_1", "secret": "..."}  --hidden-->  {"id": "app_1", "secret": {"of": "key"}}  --shown-->

Only answers of TELL go this way. In any other, what looks like a place for a secret is somebody's own data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from ...operations import AppKeys, CustomIntegrationApiKeys, Declared, Integrations, Webhooks
from ...wire.reading import is_array, is_object
from ..vault import Vault

TELL: Final[frozenset[Declared[Any]]] = frozenset(
    {AppKeys.create, CustomIntegrationApiKeys.create, Integrations.create, Webhooks.create}
)
_MADE: dict[str, Callable[[Vault, str], str]] = {"key": Vault.secret, "webhook": Vault.webhook_secret}


def hidden(operation: Declared[Any], vault: Vault, body: bytes) -> bytes:
    """An answer as it is remembered."""
    if operation not in TELL:
        return body
    answer = msgspec.json.decode(body)
    for each in _telling(answer):
        for kind, made in _MADE.items():
            if each["secret"] == made(vault, each["id"]):
                each["secret"] = {"of": kind}
    return msgspec.json.encode(answer)


def shown(operation: Declared[Any], vault: Vault, body: bytes) -> bytes:
    """An answer as it was given."""
    if operation not in TELL:
        return body
    answer = msgspec.json.decode(body)
    for each in _telling(answer):
        if is_object(each["secret"]):
            each["secret"] = _MADE[each["secret"]["of"]](vault, each["id"])
    return msgspec.json.encode(answer)


def _telling(answer: Any) -> Iterator[dict[str, Any]]:
    if is_object(answer):
        if isinstance(answer.get("id"), str) and "secret" in answer:
            yield answer
        for each in answer.values():
            yield from _telling(each)
    elif is_array(answer):
        for each in answer:
            yield from _telling(each)
