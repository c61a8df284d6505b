"""A call, from its arguments to a model, through Parhelion's client.

    MessagesApi.post_message(...) -> ApiClient.carry_out -> parhelion.Client.call -> Errand -> HttpTransport

The Errand is the transport of one call: it adds the headers that only this dialect knows and keeps the answer as it
came, since models are made of that.
"""

from __future__ import annotations

import re
import weakref
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import msgspec

from parhelion.client import Client, Patience, Request, Response, Timeout, Transport
from parhelion.wire import ApiError, NoAnswer

from . import rest
from ._apis import Method, Options
from ._build import anything
from ._by_hand import ByHand, RequestSerialized, timeout
from ._model import Model, is_array, is_object, plain
from .api_response import ApiResponse, T as ApiResponseT
from .configuration import Configuration
from .exceptions import (
    ApiException,
    ApiValueError,
    BadRequestException,
    ForbiddenException,
    NotFoundException,
    ServiceException,
    UnauthorizedException,
    refused,
    unanswered,
)
from .rest import headers, raw

if TYPE_CHECKING:
    from multiprocessing.pool import ThreadPool

    from parhelion.client import HttpTransport

AGENT = "parhelion-sunshine-conversations-client/0.1.0/python"
LATE = frozenset({"authorization", "content-type", "idempotency-key"})  # the client's own, but for this dialect


class ApiClient(ByHand):
    """Carries calls out. Usable again after it was closed, as it always was."""

    PRIMITIVE_TYPES: ClassVar[tuple[type, ...]] = (float, bool, bytes, str, int)
    NATIVE_TYPES_MAPPING: ClassVar[dict[str, type]] = {
        "int": int,
        "long": int,
        "float": float,
        "str": str,
        "bool": bool,
        "date": date,
        "datetime": datetime,
        "decimal": Decimal,
        "object": object,
    }
    _default: ClassVar[ApiClient | None] = None

    def __init__(
        self,
        configuration: Configuration | None = None,
        header_name: str | None = None,
        header_value: str | None = None,
        cookie: str | None = None,
        pool_threads: int = 1,
    ) -> None:
        self.configuration = configuration or Configuration.get_default_copy()
        self.client_side_validation = self.configuration.client_side_validation
        self.default_headers: dict[str, Any] = {}
        if header_name is not None:
            self.default_headers[header_name] = header_value
        self.cookie, self.pool_threads = cookie, pool_threads
        self.user_agent = AGENT
        self.last_response: Response | None = None
        self._transport: HttpTransport | None = None
        self._pool: ThreadPool | None = None

    @classmethod
    def get_default(cls) -> ApiClient:
        if ApiClient._default is None:
            ApiClient._default = cls()
        return ApiClient._default

    @classmethod
    def set_default(cls, default: ApiClient | None) -> None:
        ApiClient._default = default

    @classmethod
    def default_or_new(cls) -> ApiClient:
        """What an API class uses that was given none."""
        return ApiClient._default or cls()

    @property
    def user_agent(self) -> str:
        return str(self.default_headers["User-Agent"])

    @user_agent.setter
    def user_agent(self, value: str) -> None:
        self.default_headers["User-Agent"] = value

    def set_default_header(self, header_name: str, header_value: Any) -> None:
        self.default_headers[header_name] = header_value

    @property
    def pool(self) -> ThreadPool:
        """The threads of `async_req`, begun when first needed."""
        if self._pool is None:
            from multiprocessing.pool import ThreadPool

            self._pool = ThreadPool(self.pool_threads)
            weakref.finalize(self, self._pool.close)  # who forgets to close leaves no threads behind
        return self._pool

    @property
    def transport(self) -> Transport:
        """The connections, made as the configuration says when they are first needed."""
        if self._transport is None:
            from ._connections import transport

            self._transport = transport(self.configuration)
        return self._transport

    def close(self) -> None:
        """Let go of threads and connections."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()
            pool.join()
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def carry_out(self, method: Method, args: tuple[Any, ...], kwargs: dict[str, Any], *, kind: str) -> Any:
        """What the methods of the API classes do."""
        asked, rest = method.split(args, kwargs)
        timeout(asked.request_timeout)  # where it is said, not in a thread
        if asked.host_index != 0:
            raise ApiValueError("`_host_index` can only be 0: set the host of the Configuration")
        given = method.bind(args, rest, checked=self.client_side_validation)
        if asked.async_req:
            return self.pool.apply_async(self._answered, (method, given, asked, kind))
        return self._answered(method, given, asked, kind)

    def _answered(self, method: Method, given: dict[str, Any], asked: Options, kind: str) -> Any:
        try:
            response = self._ask(method, given, asked)
        except ApiError as error:
            response = self.last_response = Response(error.status, error.headers, error.body)
            if kind == "_without_preload_content":
                return raw(response)
            raise refused(response) from None
        except NoAnswer as lost:
            raise unanswered(lost, self.configuration.host) from lost
        self.last_response = response
        if self.configuration.debug:
            self.configuration.logger["package_logger"].debug("response body: %s", response.body)
        if kind == "_without_preload_content" or not asked.preload_content:
            return raw(response)
        data = _read(response, method.returns)
        if kind == "" or asked.return_http_data_only:
            return data
        return ApiResponse(status_code=response.status, data=data, headers=headers(response), raw_data=response.body)

    def _ask(self, method: Method, given: dict[str, Any], asked: Options) -> Response:
        app_id = given.pop("app_id", None)
        said = {name.lower(): str(value) for name, value in (self.default_headers | (asked.headers or {})).items()}
        if self.cookie:
            said["cookie"] = self.cookie
        if asked.content_type:
            said["content-type"] = asked.content_type
        who = [asked.request_auth] if asked.request_auth else self.configuration.auth_settings().values()
        for setting in who if method.operation.scopes else ():  # where none are asked for, none are sent
            if setting["in"] not in ("header", "cookie"):
                raise ApiValueError("Authentication token must be in `header` or `cookie`")
            said["cookie" if setting["in"] == "cookie" else setting["key"].lower()] = setting["value"]
        late = {name: _printable(name, said.pop(name)) for name in LATE & said.keys()}
        errand = Errand(self.transport, late)
        client = Client(
            self.configuration.host,
            app_id=app_id,
            credentials=errand,
            headers=said,
            timeout=timeout(asked.request_timeout),
            retries=_patience(self.configuration.retries),
            transport=errand,
        )
        client.call(method.operation, given)
        return cast("Response", errand.response)

    def sanitize_for_serialization(self, obj: Any) -> Any:
        """The object as it would go out: JSON without models."""
        return msgspec.to_builtins(plain(obj))

    def deserialize(
        self,
        response: Any = None,
        response_type: Any = None,
        content_type: str | None = None,
        *,
        response_text: Any = None,  # as 17 calls it
    ) -> Any:
        """A model from JSON: text, or anything with `.data`. `response_type` is a class, or its name.

        Names are those of models, or "object", "str", "datetime" and their like, "list[Name]" and "dict(str, Name)";
        "bytearray" is the body as it came, and "file" the path of a file that it was written to.
        """
        said = response if response_text is None else response_text
        body = getattr(said, "data", said)
        if response_type == "bytearray":
            return body
        if response_type == "file":
            return self._filed(body, said.getheader("content-disposition") if hasattr(said, "getheader") else None)
        if content_type and content_type.lower().startswith("text/"):
            return _read_as(body.decode() if isinstance(body, bytes) else body, response_type)
        return _read_as(msgspec.json.decode(body), response_type)

    def _filed(self, body: bytes, disposition: str | None) -> str:
        """Written to a new folder, under the name that came with it."""
        import tempfile
        from pathlib import Path

        named = re.search(r"filename=['\"]?([^'\"\s]+)", disposition or "")
        folder = Path(tempfile.mkdtemp(dir=self.configuration.temp_folder_path))
        file = folder / (Path(named[1]).name if named else "file")
        file.write_bytes(body)
        return str(file)


class Errand:
    """The transport, and the credentials, of one call."""

    def __init__(self, transport: Transport, late: dict[str, str]) -> None:
        self._transport, self._late = transport, late
        self.response: Response | None = None

    def authorization(self, now: float) -> str:  # noqa: ARG002 - a Configuration's credentials do not age
        return self._late.get("authorization", "")

    def send(self, request: Request, timeout: Timeout) -> Response:
        request.headers.update(self._late)
        if not request.headers.get("authorization"):
            request.headers.pop("authorization", None)
        self.response = self._transport.send(request, timeout)
        return self.response

    def close(self) -> None:
        """The connections stay with the ApiClient."""


def _printable(name: str, value: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise ApiValueError(f"The header {name} holds a character that cannot be sent")
    return value


def _patience(retries: Any) -> Patience:
    """A number, a urllib3 Retry, or None. The old clients tried again only to connect; unasked, these do not at all."""
    again = getattr(retries, "total", retries)
    return Patience(attempts=1 + int(again or 0))


def _read(response: Response, name: str | None) -> Any:
    if name == "str":  # a page, not JSON
        return response.body.decode(errors="replace")
    try:
        said = msgspec.json.decode(response.body) if response.body else None
    except (msgspec.DecodeError, RecursionError) as error:
        body = response.body.decode(errors="replace")
        raise ApiException(response.status, f"The answer cannot be read: {error}", body=body) from error
    return _read_as(said, name) if name else said


def _read_as(said: Any, kind: Any) -> Any:
    if isinstance(kind, str):
        several = re.fullmatch(r"[Ll]ist\[(.+)\]", kind)
        if several and is_array(said):
            return [_read_as(each, several[1]) for each in said]
        named = re.fullmatch(r"[Dd]ict[(\[]\w+, ?(.+)[)\]]", kind)
        if named and is_object(said):
            return {key: _read_as(each, named[1]) for key, each in said.items()}
        kind = None if several or named else ApiClient.NATIVE_TYPES_MAPPING.get(kind) or anything(kind)
    if kind in (datetime, date) and isinstance(said, str):
        read = datetime.fromisoformat(said)
        return read if kind is datetime else read.date()
    if kind in (str, int, float, bool, Decimal) and isinstance(said, (str, int, float)):
        native: type[str | int | float | Decimal] = kind
        return native(said)
    if isinstance(kind, type) and issubclass(kind, StrEnum) and isinstance(said, str):
        return kind(said) if said in list(kind) else said
    if not (isinstance(kind, type) and issubclass(kind, Model) and is_object(said)):
        return said
    model: type[Model] = kind
    return model.of(said)


__all__ = [
    "ApiClient",
    "ApiException",
    "ApiResponse",
    "ApiResponseT",
    "ApiValueError",
    "BadRequestException",
    "Configuration",
    "ForbiddenException",
    "NotFoundException",
    "RequestSerialized",
    "ServiceException",
    "UnauthorizedException",
    "rest",
]
