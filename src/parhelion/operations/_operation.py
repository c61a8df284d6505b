"""An operation: declared once, read by everyone.

    class Messages(Resource[C_co]):
        @POST("PostMessage", "/v2/apps/{app_id}/conversations/{conversation_id}/messages", status=201)
        def post(self, conversation_id: str, body: MessagePost) -> MessagePostResponse: ...

        iterate = Walk(list)

    Messages.post                   the Operation: its id, method, path, parameters, errors, and what it returns
    Client(...).messages.post       (conversation_id, body) -> MessagePostResponse
    AsyncClient(...).messages.post  async (conversation_id, body) -> MessagePostResponse

Where an argument travels follows from its name: in the path if the path names it, `body` is the JSON body, `source`
the file of an upload, anything else a query parameter. `app_id` is never an argument: the client is bound to an app.

The decorators are upper case because a method called `post` would shadow a lower-case one; and below a method called
`list` no annotation may say `list[...]`: answers are structs, so none needs to.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from types import MethodType
from typing import (
    IO,
    Any,
    Concatenate,
    Final,
    Generic,
    Literal,
    NamedTuple,
    ParamSpec,
    cast,
    get_args,
    get_type_hints,
    overload,
)

from ..wire import ApiError, BadRequest, Forbidden, Listing, TooManyRequests, Unauthorized
from ._callers import (
    Asked,
    Async,
    AsyncListening,
    Listening,
    R,
    R_co,
    RawAsync,
    RawResponse,
    RawSync,
    Resource,
    Steps,
    Sync,
    T,
    T_co,
)

P = ParamSpec("P")
Q = ParamSpec("Q")

Scope = Literal["account", "app", "integration"]
ACCOUNT: Final[frozenset[Scope]] = frozenset({"account"})
APP: Final[frozenset[Scope]] = frozenset({"account", "app"})
ALL: Final[frozenset[Scope]] = frozenset({"account", "app", "integration"})
INTEGRATION: Final[frozenset[Scope]] = frozenset({"integration"})
OF_AN_APP: Final[frozenset[Scope]] = frozenset({"app", "integration"})
OPEN: Final[frozenset[Scope]] = frozenset()  # no credentials are asked for

Place = Literal["path", "query", "body", "file"]
Progress = Callable[[int, int | None], object]  # bytes sent so far, bytes in all where that is known


@dataclass(frozen=True, slots=True)
class UploadFile:
    """A file to upload, with what its source alone does not say.

    `name` is the file name the server is told, by default the path's or the open file's. `progress` is called with
    the bytes sent so far and the bytes in all (None when unknown), first with 0; in an AsyncClient, on the loop.

        client.attachments.upload(UploadFile(png, name="sun.png", progress=lambda sent, size: print(sent, size)))
    """

    source: str | os.PathLike[str] | bytes | IO[bytes] | Iterable[bytes] | AsyncIterable[bytes]
    name: str | None = None
    progress: Progress | None = None

    def __repr__(self) -> str:
        """Without the bytes: they are many, and nobody else's to read."""
        source = f"<{len(self.source)} bytes>" if isinstance(self.source, bytes) else repr(self.source)
        return f"UploadFile({source}, name={self.name!r})"


File = str | os.PathLike[str] | bytes | IO[bytes] | Iterable[bytes] | UploadFile  # a str is a path
AsyncFile = File | AsyncIterable[bytes]

ANYWHERE: Final[tuple[type[ApiError], ...]] = (BadRequest, Unauthorized, Forbidden, TooManyRequests)


class Parameter(NamedTuple):
    """One argument of an operation: its name here and on the wire, and where it travels."""

    name: str
    wire_name: str
    place: Place
    type: Any
    default: Any
    required: bool
    by_name: bool  # keyword-only


class Declared(Generic[R_co]):
    """What is declared. How it is called is the matter of its children: Operation, Upload, Browse and Listen."""

    __name__: str
    __signature__: inspect.Signature
    tag: str
    about_tag: str

    def __init__(
        self,
        operation_id: str,
        method: str,
        path: str,
        status: int,
        scopes: frozenset[Scope],
        errors: tuple[type[ApiError], ...],
        declared: Callable[..., R_co],
        *,
        also_form: bool = False,
    ) -> None:
        self.also_form = also_form  # its body may come as a form too
        self.operation_id, self.method, self.path = operation_id, method, path
        self.status, self.scopes, self.errors = status, scopes, (*errors, *ANYWHERE)
        self.declared: Callable[..., Any] = declared
        self.in_app = "{app_id}" in path
        # What help() and editors read; `self` is nobody's argument.
        self.__name__, self.__doc__, self.__module__ = declared.__name__, declared.__doc__, declared.__module__
        signature = inspect.signature(declared)
        self.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])
        self._positional = [p.name for p in self.__signature__.parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]

        # Two real functions, so that help(), inspect and iscoroutinefunction need no special case.
        @wraps(declared)
        def direct(resource: Resource[Any], *args: Any, **kwargs: Any) -> Any:
            return resource.caller.call(self, self.arguments(resource, args, kwargs))

        @wraps(declared)
        async def awaited(resource: Resource[Any], *args: Any, **kwargs: Any) -> Any:
            return await resource.caller.call(self, self.arguments(resource, args, kwargs))

        self._direct, self._awaited = direct, awaited

    def __set_name__(self, owner: type, name: str) -> None:
        self.tag, self.about_tag = owner.__name__, owner.__doc__ or ""

    def bind(self, resource: Resource[Any]) -> MethodType:
        """The operation as a method of a resource, which knows whether it is to be awaited."""
        return MethodType(self._awaited if resource.caller.is_async else self._direct, resource)

    def arguments(self, resource: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """What was given, by name. The declared method checks it: a wrong call is Python's own TypeError."""
        self.declared(resource, *args, **kwargs)
        return dict(zip(self._positional, args, strict=False), **kwargs)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Worked out at first use: resolving annotations at import would cost every program a little."""
        hints = get_type_hints(self.declared, include_extras=True)
        return tuple(
            Parameter(
                name=name,
                wire_name=self.wire_name(name),
                place=self.place(name),
                type=hints[name],
                default=p.default,
                required=p.default is p.empty,
                by_name=p.kind is p.KEYWORD_ONLY,
            )
            for name, p in self.__signature__.parameters.items()
        )

    @cached_property
    def returns(self) -> Any:
        """The type of the answer."""
        return get_type_hints(self.declared)["return"]

    def place(self, name: str) -> Place:
        """Where the argument of that name travels."""
        if f"{{{name}}}" in self.path:
            return "path"
        return "body" if name == "body" else "query"

    def wire_name(self, name: str) -> str:
        """What the argument of that name is called on its way."""
        return wire_name(name)

    def __repr__(self) -> str:
        return f"<{self.tag}.{self.__name__}: {self.method} {self.path}>"


class Operation(Declared[R_co], Generic[P, R_co]):
    """A request with a JSON body, or none."""

    @overload
    def __get__(self, resource: None, owner: type) -> Operation[P, R_co]: ...
    @overload
    def __get__(self, resource: Resource[Sync], owner: type) -> Callable[P, R_co]: ...
    @overload
    def __get__(self, resource: Resource[Async], owner: type) -> Callable[P, Coroutine[Any, Any, R_co]]: ...
    @overload
    def __get__(self, resource: Resource[RawSync], owner: type) -> Callable[P, RawResponse[R_co]]: ...
    @overload
    def __get__(
        self, resource: Resource[RawAsync], owner: type
    ) -> Callable[P, Coroutine[Any, Any, RawResponse[R_co]]]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        return self if resource is None else self.bind(resource)


class Short(Declared[R_co], Generic[Q, P, R_co]):
    """An operation that a client says more shortly than it is declared: with what `shortly` takes, and makes into the
    declared arguments. The server serves it as declared.
    """

    def __init__(
        self,
        operation_id: str,
        method: str,
        path: str,
        status: int,
        scopes: frozenset[Scope],
        errors: tuple[type[ApiError], ...],
        declared: Callable[..., R_co],
        shortly: Callable[Q, Mapping[str, Any]],
    ) -> None:
        super().__init__(operation_id, method, path, status, scopes, errors, declared)
        self.shortly = shortly
        shortly.__qualname__ = declared.__qualname__  # what Python's own TypeError names
        told = inspect.signature(shortly)
        resource = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        told = told.replace(
            parameters=[resource, *told.parameters.values()], return_annotation=self.__signature__.return_annotation
        )
        functions: tuple[Any, ...] = (self._direct, self._awaited)
        for each in functions:
            each.__signature__ = told  # for help()

    @overload
    def __get__(self, resource: None, owner: type) -> Short[Q, P, R_co]: ...
    @overload
    def __get__(self, resource: Resource[Sync], owner: type) -> Callable[Q, R_co]: ...
    @overload
    def __get__(self, resource: Resource[Async], owner: type) -> Callable[Q, Coroutine[Any, Any, R_co]]: ...
    @overload
    def __get__(self, resource: Resource[RawSync], owner: type) -> Callable[Q, RawResponse[R_co]]: ...
    @overload
    def __get__(
        self, resource: Resource[RawAsync], owner: type
    ) -> Callable[Q, Coroutine[Any, Any, RawResponse[R_co]]]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        return self if resource is None else self.bind(resource)

    def arguments(self, resource: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        return super().arguments(resource, (), dict(self.shortly(*args, **kwargs)))


class Upload(Declared[R_co], Generic[P, R_co]):
    """An operation whose first argument is a file, which is not the same thing on the three sides:

    a File for the client, an AsyncFile for the async client, and what was received for the server's handler.
    """

    @overload
    def __get__(self, resource: None, owner: type) -> Upload[P, R_co]: ...
    @overload
    def __get__(self, resource: Resource[Sync], owner: type) -> Callable[Concatenate[File, P], R_co]: ...
    @overload
    def __get__(
        self, resource: Resource[Async], owner: type
    ) -> Callable[Concatenate[AsyncFile, P], Coroutine[Any, Any, R_co]]: ...
    @overload
    def __get__(
        self, resource: Resource[RawSync], owner: type
    ) -> Callable[Concatenate[File, P], RawResponse[R_co]]: ...
    @overload
    def __get__(
        self, resource: Resource[RawAsync], owner: type
    ) -> Callable[Concatenate[AsyncFile, P], Coroutine[Any, Any, RawResponse[R_co]]]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        return self if resource is None else self.bind(resource)

    def place(self, name: str) -> Place:
        return "file" if name == "source" else super().place(name)


class Browse(Declared[str], Generic[P]):
    """A page for people. A client gives the address to send a browser to, and makes no request."""

    @overload
    def __get__(self, resource: None, owner: type) -> Browse[P]: ...
    @overload
    def __get__(self, resource: Resource[Sync] | Resource[Async], owner: type) -> Callable[P, str]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        return self if resource is None else self.bind(resource)

    def bind(self, resource: Resource[Any]) -> MethodType:
        @wraps(self.declared)
        def address(bound: Resource[Any], *args: Any, **kwargs: Any) -> str:
            told: str = bound.caller.address(self, self.arguments(bound, args, kwargs))
            return told

        return MethodType(address, resource)

    def wire_name(self, name: str) -> str:
        return name  # OAuth has names of its own


class Listen(Declared[T_co], Generic[P, T_co]):
    """A stream of server-sent events. `returns` is the type of one of them.

    For the client an iterator, which opens the stream again when it breaks off; for the server's handler the bytes that
    go out, as they come.
    """

    media_type = "text/event-stream"

    @overload
    def __get__(self, resource: None, owner: type) -> Listen[P, T_co]: ...
    @overload
    def __get__(self, resource: Resource[Sync], owner: type) -> Callable[P, Listening[T_co]]: ...
    @overload
    def __get__(self, resource: Resource[Async], owner: type) -> Callable[P, AsyncListening[T_co]]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        return self if resource is None else self.bind(resource)

    def bind(self, resource: Resource[Any]) -> MethodType:
        @wraps(self.declared)
        def listen(bound: Resource[Any], *args: Any, **kwargs: Any) -> Any:
            return bound.caller.listen(self, self.arguments(bound, args, kwargs), self.returns)

        declared = inspect.signature(self.declared)
        item = str(declared.return_annotation).removeprefix("Iterator")
        returned = ("AsyncListening" if resource.caller.is_async else "Listening") + item
        listen.__signature__ = declared.replace(return_annotation=returned)  # type: ignore[attr-defined]  # for help()
        return MethodType(listen, resource)

    @cached_property
    def returns(self) -> Any:
        """The type of one event."""
        return get_args(get_type_hints(self.declared)["return"])[0]


class Download(Listen[P, T_co]):
    """Lines of JSON that have an end. `returns` is the type of one of them; where it is gone on is named `after`.

    To be read like a stream that is listened to: opened again after the last line when it breaks off.
    """

    media_type = "application/x-ndjson"


class Walk(Generic[P, T_co]):
    """Every item of a paged list, page after page: the arguments of the list, an iterator of its items."""

    def __init__(self, listing: Operation[P, Listing[T_co]], doc: str) -> None:
        self.listing = listing
        self.__doc__ = doc
        returned = str(listing.__signature__.return_annotation).removesuffix("ListResponse")
        self._returned = {False: f"Iterator[{returned}]", True: f"AsyncIterator[{returned}]"}

    def __set_name__(self, owner: type, name: str) -> None:
        self.__name__ = name

    @overload
    def __get__(self, resource: None, owner: type) -> Walk[P, T_co]: ...
    @overload
    def __get__(self, resource: Resource[Sync], owner: type) -> Callable[P, Iterator[T_co]]: ...
    @overload
    def __get__(self, resource: Resource[Async], owner: type) -> Callable[P, AsyncIterator[T_co]]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        if resource is None:
            return self
        listing = self.listing

        def iterate(bound: Resource[Any], *args: Any, **kwargs: Any) -> Any:
            return bound.caller.walk(listing, listing.arguments(bound, args, kwargs))

        declared = inspect.signature(listing.declared)
        returned = self._returned[resource.caller.is_async]
        iterate.__signature__ = declared.replace(return_annotation=returned)  # type: ignore[attr-defined]  # for help()
        iterate.__name__, iterate.__doc__, iterate.__module__ = self.__name__, self.__doc__, listing.__module__
        iterate.__qualname__ = f"{owner.__name__}.{self.__name__}"
        return MethodType(iterate, resource)


class Recipe(Generic[P, R_co]):
    """Several operations as one method: a generator that asks for them, one after the other.

        @Recipe
        def start(self, user: str) -> Steps[Conversation]:
            answer = yield from asked(Conversations.create, ConversationCreateBody(...))
            return answer.conversation

    What goes wrong in one of them is raised where it was asked for.
    """

    def __init__(self, steps: Callable[Concatenate[Any, P], Steps[R_co]]) -> None:
        self.steps = steps
        self.__name__, self.__doc__, self.__module__ = steps.__name__, steps.__doc__, steps.__module__

    @overload
    def __get__(self, resource: None, owner: type) -> Recipe[P, R_co]: ...
    @overload
    def __get__(self, resource: Resource[Sync], owner: type) -> Callable[P, R_co]: ...
    @overload
    def __get__(self, resource: Resource[Async], owner: type) -> Callable[P, Coroutine[Any, Any, R_co]]: ...
    def __get__(self, resource: Resource[Any] | None, owner: type) -> Any:
        if resource is None:
            return self

        @wraps(self.steps)
        def direct(bound: Resource[Any], *args: Any, **kwargs: Any) -> Any:
            return bound.caller.carry(self.steps(bound, *args, **kwargs))

        @wraps(self.steps)
        async def awaited(bound: Resource[Any], *args: Any, **kwargs: Any) -> Any:
            return await bound.caller.carry(self.steps(bound, *args, **kwargs))

        bound: Any = awaited if resource.caller.is_async else direct
        told = inspect.signature(self.steps)
        returned = str(told.return_annotation).removeprefix("Steps[").removesuffix("]")
        bound.__signature__ = told.replace(return_annotation=returned)  # for help()
        return MethodType(bound, resource)


@overload
def asked(operation: Operation[P, R], *args: P.args, **kwargs: P.kwargs) -> Steps[R]: ...
@overload
def asked(operation: Short[..., P, R], *args: P.args, **kwargs: P.kwargs) -> Steps[R]: ...
@overload
def asked(operation: Upload[P, R], source: AsyncFile, /, *args: P.args, **kwargs: P.kwargs) -> Steps[R]: ...
def asked(operation: Any, *args: Any, **kwargs: Any) -> Steps[Any]:  # type: ignore[misc]  # *args takes a source too
    """One step of a recipe: an operation with its declared arguments, and what it answers."""
    return (yield Asked(operation, Declared[Any].arguments(operation, None, args, kwargs)))


class Verb:
    """A decorator that declares an operation of one HTTP method."""

    def __init__(self, method: str) -> None:
        self.method = method

    def __call__(
        self,
        operation_id: str,
        path: str,
        *,
        status: int = 200,
        scopes: frozenset[Scope] = ALL,
        errors: tuple[type[ApiError], ...] = (),
        also_form: bool = False,
    ) -> Callable[[Callable[Concatenate[Any, P], R]], Operation[P, R]]:
        return lambda declared: Operation(
            operation_id, self.method, path, status, scopes, errors, declared, also_form=also_form
        )

    def shortly(
        self,
        said: Callable[Q, Mapping[str, Any]],
        operation_id: str,
        path: str,
        *,
        status: int = 200,
        scopes: frozenset[Scope] = ALL,
        errors: tuple[type[ApiError], ...] = (),
    ) -> Callable[[Callable[Concatenate[Any, P], R]], Short[Q, P, R]]:
        """Declare an operation that clients say more shortly."""
        return lambda declared: Short(operation_id, self.method, path, status, scopes, errors, declared, said)


GET, POST, PATCH, DELETE = Verb("GET"), Verb("POST"), Verb("PATCH"), Verb("DELETE")


def UPLOAD(  # noqa: N802 - it stands beside GET and POST
    operation_id: str,
    path: str,
    *,
    status: int = 200,
    scopes: frozenset[Scope] = ALL,
    errors: tuple[type[ApiError], ...] = (),
) -> Callable[[Callable[Concatenate[Any, AsyncFile, P], R]], Upload[P, R]]:
    """Declare an operation that sends a file."""
    return lambda declared: Upload(operation_id, "POST", path, status, scopes, errors, declared)


def BROWSE(  # noqa: N802 - it stands beside GET and POST
    operation_id: str, path: str
) -> Callable[[Callable[Concatenate[Any, P], str]], Browse[P]]:
    """Declare a page for people. What it leads to is a redirect."""
    return lambda declared: Browse(operation_id, "GET", path, 302, OPEN, (), declared)


def LISTEN(  # noqa: N802 - it stands beside GET and POST
    operation_id: str,
    path: str,
    *,
    scopes: frozenset[Scope] = ALL,
    errors: tuple[type[ApiError], ...] = (),
) -> Callable[[Callable[Concatenate[Any, P], Iterator[T]]], Listen[P, T]]:
    """Declare a stream of events."""
    return lambda declared: Listen(operation_id, "GET", path, 200, scopes, errors, cast("Callable[..., Any]", declared))


def DOWNLOAD(  # noqa: N802 - it stands beside GET and POST
    operation_id: str,
    path: str,
    *,
    scopes: frozenset[Scope] = ALL,
    errors: tuple[type[ApiError], ...] = (),
) -> Callable[[Callable[Concatenate[Any, P], Iterator[T]]], Download[P, T]]:
    """Declare lines that go out one after the other."""
    return lambda declared: Download(
        operation_id, "GET", path, 200, scopes, errors, cast("Callable[..., Any]", declared)
    )


def wire_name(name: str) -> str:
    """conversation_id -> conversationId, for_ -> for."""
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name.rstrip("_"))
