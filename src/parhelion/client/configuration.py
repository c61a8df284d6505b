"""From what a client is given, and the environment, to its settings.

    PARHELION_URL  PARHELION_APP_ID  PARHELION_KEY_ID  PARHELION_SECRET

An argument wins over its variable. An empty variable counts as none.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import NoneType
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from .. import __version__
from ..wire.reading import Fault
from .calling import Around
from .credentials import Credentials, choose
from .flow import Known, Patience, Settings
from .transport import Timeout, sendable

AGENT = f"parhelion/{__version__} python/{sys.version_info.major}.{sys.version_info.minor}"
USUAL_TIMEOUT = Timeout()
USUAL_PATIENCE = Patience()
KEY = 255  # characters of an Idempotency-Key


class Configured(NamedTuple):
    """What a client is made of, but for its transport and its sleep."""

    app_id: str | None
    settings: Settings
    timeout: Timeout


def configure(
    *,
    url: str | None,
    app_id: str | None,
    key_id: str | None,
    secret: str | None,
    token: str | None,
    credentials: Credentials | None,
    timeout: float | Timeout | None,
    retries: int | Patience,
    idempotent: bool | None,
    headers: Mapping[str, str] | None,
    user_agent: str | None,
    tell: Callable[[Fault], None] | None,
    around: Around | None,
    clock: Callable[[], float],
) -> Configured:
    """The settings that these arguments mean. Errors: ValueError, naming the argument and the variable."""
    url = _given("url", url)
    if url is None:
        raise ValueError("Which server? Give url (https://example.org), or set PARHELION_URL")
    origin, prefix = address(url)
    settings = Settings(
        origin=origin,
        prefix=prefix,
        headers=standing(headers or {}, user_agent),
        credentials=choose(key_id, secret, token, credentials, os.environ),
        clock=clock,
        patience=patience(retries),
        known=Known(idempotent),
        tell=tell or log,
        around=around,
    )
    return Configured(_given("app_id", app_id), settings, timeouts(timeout))


def otherwise(
    settings: Settings, retries: int | Patience | None, headers: Mapping[str, str] | None, idempotency_key: str | None
) -> Settings:
    """The same settings, but for what is said."""
    if retries is not None:
        settings = replace(settings, patience=patience(retries))
    if headers is not None:
        settings = replace(settings, headers={**settings.headers, **sendable(headers)})
    if idempotency_key is not None:
        key = idempotency_key
        if not 0 < len(key) <= KEY or not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError(f"idempotency_key is 1 to {KEY} visible ASCII characters")
        settings = replace(settings, key=key)
    return settings


def _given(name: str, value: str | None) -> str | None:
    """What was said, or else its variable. What is said and empty was meant to hold something."""
    if value == "":
        raise ValueError(f"{name} is empty")
    return value if value is not None else os.environ.get(f"PARHELION_{name.upper()}") or None


def address(url: str) -> tuple[str, str]:
    """A server's address, as its origin and the path before /v2."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        host = host if host is None or host.isascii() else host.encode("idna").decode()
    except ValueError as error:  # a port that is none, a bracket left open
        raise ValueError(f"url is not an address: {error}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("url begins with http:// or https:// and a host, as in https://example.org")
    if parts.username is not None or parts.password is not None:
        raise ValueError("url holds no credentials: give key_id and secret")  # they would be logged with it
    if parts.query or parts.fragment or not url.isprintable() or " " in url:
        raise ValueError("url is a host and perhaps a path, without query, fragment or spaces")
    host = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    origin = f"{parts.scheme}://{host}" if port in (None, usual) else f"{parts.scheme}://{host}:{port}"
    prefix = parts.path.rstrip("/").removesuffix("/v2").rstrip("/")  # addresses are often copied with their /v2
    if not prefix.isascii():
        raise ValueError("The path of url is percent-encoded where it is not ASCII")
    return origin, prefix


def standing(headers: Mapping[str, str], user_agent: str | None) -> dict[str, str]:
    """The headers of every request."""
    agent = f"{user_agent} {AGENT}" if user_agent else AGENT
    ours = {"accept": "application/json", "accept-encoding": "identity", "user-agent": agent}
    return sendable(ours | sendable(headers))


def timeouts(timeout: float | Timeout | None) -> Timeout:
    """One number is for both."""
    said = cast("object", timeout)  # a program without types may say anything
    if isinstance(said, bool) or not isinstance(said, (int, float, Timeout, NoneType)):
        raise TypeError(f"timeout is a number of seconds, a Timeout, or None for no limit, not {timeout!r}")
    return timeout if isinstance(timeout, Timeout) else Timeout(connect=timeout, read=timeout)


def patience(retries: int | Patience) -> Patience:
    """A number counts the attempts after the first."""
    said = cast("object", retries)
    if isinstance(said, bool) or not isinstance(said, (int, Patience)):
        raise TypeError(f"retries is a number, or a Patience, not {retries!r}")
    if isinstance(retries, int) and retries < 0:
        raise ValueError(f"retries is 0 or more, not {retries}")
    return retries if isinstance(retries, Patience) else Patience(attempts=retries + 1)


def log(fault: Fault) -> None:
    """Say in the log that something was left out of an answer; where, and not what: contents are private."""
    import logging  # where everything can be read nobody pays for it

    logging.getLogger("parhelion").warning("Left out of an answer, since it cannot be read: %s", fault.place)
