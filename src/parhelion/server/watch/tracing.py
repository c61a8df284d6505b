"""Spans of OpenTelemetry: one for each request, and one for each attempt to send an event to a webhook. An extra.

    traceparent of a client  ->  SERVER span of its request             made when it is over, with the times that it had
                                 CLIENT span of an attempt  ->  traceparent to the receiver

Where they go, what is sampled and how long is waited is said in OpenTelemetry's own variables (OTEL_...). They are sent
by a thread of the library's, over HTTP as protobuf. It holds 2,048 of them and drops what is more: no request waits.
At the end what is left has FAREWELL seconds.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from time import time
from urllib.parse import urlsplit

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from ... import __version__
from ..ports import Noted, Unwatched

FAREWELL = 2.0  # seconds
NANOSECONDS = 1_000_000_000
_PROPAGATOR = TraceContextTextMapPropagator()
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class Tracing(Unwatched):
    """Makes spans. Made in the process that sends them, and closed there."""

    def __init__(self) -> None:
        service = {"service.version": __version__}
        if "OTEL_SERVICE_NAME" not in os.environ and "service.name=" not in os.environ.get(
            "OTEL_RESOURCE_ATTRIBUTES", ""
        ):
            service["service.name"] = "parhelion"
        self._provider = TracerProvider(resource=Resource.create(service), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("parhelion", __version__)

    def answered(self, request: Noted) -> None:
        span = self._tracer.start_span(
            request.operation,
            _PROPAGATOR.extract(request.parents) if request.parents else Context(),
            SpanKind.SERVER,
            {
                "http.request.method": request.method if request.method in _METHODS else "_OTHER",
                "http.route": request.path,
                "http.response.status_code": request.status,
                "http.response.body.size": request.size,
                "parhelion.request_id": request.id,
                "parhelion.app_id": request.app,
            },
            start_time=int(request.began * NANOSECONDS),
        )
        if request.status >= 500:
            span.set_attribute("error.type", str(request.status))
            span.set_status(StatusCode.ERROR)
        span.end(int((request.began + request.seconds) * NANOSECONDS))

    def sending(self, app: str, webhook: str, event: str, type: str, origin: str) -> _Attempt:
        place = urlsplit(origin)
        return _Attempt(
            self._tracer.start_span(
                f"POST {type}",
                Context(),
                SpanKind.CLIENT,
                {
                    "http.request.method": "POST",
                    "server.address": place.hostname or "",
                    "server.port": place.port or (443 if place.scheme == "https" else 80),
                    "url.scheme": place.scheme,
                    "parhelion.app_id": app,
                    "parhelion.webhook_id": webhook,
                    "parhelion.event_id": event,
                    "parhelion.event_type": type,
                },
                start_time=int(time() * NANOSECONDS),
            )
        )

    def close(self) -> None:
        """Send what is left, for a moment: whoever is not there to take it does not hold up the end."""
        last = threading.Thread(target=self._provider.shutdown, name="traces, the last", daemon=True)
        last.start()
        last.join(FAREWELL)


class _Attempt:
    def __init__(self, span: Span) -> None:
        self._span = span
        headers = dict[str, str]()
        _PROPAGATOR.inject(headers, set_span_in_context(span, Context()))
        self.headers: Mapping[str, str] = headers

    def over(self, status: int | None) -> None:
        if status is not None:
            self._span.set_attribute("http.response.status_code", status)
        if status is None or status >= 400:
            self._span.set_attribute("error.type", str(status or "no answer"))
            self._span.set_status(StatusCode.ERROR)
        self._span.end()
