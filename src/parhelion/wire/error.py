"""Errors: raised by a rule in the server, written as a body in one place, raised again in the client by one table.

    ParhelionError
    ├── NoAnswer                     nothing came back: refused, reset, timed out
    └── ApiError                     the API said no: status, code, title, request_id
        ├── BadRequest             400   one entry of `errors` for each fault
        │   └── NotSupported  TooManySwitchboardIntegrations
        ├── Unauthorized           401
        ├── PaymentRequired        402
        ├── Forbidden              403
        ├── NotFound               404
        │   ├── AppNotFound  UserNotFound  ConversationNotFound  IntegrationNotFound
        │   └── AttachmentNotFound  MessageNotFound         (their code is "not_found")
        ├── MethodNotAllowed       405
        ├── Conflict               409
        ├── EventsExpired          410
        ├── PayloadTooLarge        413
        ├── UnsupportedMediaType   415
        ├── KeyReused              422
        ├── Locked                 423
        ├── TooManyRequests        429
        └── ServerError            5xx
            ├── ServiceUnavailable 503
            └── InsufficientStorage 507

A status or a code that is not in the table still arrives as its nearest ancestor, so `except NotFound` keeps working
when the API learns a new kind of thing not to find.
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from ._wire import Wire


class Error(Wire, kw_only=True):
    """One reason for a refusal: a code for programs, a title for people."""

    code: str
    title: str


class Errors(Wire, kw_only=True):
    """The body of every refusal. More than one entry comes with 400 only."""

    errors: list[Error]


class ParhelionError(Exception):
    """Whatever can go wrong with a call."""

    def __reduce__(self) -> tuple[Any, ...]:
        # An error may be raised in another process than the one that handles it; not all are made from their `args`.
        return copyreg.__newobj__, (type(self), *self.args), vars(self)  # type: ignore[attr-defined]  # not in the stubs


class NoAnswer(ParhelionError):
    """The connection failed. `sent` is False when the request certainly never left."""

    def __init__(self, why: str, *, sent: bool) -> None:
        super().__init__(why)
        self.sent = sent


_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class ApiError(ParhelionError):
    """An answer that says no."""

    status: int = 0
    code: str = "error"
    title: str = "The request was refused"
    _table: ClassVar[dict[tuple[int, str], type[ApiError]]] = {}

    def __init_subclass__(cls) -> None:
        # The first of a kind is what its status means; its children refine it by code.
        cls._table.setdefault((cls.status, ""), cls)
        cls._table.setdefault((cls.status, cls.code), cls)

    def __init__(
        self,
        *titles: str,
        status: int | None = None,
        errors: Iterable[Error] = (),
        headers: Mapping[str, str] = _NO_HEADERS,
        body: bytes = b"",
    ) -> None:
        self.status = status or self.status
        self.errors = [*errors, *(Error(code=self.code, title=title) for title in titles)]
        if not self.errors:
            self.errors = [Error(code=self.code, title=self.title)]
        self.code, self.title = self.errors[0].code, self.errors[0].title
        self.headers, self.body = headers, body
        super().__init__(f"{self.status} " + "; ".join(f"{error.code}: {error.title}" for error in self.errors))

    @property
    def request_id(self) -> str | None:
        """What the server calls this request: quote it when you report a problem."""
        return self.headers.get("x-request-id")

    @classmethod
    def of(
        cls,
        status: int,
        errors: list[Error],
        headers: Mapping[str, str],
        body: bytes,
        expected: Iterable[type[ApiError]] = (),
    ) -> ApiError:
        """The error class that a status and a code mean, nearest first: one that is `expected`, one of the table."""
        code = errors[0].code if errors else ""
        kind = next((each for each in expected if (each.status, each.code) == (status, code)), None)
        kind = kind or cls._table.get((status, code)) or cls._table.get((status, ""))
        kind = kind or (ServerError if status >= ServerError.status else ApiError)
        return kind(status=status, errors=errors, headers=headers, body=body)


class BadRequest(ApiError):
    """The request is malformed, or its fields are. One entry of `errors` for each fault, with the field's path."""

    status, code, title = 400, "bad_request", "Bad request"


class NotSupported(BadRequest):
    """What only the hosted service can do: it would have to reach a channel or Zendesk. Nothing was done."""

    code, title = "not_supported", "Only the hosted service can do this"


class TooManySwitchboardIntegrations(BadRequest):
    """The switchboard has as many switchboard integrations as one may have."""

    code = "too_many_switchboard_integrations"
    title = "Switchboard has reached the max number of switchboard integrations (10)"


class Unauthorized(ApiError):
    """No credentials, or wrong ones."""

    status, code, title = 401, "unauthorized", "Authorization is required"


class PaymentRequired(ApiError):
    """The hosted service's plan does not allow it. This project's server never says so."""

    status, code, title = 402, "payment_required", "Payment required"


class Forbidden(ApiError):
    """The credentials are right; what they ask for is not theirs."""

    status, code, title = 403, "forbidden", "Forbidden"


class NotFound(ApiError):
    """There is no such thing, or no longer."""

    status, code, title = 404, "not_found", "Resource not found"


class MessageNotFound(NotFound):
    """The conversation has no such message."""

    title = "Message not found"


class AttachmentNotFound(NotFound):
    """The app has no such attachment."""

    title = "Attachment not found"


class AppNotFound(NotFound):
    """There is no such app."""

    code, title = "app_not_found", "App not found"


class UserNotFound(NotFound):
    """The app has no such user."""

    code, title = "user_not_found", "User not found"


class ConversationNotFound(NotFound):
    """The app has no such conversation."""

    code, title = "conversation_not_found", "Conversation not found"


class IntegrationNotFound(NotFound):
    """The app has no such integration."""

    code, title = "integration_not_found", "Integration not found"


class NotAMember(NotFound):
    """The user does not take part in the conversation."""

    title = "User is not a member of the conversation"


class ClientNotFound(NotFound):
    """The user has no such client."""

    code, title = "client_not_found", "Client not found"


class DeviceNotFound(NotFound):
    """The user has no such device."""

    code, title = "device_not_found", "Device not found"


class SwitchboardNotFound(NotFound):
    """The app has no such switchboard."""

    code, title = "switchboard_not_found", "Switchboard not found"


class SwitchboardIntegrationNotFound(NotFound):
    """The switchboard has no such switchboard integration."""

    code, title = "switchboard_integration_not_found", "SwitchboardIntegration not found"


class MethodNotAllowed(ApiError):
    """The path exists; this method on it does not. `Allow` names those that do."""

    status, code, title = 405, "method_not_allowed", "Method not allowed"


class Conflict(ApiError):
    """Something with this name is there already."""

    status, code, title = 409, "conflict", "Conflict"


class UserExists(Conflict):
    """The app has a user with this externalId."""

    title = "User already exists"


class EventsExpired(ApiError):
    """The token of a stream is older than the events that are kept: what happened in between is not told any more."""

    status, code, title = 410, "events_expired", "The events after this token are not kept any more"


class PayloadTooLarge(ApiError):
    """A JSON body over 100 kB, or an upload over 50 MB."""

    status, code, title = 413, "payload_too_large", "Payload too large"


class UnsupportedMediaType(ApiError):
    """A body that is not JSON where JSON is due, or a file of a kind that is not accepted."""

    status, code, title = 415, "unsupported_media_type", "Unsupported media type"


class KeyReused(ApiError):
    """This Idempotency-Key was used for another request within the last 24 hours."""

    status, code, title = 422, "idempotency_key_reused", "This Idempotency-Key was used for another request"


class Locked(ApiError):
    """The conversation holds as many messages as one may hold."""

    status, code, title = 423, "locked", "Message limit of 30000 per conversation reached."


class TooManyRequests(ApiError):
    """Slow down. `Retry-After` says for how long, when the server knows."""

    status, code, title = 429, "too_many_requests", "Too many requests"


class ServerError(ApiError):
    """The server failed. Nothing is known of what it did before."""

    status, code, title = 500, "internal_error", "Internal error"


class ServiceUnavailable(ServerError):
    """The server cannot do it now: too much to do, say. Nothing was done; `Retry-After` says when to ask again."""

    status, code, title = 503, "service_unavailable", "Service unavailable"


class InsufficientStorage(ServerError):
    """The server's disk is full. Nothing was done, and reading goes on; somebody has to make room there.

    A call is not repeated for it by itself, unless the answer says when (`Retry-After`).
    """

    status, code, title = 507, "insufficient_storage", "The server has no room left to write to"
