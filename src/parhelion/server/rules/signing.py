"""How a receiver knows who calls: the webhook's secret, and a signature that only its holder can make.

    x-api-key: SECRET                             as the hosted service says it
    webhook-id: EVENT                             the same at every attempt: a receiver that has it already is done
    webhook-timestamp: SECONDS                    of this attempt, since 1970
    webhook-signature: v1,BASE64(HMAC-SHA256(SECRET, "EVENT.SECONDS.BODY"))

The last three are those of Standard Webhooks (https://www.standardwebhooks.com). The key of the HMAC is the secret's
UTF-8 bytes, so a library of that standard is given "whsec_" + base64(secret).
"""

from __future__ import annotations

import hashlib
import hmac
from binascii import b2a_base64

from ... import __version__

AGENT = f"Parhelion/{__version__}"
HIDDEN = "hidden"


def headers_for(secret: str, event_id: str, seconds: int, body: bytes) -> dict[str, str]:
    """What is said with one attempt to deliver `body`, made `seconds` after 1970."""
    return _headers(secret, event_id, str(seconds), signature(secret.encode(), event_id, seconds, body))


def headers_shown(event_id: str, seconds: int | None) -> dict[str, str]:
    """The same, for somebody to look at: without what only the receiver may know. None: no attempt was made yet."""
    headers = _headers(HIDDEN, event_id, str(seconds), HIDDEN)
    if seconds is None:
        del headers["webhook-timestamp"]
    return headers


def signature(key: bytes, event_id: str, seconds: int, body: bytes) -> str:
    """The version of the signature, a comma, and the signature."""
    signed = hmac.digest(key, b"%b.%d.%b" % (event_id.encode(), seconds, body), hashlib.sha256)
    return "v1," + b2a_base64(signed, newline=False).decode()


def _headers(secret: str, event_id: str, seconds: str, signed: str) -> dict[str, str]:
    return {
        "content-type": "application/json",
        "user-agent": AGENT,
        "x-api-key": secret,
        "webhook-id": event_id,
        "webhook-timestamp": seconds,
        "webhook-signature": signed,
    }
