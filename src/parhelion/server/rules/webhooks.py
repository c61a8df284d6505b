"""Webhooks: what is kept of what was said."""

from __future__ import annotations


def known_once(triggers: list[str]) -> list[str]:
    """Each trigger once, in the order in which they were said."""
    return list(dict.fromkeys(triggers))
