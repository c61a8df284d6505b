"""The audit log: who did what. Ours: the API has no word for it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from ._wire import Instant, Wire
from .page import Links, Meta

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]


class AuditLine(Wire, kw_only=True):
    """Something that was done: a change, or a secret that was shown.

    `id` says its place in the log. `key` is the id of the key that asked; "operator" for a command on the server's own
    machine, whose `scope` is "command line"; an OAuth client's id where that had no key yet. `object` is kind/id, below
    what it belongs to, such as conversation/C/message/M. `outcome` is "changed", or "shown" for a secret that was read.
    `address` is where the request came from, and `request` its X-Request-Id.
    """

    id: str
    at: Instant
    app_id: str | None = None
    key: str
    scope: str
    operation: str
    object: str
    outcome: str
    address: str | None = None
    request: str | None = None


class AuditListFilter(Wire, kw_only=True):
    """Which lines: all that is said has to be met. `object` also finds what belongs to it; `until` is the first moment
    that is not meant any more.
    """

    app: Word | None = None
    key: Word | None = None
    operation: Word | None = None
    object: Word | None = None
    since: Instant | None = None
    until: Instant | None = None


class AuditListResponse(Wire, kw_only=True):
    """A page of the log, in its order; the first page has the newest."""

    walks: ClassVar[Literal["before", "after"]] = "before"

    lines: list[AuditLine]
    meta: Meta | None = None
    links: Links | None = None

    def items(self) -> list[AuditLine]:
        return self.lines
