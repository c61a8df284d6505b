"""Control: who answers a conversation now. Its metadata goes into the events of a change, and is kept nowhere."""

from __future__ import annotations

from ._wire import Metadata, Wire


class PassControlBody(Wire, kw_only=True):
    """Who gets control: an id, a name, an integration type, looked for in that order, or "next"."""

    switchboard_integration: str
    metadata: Metadata | None = None


class OfferControlBody(Wire, kw_only=True):
    """Who is offered control: an id, a name, an integration type, looked for in that order, or "next"."""

    switchboard_integration: str
    metadata: Metadata | None = None


class AcceptControlBody(Wire, kw_only=True):
    """What to tell when control is accepted."""

    metadata: Metadata | None = None


class ReleaseControlBody(Wire, kw_only=True):
    """What to tell when control is released."""

    metadata: Metadata | None = None
