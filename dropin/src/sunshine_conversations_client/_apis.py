"""From the operations of Parhelion to the API classes: PostMessage of Messages -> MessagesApi.post_message.

Each operation gives three methods: `post_message`, `post_message_with_http_info`, and
`post_message_without_preload_content`. Where an argument travels is the operation's own knowledge; here are only the
names it goes by.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Any, NamedTuple, Protocol

import msgspec

from parhelion.operations import TABLE, Declared, Parameter, Resource

from ._build import answer, model
from ._docs import documented
from ._model import Model, is_object, plain
from ._shapes import snake
from ._table import ARGUMENTS, LATE, ONCE
from .exceptions import ApiTypeError, ApiValueError, MissingParameter

HERE = "sunshine_conversations_client.api"


def _declared(resource: type[Resource[Any]]) -> list[Declared[Any]]:
    """The API's own operations: what only Parhelion has was never in these classes."""
    declared: list[Declared[Any]] = [each for each in vars(resource).values() if isinstance(each, Declared)]
    return [each for each in declared if not each.path.startswith("/parhelion/")]


API_NAMES = {f"{resource.__name__}Api": resource for resource in TABLE if _declared(resource)}

KINDS = ("", "_with_http_info", "_without_preload_content")


class Options(NamedTuple):
    """The keyword arguments that every method has, all with an underscore before: 9 and 12's, then 17's."""

    async_req: bool | None = None
    preload_content: bool = True
    return_http_data_only: bool | None = None
    request_timeout: float | tuple[float, float] | None = None
    request_auth: dict[str, Any] | None = None
    content_type: str | None = None
    headers: dict[str, Any] | None = None
    host_index: int = 0


OPTIONS = {name if name == "async_req" else f"_{name}": name for name in Options._fields}
# In 17 these may stand after the arguments, without their names.
IN_PLACE = ("_request_timeout", "_request_auth", "_content_type", "_headers", "_host_index")


class Argument(NamedTuple):
    """An argument by its old name, and the operation's parameter; `app_id` has none."""

    name: str
    parameter: Parameter | None
    model: str | None = None
    required_before: bool = False

    @property
    def required(self) -> bool:
        # Where a required one comes later, this one always was required too.
        return self.parameter is None or self.parameter.required or self.required_before

    def goes_by(self, key: str) -> bool:
        """Whether it is called that: _for, var_for and for_ are one."""
        return self.name in (key, ONCE.get(key)) or (
            self.parameter is not None and key.removeprefix("var").strip("_") == self._bare
        )

    @property
    def _bare(self) -> str:
        return self.parameter.name.strip("_") if self.parameter else self.name


@dataclass(frozen=True)
class Method:
    """An operation as it was called."""

    name: str
    operation: Declared[Any]  # answers nothing: the answer is made into models here
    arguments: tuple[Argument, ...]
    returns: str | None

    @property
    def in_place(self) -> list[str]:
        """The arguments that may be given without their names."""
        return [each.name for each in self.arguments if each.name not in LATE]

    def split(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Options, dict[str, Any]]:
        """The options of a call, which come by name or after its arguments, and the other keyword arguments."""
        many = len(self.in_place) + len(IN_PLACE)
        if len(args) > many:
            raise ApiTypeError(f"{self.name}() takes at most {many} arguments, and {len(args)} came")
        told = dict(zip(IN_PLACE, args[len(self.in_place) :], strict=False))
        twice = told.keys() & kwargs.keys()
        if twice:
            raise ApiTypeError(f"{self.name}() got multiple values for argument '{min(twice)}'")
        rest = {name: value for name, value in kwargs.items() if name not in OPTIONS}
        told |= {name: value for name, value in kwargs.items() if name in OPTIONS}
        return Options(**{OPTIONS[name]: value for name, value in told.items()}), rest

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any], *, checked: bool) -> dict[str, Any]:
        """What was given, by the operation's names, and the app under "app_id"."""
        given = dict(zip(self.in_place, args, strict=False))
        for key, value in kwargs.items():
            argument = next((each for each in self.arguments if each.goes_by(key)), None)
            if argument is None:
                raise ApiTypeError(f"Got an unexpected keyword argument '{key}' to method {self.name}")
            if argument.name in given:
                raise ApiTypeError(f"{self.name}() got multiple values for argument '{argument.name}'")
            given[argument.name] = value
        for each in self.arguments:
            if each.required and each.name not in given:
                raise MissingParameter(f"Missing the required parameter `{each.name}` when calling `{self.name}`")
            if each.required and checked and given[each.name] is None:
                raise ApiValueError(f"Missing the required parameter `{each.name}` when calling `{self.name}`")
        usual = {each.name: each.parameter.default for each in self.arguments if each.parameter and not each.required}
        given = usual | {name: value for name, value in given.items() if value is not None}
        return {
            each.parameter.name if each.parameter else "app_id": _meant(each, given[each.name])
            for each in self.arguments
            if given.get(each.name) is not None
        }


class Caller(Protocol):
    """What carries a call out: an ApiClient."""

    def carry_out(self, method: Method, args: tuple[Any, ...], kwargs: dict[str, Any], *, kind: str) -> Any: ...


class Api:
    """The operations of one tag."""

    def __init__(self, api_client: Any = None) -> None:
        from .api_client import ApiClient

        self.api_client: Caller = api_client or ApiClient.default_or_new()


@cache
def api(name: str) -> type[Api]:
    """The class of that name; AttributeError for one that does not exist."""
    if name not in API_NAMES:
        raise AttributeError(f"There is no {name!r} here (yet)")
    namespace: dict[str, Any] = {"__module__": f"{HERE}.{snake(name)}", "__doc__": API_NAMES[name].__doc__}
    for called in methods(name):
        namespace |= {each.__name__: each for each in _functions(called, name)}
    return type(name, (Api,), namespace)


def methods(name: str) -> list[Method]:
    """The operations of an API class, in the order in which they are declared."""
    return [_method(each) for each in _declared(API_NAMES[name])]


def _functions(called: Method, owner: str) -> Iterator[Callable[..., Any]]:
    for kind in KINDS:

        def method(self: Api, *args: Any, _kind: str = kind, **kwargs: Any) -> Any:
            return self.api_client.carry_out(called, args, kwargs, kind=_kind)

        method.__name__, method.__qualname__ = called.name + kind, f"{owner}.{called.name}{kind}"
        method.__module__ = f"{HERE}.{snake(owner)}"
        method.__doc__ = documented(called, owner, kind)
        method.__dict__["__signature__"] = _signature(called)
        yield method


def _signature(called: Method) -> inspect.Signature:
    told = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    for each in called.arguments:
        default = inspect.Parameter.empty if each.required else None
        kind = inspect.Parameter.KEYWORD_ONLY if each.name in LATE else inspect.Parameter.POSITIONAL_OR_KEYWORD
        told.append(inspect.Parameter(each.name, kind, default=default))
    told.append(inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD))
    return inspect.Signature(told, return_annotation=called.returns or "object")


def _method(operation: Declared[Any]) -> Method:
    parameters = {each.name: each for each in operation.parameters}
    order = ARGUMENTS.get(operation.operation_id, tuple(parameters))
    needed = [name for name in order if parameters[name].required][-1:]
    early = order[: order.index(needed[0])] if needed else ()
    arguments = tuple(_argument(parameters[name])._replace(required_before=name in early) for name in order)
    app = (Argument("app_id", None),) if operation.in_app else ()
    unread = copy(operation)
    vars(unread)["returns"] = NoneType
    returns = "str" if operation.returns is str else answer(operation.returns)
    return Method(snake(operation.operation_id), unread, app + arguments, returns)


def _argument(parameter: Parameter) -> Argument:
    holds = answer(parameter.type)
    if parameter.place == "body" and holds:
        return Argument(snake(holds), parameter, holds)
    name = f"_{parameter.name.rstrip('_')}" if parameter.name.endswith("_") else parameter.name
    return Argument(name, parameter, holds if parameter.place == "query" else None)


def _meant(argument: Argument, value: Any) -> Any:
    parameter = argument.parameter
    if parameter is None or parameter.place == "path":
        return str(value)
    if argument.model and is_object(value):
        value = model(argument.model).made(value)
    if parameter.place == "body":
        return plain(value)
    if parameter.place == "file":
        from ._by_hand import upload

        return upload(value)
    if isinstance(value, Model):
        return _query(plain(value), parameter.type)
    return value


def _query(said: dict[str, Any], hint: Any) -> Any:
    said = {key: each for key, each in said.items() if each is not None}
    try:
        return msgspec.convert(said, hint, strict=False) if said else None
    except msgspec.ValidationError as error:
        raise ApiValueError(str(error)) from None
