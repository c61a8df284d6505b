"""What help() says of a method: the operation's own words, with the call and the exceptions as they are here."""

from __future__ import annotations

import inspect
import re
from textwrap import fill
from typing import TYPE_CHECKING

from parhelion import wire

from .exceptions import kind_of

if TYPE_CHECKING:
    from ._apis import Method

# Where Parhelion does something else than the old clients did, and this package goes with them.
OTHERWISE = {
    "Authorize": "Ask for the page on which somebody lets a partner's program into their app, and answer its text.\n\n"
    "It is meant for a browser: `parhelion.Client().oauth.authorize(...)` gives the address to send one to."
}
ANSWERS = {
    "": "Answers {}.",
    "_with_http_info": "Answers an `ApiResponse` that holds {}, and unpacks as (data, status, headers).",
    "_without_preload_content": "Answers urllib3's response, to be read by the caller, also when the API says no.",
}


def documented(method: Method, owner: str, kind: str) -> str:
    said = OTHERWISE.get(method.operation.operation_id, inspect.cleandoc(method.operation.__doc__ or ""))
    paragraphs = [each for each in said.split("\n\n") if not each.startswith("    ")]  # the other client's example
    source = [paragraphs.pop()] if paragraphs and paragraphs[-1].startswith("Source: ") else []
    given = (each.name if each.required else f"{each.name}={each.name}" for each in method.arguments)
    call = f"    answer = {owner}(api_client).{method.name}{kind}({', '.join(given)})"
    nothing = method.operation.__signature__.return_annotation == "None"
    holds = "an object with nothing in it" if nothing else f"`{method.returns}`" if method.returns else "an object"
    return "\n\n".join([*map(_translated, paragraphs), ANSWERS[kind].format(holds), call, *source])


def _translated(paragraph: str) -> str:
    said = re.sub(r"`(\w+)`", _exception, paragraph)
    return paragraph if said == paragraph else fill(said, 110)


def _exception(found: re.Match[str]) -> str:
    """`ConversationNotFound` is a `NotFoundException` (`conversation_not_found`) here."""
    error = getattr(wire, found[1], None)
    if not isinstance(error, type) or not issubclass(error, wire.ApiError):
        return found[0]
    kind = kind_of(error.status).__name__
    if kind.startswith(error.__name__):  # BadRequest is BadRequestException
        return f"`{kind}`"
    return f"`{kind}` ({error.status if kind == 'ApiException' else error.code})"
