"""Requests that a program puts together itself, for what a release had no method for.

    9, 12   call_api(resource_path, method, path_params=..., ...) -> (data, status, headers)
    17      param_serialize(method, resource_path, ...) -> what call_api takes
            call_api(method, url, ...) -> RESTResponse
            response_deserialize(response, {"200": "UserResponse"}) -> ApiResponse

Both send exactly what they are told, once: no retries, no keys for repeating.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from parhelion.client import Headers, Request, Response, Timeout, Transport
from parhelion.client.uploads import Multipart
from parhelion.wire import NoAnswer

from ._model import Model, is_array, is_object, plain
from .api_response import ApiResponse
from .exceptions import ApiTypeError, ApiValueError, refused, unanswered
from .rest import RESTResponse, headers, raw

if TYPE_CHECKING:
    from multiprocessing.pool import ThreadPool

    from .configuration import Configuration

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
DELIMITERS = {"csv": ",", "ssv": " ", "tsv": "\t", "pipes": "|"}
FORM = "application/x-www-form-urlencoded"
Pairs = list[tuple[str, Any]]
RequestSerialized = tuple[str, str, dict[str, str], Any, Pairs]


class ByHand:
    """The part of an ApiClient that sends what it is given."""

    configuration: Configuration
    default_headers: dict[str, Any]
    cookie: str | None
    last_response: Response | None

    if TYPE_CHECKING:

        @property
        def pool(self) -> ThreadPool: ...
        @property
        def transport(self) -> Transport: ...
        def deserialize(self, response: Any, response_type: Any, content_type: str | None = None) -> Any: ...

    def call_api(self, *args: Any, async_req: bool | None = None, **kwargs: Any) -> Any:
        """Send a request, as 9 and 12 did or, when the HTTP method or a `url` comes first, as 17 does."""
        new = "url" in kwargs or (bool(args) and args[0] in METHODS)
        call = self._send if new else self._carry_by_hand
        return self.pool.apply_async(call, args, kwargs) if async_req else call(*args, **kwargs)

    def param_serialize(
        self,
        method: str,
        resource_path: str,
        path_params: Any = None,
        query_params: Any = None,
        header_params: dict[str, Any] | None = None,
        body: Any = None,
        post_params: Any = None,
        files: dict[str, Any] | None = None,
        auth_settings: list[str] | None = None,
        collection_formats: dict[str, str] | None = None,
        _host: str | None = None,
        _request_auth: dict[str, Any] | None = None,
    ) -> RequestSerialized:
        """What `call_api` takes: the method, the whole address, the headers, the body, and the fields of a form."""
        told = (header_params or {}) | self.default_headers | ({"Cookie": self.cookie} if self.cookie else {})
        query = _pairs(query_params, collection_formats or {})
        self.update_params_for_auth(told, query, auth_settings, request_auth=_request_auth)
        path = resource_path
        for name, value in _items(path_params):
            path = path.replace(f"{{{name}}}", quote(str(value), safe=self.configuration.safe_chars_for_path_param))
        url = (self.configuration.host if _host is None else _host).rstrip("/") + path
        form = _pairs(post_params, collection_formats or {}) + list((files or {}).items())
        return (
            method,
            f"{url}?{urlencode(query)}" if query else url,
            {name: str(value) for name, value in told.items() if value is not None},
            plain(body),
            form,
        )

    def response_deserialize(
        self, response_data: RESTResponse, response_types_map: dict[str, Any] | None = None
    ) -> ApiResponse[Any]:
        """The answer as the model that the table names for its status; an exception when the API said no."""
        status, types = str(response_data.status), response_types_map or {}
        if not 200 <= response_data.status <= 299:
            raise refused(response_data.answer)
        kind = types.get(status) or types.get(f"{status[0]}XX")
        data = self.deserialize(response_data, kind) if kind and response_data.data else None
        return ApiResponse(
            status_code=response_data.status,
            data=data,
            headers=response_data.getheaders(),
            raw_data=response_data.data,
        )

    def select_header_accept(self, accepts: list[str]) -> str | None:
        return _json_or_first(accepts)

    def select_header_content_type(self, content_types: list[str]) -> str | None:
        return _json_or_first(content_types)

    def update_params_for_auth(
        self,
        headers: dict[str, Any],
        queries: Pairs | None = None,
        auth_settings: list[str] | None = None,
        resource_path: str | None = None,  # noqa: ARG002 - as it was
        method: str | None = None,  # noqa: ARG002 - as it was
        body: Any = None,  # noqa: ARG002 - as it was
        request_auth: dict[str, Any] | None = None,
        *,
        querys: Pairs | None = None,  # as 9 and 12 spelled it
    ) -> None:
        """Add what says who asks to the headers, or to the query."""
        known = self.configuration.auth_settings()
        who = [known[name] for name in auth_settings or () if name in known]
        query = queries if queries is not None else querys if querys is not None else []
        for setting in [request_auth] if request_auth and auth_settings else who:
            if setting["in"] == "query":
                query.append((setting["key"], setting["value"]))
            else:
                headers["Cookie" if setting["in"] == "cookie" else setting["key"]] = setting["value"]

    def parameters_to_tuples(self, params: Any, collection_formats: dict[str, str] | None) -> Pairs:
        """Pairs, with what has a format in `collection_formats` joined, or repeated, as that says."""
        found: Pairs = []
        for name, value in _items(params):
            how = (collection_formats or {}).get(name)
            if how is None:
                found.append((name, value))
            else:
                found += [(name, each) for each in value] if how == "multi" else [(name, _joined(value, how))]
        return found

    def parameters_to_url_query(self, params: Any, collection_formats: dict[str, str] | None) -> str:
        """A query as 17 wrote it: an object in it is one value of JSON. `param_serialize` writes name[key]=..."""
        said = [
            (name, json.dumps(value) if is_object(value) else _text(value) if isinstance(value, bool) else value)
            for name, value in _items(params)
        ]
        return "&".join(
            f"{name}={quote(str(value))}" for name, value in self.parameters_to_tuples(said, collection_formats)
        )

    def files_parameters(self, files: dict[str, Any] | None = None) -> Pairs:
        """The parts of a form, their files read whole: (name, (file name, bytes, type)). Calls stream instead."""
        found: Pairs = []
        for name, source in (files or {}).items():
            for each in _each(source):
                file, data = _read(name, each)
                found.append((name, (file, data, guess_type(file)[0] or "application/octet-stream")))
        return found

    def _send(
        self,
        method: str,
        url: str,
        header_params: dict[str, str] | None = None,
        body: Any = None,
        post_params: Any = None,
        _request_timeout: Any = None,
    ) -> RESTResponse:
        if method not in METHODS:
            raise ApiValueError(f"There is no method {method!r}")
        place = urlsplit(url)
        told = Headers({name.lower(): value for name, value in (header_params or {}).items()})
        request = Request(method, f"{place.scheme}://{place.netloc}", place.path or "/", told)
        if place.query:
            request.path += f"?{place.query}"
        request.body = _body(body, post_params, told)
        length = len(request.body) if isinstance(request.body, bytes) else request.body.length if request.body else 0
        if length is None:
            told["transfer-encoding"] = "chunked"
        elif request.body is not None or method not in ("GET", "HEAD", "DELETE", "OPTIONS"):
            told["content-length"] = str(length)
        try:
            response = self.last_response = self.transport.send(request, timeout(_request_timeout))
        except NoAnswer as lost:
            raise unanswered(lost, self.configuration.host) from lost
        return RESTResponse(response)

    def _carry_by_hand(
        self,
        resource_path: str,
        method: str,
        path_params: Any = None,
        query_params: Any = None,
        header_params: dict[str, Any] | None = None,
        body: Any = None,
        post_params: Any = None,
        files: dict[str, Any] | None = None,
        response_type: Any = None,
        auth_settings: list[str] | None = None,
        _return_http_data_only: bool | None = None,
        collection_formats: dict[str, str] | None = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
        _host: str | None = None,
        _request_auth: dict[str, Any] | None = None,
    ) -> Any:
        method, url, told, said, form = self.param_serialize(
            method,
            resource_path,
            path_params,
            query_params,
            header_params,
            body,
            post_params,
            files,
            auth_settings,
            collection_formats,
            _host,
            _request_auth,
        )
        response = self._send(method, url, told, said, form, _request_timeout)
        if not 200 <= response.status <= 299:
            raise refused(response.answer)
        if not _preload_content:
            return raw(response.answer)
        data = self.deserialize(response, response_type) if response_type and response.data else None
        return data if _return_http_data_only else (data, response.status, headers(response.answer))


def timeout(asked: Any) -> Timeout:
    """A number of seconds or a pair of them: to connect, and for each silence."""
    if not asked:
        return Timeout()
    if isinstance(asked, (int, float)):
        return Timeout(connect=asked, read=asked)
    if hasattr(asked, "connect_timeout"):  # urllib3's Timeout
        asked = asked.connect_timeout, asked.read_timeout
    if is_array(asked) and len(asked) == 2 and all(each is None or isinstance(each, (int, float)) for each in asked):
        return Timeout(connect=asked[0], read=asked[1])
    raise ApiTypeError(f"`_request_timeout` is a number of seconds or a pair of them, not {asked!r}")


def _items(given: Any) -> Pairs:
    return list(given.items()) if is_object(given) else list(given or ())


def _pairs(given: Any, formats: dict[str, str]) -> Pairs:
    """Each value as text; a list as its format says, an object as name[key]."""
    found: Pairs = []
    for name, value in _items(given):
        said = plain(value)
        if is_object(said):
            found += [(f"{name}[{key}]", _text(each)) for key, each in said.items() if each is not None]
        elif is_array(said) and formats.get(name) == "multi":
            found += [(name, _text(each)) for each in said]
        elif is_array(said):
            found.append((name, _joined(said, formats.get(name, "csv"))))
        else:
            found.append((name, _text(said)))
    return found


def _joined(values: Any, how: str) -> str:
    return DELIMITERS.get(how, ",").join(_text(each) for each in values)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _body(body: Any, form: Any, told: Headers) -> bytes | Multipart | None:
    if body is not None:
        told.setdefault("content-type", "application/json")
        if isinstance(body, (str, bytes)):
            return body if isinstance(body, bytes) else body.encode()
        return json.dumps(plain(body), default=_said).encode()
    fields = _items(form)
    if not fields:
        return None
    if told.get("content-type", FORM) == FORM:
        told["content-type"] = FORM
        return urlencode(fields).encode()
    if len(fields) != 1:
        raise ApiValueError("A form holds one file, and nothing beside it")
    part = Multipart(fields[0][0], upload(fields[0][1], fields[0][0]))
    told["content-type"] = part.content_type
    return part


def _each(source: Any) -> Iterable[Any]:
    if isinstance(source, tuple) or not is_array(source):  # a tuple is a name, and what bears it
        return [source]
    return source


def _read(name: str, source: Any) -> tuple[str, bytes]:
    if isinstance(source, (str, Path)):
        return Path(source).name, Path(source).read_bytes()
    return (source[0], source[1]) if is_array(source) else (name, source)


def upload(value: Any, part: str = "source") -> Any:
    """A path, a list of one, bytes, (name, bytes), an open file: what Parhelion streams. Bytes alone are a `part`."""
    from parhelion.operations import UploadFile

    if isinstance(value, (bytes, bytearray)):
        return UploadFile(bytes(value), name=part)
    if not is_array(value):
        return value
    if isinstance(value, tuple) and len(value) == 2:
        return UploadFile(value[1], name=value[0])
    if len(value) != 1:
        raise ApiValueError(f"One file at a time: `source` holds {len(value)}")
    return upload(value[0], part)


def _said(value: Any) -> Any:
    return plain(value) if isinstance(value, Model) else str(value)


def _json_or_first(kinds: list[str]) -> str | None:
    return next((each for each in kinds if "json" in each.lower()), next(iter(kinds), None))


__all__ = ["ByHand", "RequestSerialized", "timeout", "upload"]
