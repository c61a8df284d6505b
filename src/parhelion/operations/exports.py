"""Exports. Ours: the hosted service has no way to take all of an app along."""

from __future__ import annotations

from collections.abc import Iterator

from ..wire import ExportLine
from ._callers import C_co, Resource
from ._operation import APP, DOWNLOAD


class Exports(Resource[C_co]):
    """An app as lines, to be kept or brought in elsewhere. Only Parhelion's own server knows this operation."""

    @DOWNLOAD("ExportApp", "/parhelion/v1/apps/{app_id}/export", scopes=APP)
    def lines(self, *, after: str | None = None, embed: bool | None = None) -> Iterator[ExportLine]:
        """Everything in an app, line by line: the app, its users with their clients and devices, its attachments, its
        conversations with who takes part and what was said. Needs an account or an app key.

        Each line is told as of when it was read. Users and conversations that come after the beginning are left out,
        messages are told up to the newest when their conversation's turn comes: what was there before the beginning and
        is there at the end, is in it. Keys, webhooks, integrations and the switchboard are not, since they hold secrets
        of other places. `embed` puts what is in the files between the lines, in pieces of 256 KiB; without it a file
        is named only.

        When the connection breaks off, the client asks again after the last line. A program that is to go on where it
        ended keeps `token` once it has dealt with a line, and gives it as `after`.

        On the wire it is `application/x-ndjson`: an object a line, the last one of kind "end". An answer without that
        is unfinished. Every line says where it is: `after` is its kind, the id of what it is below, and its own, as in
        "user:ID" or "message:CONVERSATION:ID"; and behind "@" what the first line calls `until`, so that the end is
        the same.

        Limits: 2 at a time for an app and a process; who leaves an answer unread for 30 seconds is cut off, and may go
        on after the last line.

        Errors: `BadRequest` (`after` is no place), `TooManyRequests`, which is waited out as long as the
        client's `Patience` lasts.

            with client.exports.lines() as lines:
                for line in lines:
                    if isinstance(line, ExportedMessage):
                        print(line.conversation_id, line.data.received, line.data.content)

        In an AsyncClient: `async with client.exports.lines() as lines: async for line in lines: ...`.

        Source: ours.
        """
        ...
