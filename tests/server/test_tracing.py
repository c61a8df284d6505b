"""Spans, as a collector of OpenTelemetry gets them: over HTTP, as protobuf."""

from __future__ import annotations

import http.server
import os
import signal
import socket
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.live import Caller, Live
from tests.workers import until

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
MARKER = "Geheimnis"


class Collector(http.server.ThreadingHTTPServer):
    """Takes spans, and keeps them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: list[bytes] = []
        self.hooked: list[dict[str, str]] = []  # headers of what was posted elsewhere

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def spans(self) -> list[Span]:
        return [
            span
            for body in list(self.bodies)
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def resource(self) -> dict[str, Any]:
        [found, *_] = ExportTraceServiceRequest.FromString(self.bodies[0]).resource_spans
        return {each.key: each.value.string_value for each in found.resource.attributes}


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/v1/traces":
            assert self.headers["content-type"] == "application/x-protobuf"
            self.server.bodies.append(body)
        else:
            self.server.hooked.append({name.lower(): value for name, value in self.headers.items()})
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@contextmanager
def traced(folder: Path, endpoint: str) -> Generator[Live]:
    live = Live(folder / "data", "--traces", "on", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_BSP_SCHEDULE_DELAY="100")
    try:
        yield live
    finally:
        if live.process.poll() is None:
            live.stop()


def attributes(span: Span) -> dict[str, Any]:
    return {
        each.key: each.value.int_value if each.value.HasField("int_value") else each.value.string_value
        for each in span.attributes
    }


def test_a_request_and_an_attempt_at_a_delivery_have_their_spans(tmp_path: Path, collector: Collector) -> None:
    with traced(tmp_path, collector.url) as live:
        app = live.app()
        hook = {"target": f"{collector.url}/hook?key={MARKER}", "triggers": ["conversation:message"]}
        app.post(f"{app.app}/integrations", {"type": "custom", "displayName": "b", "webhooks": [hook]})
        body = {"author": {"type": "business"}, "content": {"type": "text", "text": MARKER}}
        begun = time.time()
        answer = app.post(
            f"{app.messages(app.conversation())}?{MARKER}=1",
            body,
            traceparent=f"00-{TRACE}-{PARENT}-01",
            x_request_id="mine",
        )
        assert answer.status == 201, answer
        until(lambda: collector.hooked, "the webhook has nothing")
        until(lambda: any(each.kind == Span.SPAN_KIND_CLIENT for each in collector.spans()), "there is no span of it")
        until(lambda: any(each.name == "PostMessage" for each in collector.spans()), "there is no span of the post")
        spans = collector.spans()
        live.stop()  # what is left comes now
    [post] = [each for each in spans if each.name == "PostMessage"]
    assert post.kind == Span.SPAN_KIND_SERVER
    assert (post.trace_id.hex(), post.parent_span_id.hex()) == (TRACE, PARENT)
    assert begun - 1 < post.start_time_unix_nano / 1e9 <= post.end_time_unix_nano / 1e9 < time.time() + 1
    found = attributes(post)
    assert found["http.request.method"] == "POST"
    assert found["http.response.status_code"] == 201
    assert found["http.route"] == "/v2/apps/{app_id}/conversations/{conversation_id}/messages"
    assert (found["parhelion.app_id"], found["parhelion.request_id"]) == (app.app_id, "mine")
    [sent] = [each for each in spans if each.kind == Span.SPAN_KIND_CLIENT]
    assert sent.name == "POST conversation:message"
    assert collector.hooked[0]["traceparent"].startswith(f"00-{sent.trace_id.hex()}-{sent.span_id.hex()}-0")
    found = attributes(sent)
    assert (found["server.address"], found["server.port"]) == ("127.0.0.1", collector.server_port)
    assert (found["http.response.status_code"], sent.status.code) == (200, Status.STATUS_CODE_UNSET)
    assert collector.resource()["service.name"] == "parhelion"
    told = b"".join(collector.bodies)
    for secret in (MARKER, app.secret, app.basic().partition(" ")[2]):
        assert secret.encode() not in told


@contextmanager
def hanging() -> Generator[str]:
    """Who takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as there:
        yield f"http://127.0.0.1:{there.getsockname()[1]}"


def test_a_collector_that_hangs_holds_up_neither_a_request_nor_the_end(tmp_path: Path) -> None:
    with hanging() as endpoint, traced(tmp_path, endpoint) as live:
        app = live.app()
        conversation = app.conversation()
        until(lambda: [app.say(conversation) for _ in range(20)], "no")
        began = time.monotonic()
        os.kill(live.process.pid, signal.SIGTERM)
        assert live.process.wait(20) == 0
        assert time.monotonic() - began < 10
        live._close()  # noqa: SLF001 - its pipe


def test_who_does_not_trace_imports_nothing_of_it(live: Live) -> None:
    maps = Path(f"/proc/{live.process.pid}/maps").read_text()
    assert "apsw" in maps
    assert "google/_upb" not in maps
    assert Caller(live.url).get("/healthz").status == 200
