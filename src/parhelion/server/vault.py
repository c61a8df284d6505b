"""Secrets of keys: made from the key's id and one master secret, and so stored nowhere.

    secret = base64url(HMAC-SHA512(master, key id))        86 characters, like the hosted service's

The API gives a key's secret back whenever it is asked for, and a JWT can only be checked with the secret itself, so a
hash would not do. See docs/decisions/0004-secrets-of-keys.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from functools import cached_property
from pathlib import Path


class Vault:
    """Knows the secret of every key there is or will be."""

    def __init__(self, master: bytes) -> None:
        if len(master) < 32:
            raise ValueError("the master secret must have at least 32 bytes")
        self._master = master

    def __repr__(self) -> str:
        return "Vault(...)"

    def secret(self, key_id: str) -> str:
        """The secret of a key."""
        digest = hmac.digest(self._master, key_id.encode(), hashlib.sha512)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def derived(self, purpose: str, of: str) -> str:
        """A secret of another kind, such as an OAuth client's. No key has it, whatever the key is called."""
        kind = hmac.digest(self._master, b"\0" + purpose.encode(), hashlib.sha512)
        return base64.urlsafe_b64encode(hmac.digest(kind, of.encode(), hashlib.sha256)).rstrip(b"=").decode()

    def fingerprint(self) -> str:
        """By which the master secret is known again."""
        return self.derived("master key", "fingerprint")

    @cached_property
    def auditing(self) -> bytes:
        """The key of the audit log's marks and seals."""
        return self.derived("audit", "log").encode()

    def webhook_secret(self, webhook_id: str) -> str:
        """What a webhook's receiver knows its caller by: 32 hexadecimal digits, as on the hosted service."""
        return base64.urlsafe_b64decode(self.derived("webhook", webhook_id) + "=")[:16].hex()

    @classmethod
    def at(cls, path: Path) -> Vault:
        """The vault whose master secret is in a file, made on first use and readable by its owner alone."""
        if not path.exists():
            fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
            try:
                with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(secrets.token_bytes(64))
                    file.flush()
                    os.fsync(file.fileno())
                with suppress(FileExistsError):  # another process was faster: its secret is the one
                    os.link(fresh, path)
            except OSError as trouble:
                trouble.filename = str(path)
                raise
            finally:
                fresh.unlink(missing_ok=True)  # also where there was no room for it
        return cls(path.read_bytes())
