"""The audit log as JSON Lines: what an export is, and checking one without its store.

{"kind": "auditExport", "version": 1, "exportedAt": TIME}
{"kind": "seal", ..., "anchor": HEX}               where what came before is kept no longer
{"kind": "line", ...} {"kind": "line", ...} {"kind": "seal", ...}          a seal after its lines, in their order
{"kind": "end", "lines": N, "seals": N, "unsealed": N, "head": "12:0123..."}    without it the export is unfinished
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from .auditing import Chain, Line, Seal, What

VERSION = 1


class Opening(msgspec.Struct, kw_only=True, rename="camel", tag="auditExport", tag_field="kind"):
    """What this is."""

    version: int
    exported_at: datetime


class LineKept(msgspec.Struct, kw_only=True, rename="camel", tag="line", tag_field="kind"):
    """A line as it stands in the store."""

    position: int
    at: datetime
    app: str
    key: str
    scope: str
    operation: str
    object: str
    outcome: str
    address: str
    request: str
    mark: str


class SealKept(msgspec.Struct, kw_only=True, rename="camel", tag="seal", tag_field="kind"):
    """A seal as it stands in the store."""

    number: int
    at: datetime
    last: int
    lines: str
    mac: str
    anchor: str


class Ending(msgspec.Struct, kw_only=True, rename="camel", tag="end", tag_field="kind"):
    """How much it was."""

    lines: int
    seals: int
    unsealed: int
    head: str


Kept = Opening | LineKept | SealKept | Ending
_DECODER: msgspec.json.Decoder[Kept] = msgspec.json.Decoder(Kept)


def opening(now: int) -> Opening:
    """The first, at a time in milliseconds."""
    return Opening(version=VERSION, exported_at=_moment(now))


def line_kept(line: Line) -> LineKept:
    """A line, to be written."""
    at, app, key, scope, operation, object, outcome, address, request = line.what
    return LineKept(
        position=line.position,
        at=_moment(at),
        app=app,
        key=key,
        scope=scope,
        operation=operation,
        object=object,
        outcome=outcome,
        address=address,
        request=request,
        mark=line.mark.hex(),
    )


def seal_kept(seal: Seal) -> SealKept:
    """A seal, to be written."""
    number, at, last, lines, mac, anchor = seal
    return SealKept(number=number, at=_moment(at), last=last, lines=lines, mac=mac.hex(), anchor=anchor.hex())


def ending(chain: Chain) -> Ending:
    """The last, of what was written."""
    return Ending(lines=chain.lines, seals=chain.seals, unsealed=chain.unsealed, head=chain.head)


def checked(raw: Iterable[bytes], key: bytes, head: str | None = None) -> Chain:
    """Whether an export is as it was written. `head`: one that was noted earlier. ValueError where it is no export."""
    chain, waiting, ended = Chain(key, head), list[Line](), False
    for number, each in enumerate(raw, 1):
        try:
            kept = _DECODER.decode(each)
            if isinstance(kept, Opening) != (number == 1) or ended:
                raise ValueError("it does not belong here")
            if isinstance(kept, LineKept):
                waiting.append(_line(kept))
            elif isinstance(kept, SealKept):
                chain.seal(_seal(kept), waiting)
                waiting = []
            elif isinstance(kept, Ending):
                chain.rest(waiting)
                ended = True
                if kept != ending(chain):
                    chain.find(f"row {number}", "the export ends with other numbers than there are")
            elif kept.version != VERSION:
                raise ValueError(f"it is of version {kept.version}, and this program knows {VERSION}")
        except (msgspec.DecodeError, ValueError) as wrong:
            raise ValueError(f"row {number} is not one of an export of the audit log: {wrong}") from None
    if not ended:
        chain.rest(waiting)
        chain.find("the end", "missing: the export was not finished, or cut off")
    chain.end()
    return chain


def _line(kept: LineKept) -> Line:
    what = What(
        _milliseconds(kept.at),
        kept.app,
        kept.key,
        kept.scope,
        kept.operation,
        kept.object,
        kept.outcome,
        kept.address,
        kept.request,
    )
    return Line(kept.position, what, bytes.fromhex(kept.mark))


def _seal(kept: SealKept) -> Seal:
    mac, anchor = bytes.fromhex(kept.mac), bytes.fromhex(kept.anchor)
    return Seal(kept.number, _milliseconds(kept.at), kept.last, kept.lines, mac, anchor)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
