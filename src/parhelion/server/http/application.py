"""The table as a plain ASGI application.

    path -> route -> who asks? too often? may they? -> arguments -> command -> answer, or a stream of them
                        any ApiError on the way -> {"errors": [...]}

Under `/v2` and under `/sc/v2`, as with the hosted service; attachments are fetched under `/attachments/v2`. What the
hosted service does not have is under `/parhelion/v1`, and only there. A few paths are pages: for browsers, or for
whoever wants to know what can be asked here. Below `/console` another answers, who asks here again.

A server under test also answers its controls, and lets faults strike what is not one of them.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
import secrets
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from itertools import count
from typing import Any, NamedTuple

from ...operations import Browse, Declared, Listen, OAuthEndpoints, Parameter
from ...operations.testing import PATH as TESTING
from ...wire import (
    ApiError,
    AppNotFound,
    BadRequest,
    Errors,
    Forbidden,
    KeyReused,
    MethodNotAllowed,
    NotFound,
    ServerError,
    TooManyRequests,
    Unauthorized,
)
from ...wire.writing import write as to_json
from ..commands import (
    NOBODY,
    SAW_IT,
    TELL,
    AnsweredBefore,
    Context,
    Engines,
    Grant,
    Handler,
    Handlers,
    Once,
    json_of,
    shown,
)
from ..commands.attachments import split_path
from ..ports import UNWATCHED, Noted, Subscription, Unavailable, Watch
from ..rows import answered, apps
from ..rows.answered import REMEMBERED
from ..rules.faults import FETCH, Request
from ..rules.statistics import REFUSED
from ..rules.watching import CONSOLE, FETCHED, RATE
from ..rules.whence import Network
from ..stage import Stage
from . import metrics, readiness
from .asgi import Asgi, Gone, Headers, Receive, Scope, Send
from .consent import Consent
from .credentials import Credentials
from .fetching import fetch
from .limiting import Limiter
from .noting import NOTED, Ear, parents_of
from .overload import UPLOAD, Room
from .pages import NO_STORE, TEXT, Asked, Page, Shown, show
from .protocol import CONNECTION
from .reading import arguments, whole
from .reference import Reference
from .routes import Routes
from .streaming import EVENTS, stream
from .suffering import suffer
from .unable import Unable
from .upload import receive_file
from .whence import Callers

log = logging.getLogger("parhelion.http")
JSON = (b"content-type", b"application/json; charset=utf-8")
HONOURED = (b"idempotency-key-ttl", str(REMEMBERED).encode())
CHALLENGE = (b"www-authenticate", b'Basic realm="parhelion", Bearer')
PAGES = ("/", "/openapi.json", "/docs", readiness.HEALTH, readiness.PATH, metrics.PATH, OAuthEndpoints.authorize.path)
NEVER_UNDER_SC = ("/sc/parhelion/", f"/sc{metrics.PATH}")  # a proxy that keeps /metrics to itself keeps all of it
STEERING = f"{TESTING}/"
REPLAYED = (b"idempotent-replayed", b"true")
_ONLY_ONCE = (b"authorization", b"host", b"content-type", b"idempotency-key", b"content-encoding")
_CONSOLE = re.compile(rb"/console(?:[/?]|\Z)")
_HOST = re.compile(rb"[A-Za-z0-9._\-\[\]:]{1,255}")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._\-]{1,64}")
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class Served(NamedTuple):
    """An operation with what answers it, and how its body is read."""

    operation: Declared[Any]
    handler: Handler
    body: Parameter | None
    file: str | None  # the name of the part that is a file


class Application:
    """Answers requests."""

    def __init__(
        self,
        handlers: Handlers,
        engines: Engines,
        *,
        public_url: str | None = None,
        limiter: Limiter | None = None,
        console: Callable[[Asgi], Asgi] | None = None,
        watch: Watch = UNWATCHED,
        text: metrics.Text | None = None,
        keyed: bool = True,
        proxies: Sequence[Network] = (),
    ) -> None:
        """`console`: makes what answers under /console, of what it may ask. `watch`: is told of each request. `text`:
        what /metrics answers; `keyed`: only to who has a key of the account. `proxies`: who is believed when they say
        where a request comes from.
        """
        self._callers = Callers(proxies)
        self.engines = engines
        self._stage = engines.stage
        self._limiter = limiter
        self._credentials = Credentials(engines)
        self._watch = watch
        self._room, self._unable = Room(), Unable(log, watch)
        self._routes: Routes[Served] = Routes()
        reference = Reference(handlers)
        self._pages: dict[str, Page] = {
            "/openapi.json": reference.openapi,
            "/docs": reference.docs,
            readiness.HEALTH: readiness.healthz,
            readiness.PATH: readiness.Readiness(engines.database, engines.media, engines.newest).readyz,
            OAuthEndpoints.authorize.path: Consent(engines, self._credentials, partial(self._room.taken, "")),
        }
        self._console = None if console is None else console(self)
        if console is not None:
            self._pages["/"] = _to_console
        if text is not None:
            self._pages[metrics.PATH] = metrics.Metrics(text, self._credentials if keyed else None)
        for operation, handler in handlers.items():
            if isinstance(operation, Browse):
                continue
            places = {parameter.place: parameter for parameter in operation.parameters}
            file = places.get("file")
            served = Served(operation, handler, places.get("body"), file and file.wire_name)
            self._routes.add(operation.method, operation.path, served)
        self._public_url = public_url.rstrip("/") if public_url else None
        self._numbers = count()
        self._who = secrets.token_hex(4)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if NOTED in scope:
            await self._take(scope, headers, receive, send, scope[NOTED])
            return
        noted = Noted(self._request_id(headers), scope["method"], self.engines.clock())
        if b"traceparent" in headers:
            noted.parents = parents_of(headers)
        self._watch.began()
        ear = Ear(noted, send)
        try:
            if self._console is not None and _CONSOLE.match(scope["raw_path"]):
                scope[NOTED] = noted
                await self._console(scope, receive, ear)
                noted.operation, noted.path = CONSOLE, "/console"
            else:
                await self._take(scope, headers, receive, ear, noted)
        finally:
            ear.over(self._watch)

    async def _take(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send, noted: Noted
    ) -> None:
        more: Headers = [(b"x-request-id", noted.id.encode())]
        try:
            try:
                if len(headers) != len(scope["headers"]):
                    _refuse_doubles(scope["headers"])
                path = scope["raw_path"].decode("latin-1").partition("?")[0]
                if self._stage is not None:
                    send = await self._staged(self._stage, scope, path, headers, receive, send, more)
                attachment = split_path(path)
                if attachment is not None:
                    noted.operation, noted.path = FETCHED, "/attachments/v2/{id}/{name}"
                    await fetch(self.engines, *attachment, scope["method"], headers, receive, send, more)
                    return
                under_sc = path.startswith("/sc/") and not path.startswith(NEVER_UNDER_SC)
                prefix, path = ("/sc", path[3:]) if under_sc else ("", path)
                page = self._pages.get(path)
                if page is not None:
                    noted.operation = noted.path = path
                    base = (self._public_url or self._origin(scope, headers)) + prefix
                    leaving = CONNECTION in scope and scope[CONNECTION].is_leaving
                    came, query = partial(self._callers, scope, noted.id), scope["query_string"]
                    asked = Asked(scope["method"], base, path, query, headers, receive, leaving, came)
                    await show(await page(asked), send, more)
                    return
                status, body = await self._answer(scope, prefix, path, headers, receive, more, noted)
                if not isinstance(body, bytes):
                    await self._stream(body, scope, path, headers, receive, send, more)
                    return
            except ApiError as error:
                status, body = _refused(error, more)
                if isinstance(error, Unauthorized):
                    more.append(CHALLENGE)
        except (Gone, asyncio.CancelledError):  # nobody is there any more, or the server's grace is over
            return
        except Exception as trouble:
            refusal = self._unable.refusal(trouble, noted.id)
            if refusal is None:
                log.exception("request %s failed: %s", noted.id, noted.operation)
            status, body = _refused(refusal or ServerError(), more)
        length = (b"content-length", b"%d" % len(body))
        await send({"type": "http.response.start", "status": status, "headers": [JSON, length, *more]})
        await send({"type": "http.response.body", "body": body})

    async def _answer(
        self,
        scope: Scope,
        prefix: str,
        path: str,
        headers: dict[bytes, bytes],
        receive: Receive,
        more: Headers,
        noted: Noted,
    ) -> tuple[int, bytes | Subscription]:
        served, values = self._find(scope["method"], path)
        operation = served.operation
        noted.operation, noted.path = operation.operation_id, operation.path
        grant = await self._credentials.grant(headers.get(b"authorization")) if operation.scopes else NOBODY
        noted.app, noted.key = grant.app_id, grant.key_id
        app_id = values.pop("app_id", "")
        if self._limiter is not None and operation.scopes:
            try:
                await self._limiter.take(grant, app_id, more)
            except TooManyRequests:
                self._watch.refused(RATE)
                if "\0" not in app_id:
                    self.engines.tally.count(grant.app_id or app_id, REFUSED)
                raise
        await self._permit(operation, grant, app_id)
        noted.app = noted.app or app_id  # one that is there: before, it is whatever somebody wrote
        base = self._public_url or self._origin(scope, headers)
        context = Context(self.engines, operation, grant, app_id, base + prefix, path)
        context.came = partial(self._callers, scope, noted.id)
        context.subject = values.get("conversation_id", "")
        query = scope["query_string"]
        body = b""
        if served.body:
            also_form = operation.also_form
            room = partial(self._room.taken, grant.app_id or app_id)
            body = await whole(headers, receive, room, required=served.body.required, also_form=also_form)
        context.once = _once(operation, headers, path, query, body)
        if context.once is not None:
            more.append(HONOURED)
            if (before := await self._before(context, context.once)) is not None:
                more.append(REPLAYED)
                return before
        named = arguments(operation, values, query, body)
        if isinstance(operation, Listen):
            if b"last-event-id" in headers:  # a browser that comes back asks for the same address
                named["after"] = headers[b"last-event-id"].decode("latin-1")
            return operation.status, await served.handler(context, **named)
        try:
            result = await self._call(context, served, named, headers, receive)
        except (AnsweredBefore, ApiError):
            # Refused because its twin, under the same key, was faster? Then what the twin was answered is the answer.
            if context.once is None or (before := await self._before(context, context.once)) is None:
                raise
            more.append(REPLAYED)
            return before
        return operation.status, json_of(result)

    async def _staged(
        self,
        stage: Stage[Any],
        scope: Scope,
        path: str,
        headers: dict[bytes, bytes],
        receive: Receive,
        send: Send,
        more: Headers,
    ) -> Send:
        """Controls are no web page's to use; whatever else is asked may be struck. Answers how it is answered then."""
        if path.startswith(STEERING):
            if b"origin" in headers:
                raise Forbidden("A web page may not steer a server under test.")
            return send
        if not stage.rules:
            return send
        path = path if path.startswith(NEVER_UNDER_SC) else path.removeprefix("/sc")
        asked = self._asked(scope["method"], path)
        if asked is None or (fault := stage.struck(asked)) is None:
            return send
        if fault.status and asked.method == "POST" and b"idempotency-key" in headers and b"authorization" in headers:
            more.append(HONOURED)  # as with every refusal: so a client knows that it may ask again
        return await suffer(stage, fault, scope, receive, send)

    def _asked(self, method: str, path: str) -> Request | None:
        if split_path(path) is not None:
            return Request(FETCH, method, path, "")
        if path == OAuthEndpoints.authorize.path:
            return Request(OAuthEndpoints.authorize.operation_id, method, path, "")
        try:
            served, values = self._find(method, path)
        except ApiError:
            return None
        return Request(served.operation.operation_id, method, path, values.get("app_id", ""))

    async def _stream(
        self,
        subscription: Subscription,
        scope: Scope,
        path: str,
        headers: dict[bytes, bytes],
        receive: Receive,
        send: Send,
        more: Headers,
    ) -> None:
        served, values = self._find(scope["method"], path)

        async def allowed() -> bool:
            try:
                grant = await self._credentials.grant(headers.get(b"authorization"))
                await self._permit(served.operation, grant, values["app_id"])
            except ApiError:
                return False
            return True

        kind = served.operation.media_type if isinstance(served.operation, Listen) else EVENTS
        await stream(subscription, allowed, self.engines.clock, scope, receive, send, more, kind)

    async def _call(
        self, context: Context, served: Served, named: dict[str, Any], headers: dict[bytes, bytes], receive: Receive
    ) -> Any:
        if served.file is None:
            return await served.handler(context, **named)
        engines, length = context.engines, headers.get(b"content-length", b"")
        held = min(engines.media.holds, int(length)) if length.isdigit() else engines.media.holds
        with self._room.taken(context.grant.app_id or context.app_id, UPLOAD + held):
            received = await receive_file(served.file, headers, receive, engines.media, engines.ids)
            try:
                return await served.handler(context, received, **named)
            except (ApiError, AnsweredBefore, Unavailable):  # there is no row, and there will be none
                await received.part.discard()
                raise
            except Exception:  # nor when cancelled: there may be a row, by which it is found; `recover` asks for it
                received.part.leave()
                raise

    def _find(self, method: str, path: str) -> tuple[Served, dict[str, str]]:
        found = self._routes.find(path)
        if found is None:
            raise NotFound
        node, values = found
        if method not in node.methods:
            raise MethodNotAllowed(headers={"allow": ", ".join(sorted(node.methods))})
        served, names = node.methods[method]
        return served, dict(zip(names, values, strict=True))

    async def _permit(self, operation: Declared[Any], grant: Grant, app_id: str) -> None:
        if operation.scopes and grant.scope not in operation.scopes:
            raise Forbidden
        if not operation.in_app:
            return
        if grant.scope == "account":
            if "\0" in app_id or await apps.find(self.engines.database, app_id) is None:  # see reading.arguments
                raise AppNotFound
        elif app_id != grant.app_id:  # whether that app exists is not told
            raise Forbidden

    async def _before(self, context: Context, once: Once) -> tuple[int, bytes] | None:
        """What was answered to this request when it came before."""
        found = await answered.find(context.database, context.grant.key_id, once.key, context.now())
        if found is None:
            return None
        fingerprint, status, body = found
        if fingerprint != once.fingerprint:
            raise KeyReused
        if not body:
            raise NotFound("What this request made has been erased since.")
        if context.operation in TELL:
            await context.note(f"app/{context.app_id}", SAW_IT)
        return status, shown(context.operation, context.engines.vault, bytes(body))

    def _origin(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        """The address the client used. Only ever told back to the same client."""
        host = headers.get(b"host")
        if host is None:  # HTTP/1.0
            host = b"%b:%d" % (scope["server"][0].encode(), scope["server"][1])
        return _at(scope["scheme"], host)

    def _request_id(self, headers: dict[bytes, bytes]) -> str:
        said = headers.get(b"x-request-id")
        if said is not None and _REQUEST_ID.fullmatch(said):
            return said.decode()
        return f"{self._who}-{next(self._numbers):x}"


def _refused(error: ApiError, more: Headers) -> tuple[int, bytes]:
    more += [(name.encode(), value.encode()) for name, value in error.headers.items()]
    return error.status, to_json(Errors(errors=error.errors))


async def _to_console(asked: Asked) -> Shown:
    asked.only("GET", "HEAD")
    return Shown(303, [TEXT, NO_STORE, (b"location", f"{asked.base}/console".encode())], b"The console is at /console.")


@lru_cache(maxsize=64)  # they are few, but for who plays with them
def _at(scheme: str, host: bytes) -> str:
    if not _HOST.fullmatch(host):
        raise BadRequest("host: is malformed")
    return f"{scheme}://{host.decode()}"


def _refuse_doubles(headers: Headers) -> None:
    """What decides who asks and for what is said once. A proxy that looked at the other one would be passed by."""
    for name in _ONLY_ONCE:
        if sum(name == each for each, _ in headers) > 1:
            raise BadRequest(f"{name.decode()}: should be given once")


def _once(operation: Declared[Any], headers: dict[bytes, bytes], path: str, query: bytes, body: bytes) -> Once | None:
    said = headers.get(b"idempotency-key")
    if said is None or operation.method != "POST" or not operation.scopes:  # an answer is remembered for somebody
        return None
    key = said.decode("latin-1")
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise BadRequest("idempotency-key: should be 1 to 255 visible ASCII characters")
    # An upload's bytes are not part of it: they come after. Its address, and what is asked of it, are.
    digest = hashlib.blake2b(b"\n".join((operation.operation_id.encode(), path.encode(), query, body)), digest_size=16)
    return Once(key, digest.hexdigest())
