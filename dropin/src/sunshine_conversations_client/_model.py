"""A model: the JSON object as it is, and names to reach into it.

    said_      {"mediaUrl": ..., "actions": [...]}: by wire names, kept whole, whatever else is in it
    attribute  model.media_url -> said_["mediaUrl"]; objects become models when they are first looked at

So nothing that a server says can fail to be read, and a page costs what is looked at.
"""

from __future__ import annotations

import inspect
import json
import pprint
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeGuard, cast, overload

from parhelion.wire.reading import faults

from ._pydantic import AsPydantic, Plain
from .undefined import Undefined

if TYPE_CHECKING:
    from .configuration import Configuration


class Attribute:
    """One field: its name, its name on the wire, and what it holds."""

    __slots__ = (
        "default",
        "find",
        "hint",
        "many",
        "name",
        "nullable",
        "required",
        "silent",
        "type_name",
        "wire_name",
        "words",
    )

    def __init__(
        self,
        name: str,
        wire_name: str,
        type_name: str = "object",
        *,
        hint: Any = None,  # what wire says of it, for what programs send
        find: Callable[[], type[Model]] | None = None,  # the model that it holds
        many: bool = False,
        required: bool = False,
        default: Any = None,
        nullable: bool = False,  # whether null says something else than silence, as it does in what changes things
        silent: bool = False,  # ... and yet None that a program gives says nothing, as in every release
    ) -> None:
        self.name, self.wire_name, self.type_name = name, wire_name, type_name
        self.hint, self.find, self.many = hint, find, many
        self.required, self.default, self.nullable, self.silent = required, default, nullable, silent
        self.words: Callable[[], type[StrEnum]] | None = None  # the closed set that a value may be of

    @property
    def alias(self) -> str:
        """As pydantic calls the name on the wire."""
        return self.wire_name

    def is_required(self) -> bool:
        return self.required and self.default is None

    @overload
    def __get__(self, model: None, owner: type) -> Self: ...
    @overload
    def __get__(self, model: Model, owner: type) -> Any: ...
    def __get__(self, model: Model | None, owner: type) -> Any:
        return self if model is None else self.read(model.said_)

    def __set__(self, model: Model, value: Any) -> None:
        model.put(self, value)

    def read(self, said: Plain) -> Any:
        value = said.get(self.wire_name)
        if self.words is not None and isinstance(value, str):
            return next((word for word in self.words() if word == value), value)
        if self.find is None or value is None:
            return value
        if not self.many:
            if is_object(value):
                said[self.wire_name] = self.find().of(value)
        elif is_array(value):
            for index, each in enumerate(value):  # in place: a program may hold the list, and change it
                if is_object(each):
                    value[index] = self.find().of(each)
        return said[self.wire_name]

    def given(self, value: Any) -> Any:
        """What a program gave, its plain dicts made into models: their keys may be in snake case."""
        if self.find is None:
            return value
        if is_array(value) and self.many:
            return [self.find().made(each) if is_object(each) else each for each in value]
        return self.find().made(value) if is_object(value) and not self.many else value

    def check(self, value: Any) -> None:
        """What the old clients refused before they asked a server."""
        if value is None:
            if self.required and not self.nullable:
                raise ValueError(f"Invalid value for `{self.name}`, must not be `None`")
        elif self.hint is not None and isinstance(value, (str, int, float, list)):
            fault = next(faults(value, self.hint, strict=False), None)
            if fault is not None:
                raise ValueError(f"Invalid value for `{self.name}`: {fault.why}")


class Flat(Attribute):
    """A field that means what it means to the kind that the object is of."""

    __slots__ = ("member",)
    member: Callable[[Plain], type[Model] | None]

    def read(self, said: Plain) -> Any:
        if self.find is None:
            return super().read(said)
        kind = self.member(said)
        attribute = kind.attributes_.get(self.name) if kind else None
        return super().read(said) if attribute is None else attribute.read(said)


class Named(type):
    """So that help() and editors see the fields as arguments."""

    @property
    def __signature__(cls) -> inspect.Signature:
        names = cast("type[Model]", cls).attribute_map
        return inspect.Signature(
            [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None) for name in names]
        )


class Model(AsPydantic, metaclass=Named):
    """An object of the API. Fields are attributes in snake case; one that is absent is None."""

    __slots__ = ("configuration_", "said_")
    said_: Plain
    configuration_: Configuration  # only where a program gave one

    attributes_: ClassVar[dict[str, Attribute]] = {}  # by name, in the order of positional arguments
    attribute_map: ClassVar[dict[str, str]] = {}
    openapi_types: ClassVar[dict[str, str]] = {}
    nulls_: ClassVar[frozenset[str]] = frozenset()  # by name on the wire: what is None there goes out as null
    nulls: ClassVar[frozenset[str]] = frozenset()  # the same by name
    discriminator: ClassVar[str | None] = None

    def __init__(self, *args: Any, local_vars_configuration: Any = None, **kwargs: Any) -> None:
        self.said_ = {}
        if local_vars_configuration is not None:
            self.configuration_ = local_vars_configuration
        checked = self.checked_
        given = self._named(args, kwargs)
        for name, attribute in self.attributes_.items():
            value = given.get(name, attribute.default)
            if checked:
                attribute.check(value)
            if value is not None or (name in given and attribute.nullable and not attribute.silent):
                self.said_[attribute.wire_name] = attribute.given(value)

    @classmethod
    def of(cls, said: Plain) -> Self:
        """The model of an object as it is on the wire: nothing is checked, and it is not copied."""
        model = object.__new__(cls)
        model.said_ = said
        return model

    @classmethod
    def made(cls, given: Plain) -> Self:
        """The model of a dict that a program wrote, with keys in either case."""
        said: Plain = {}
        for key, value in given.items():
            attribute = cls.attribute_of_(key)
            if attribute is None:
                said[key] = value
            else:
                said[attribute.wire_name] = attribute.given(value)
        return cls.of(said)

    def put(self, attribute: Attribute, value: Any) -> None:
        if self.checked_:
            attribute.check(None if isinstance(value, Undefined) else value)
        if isinstance(value, Undefined) or (value is None and (attribute.silent or not attribute.nullable)):
            self.said_.pop(attribute.wire_name, None)
        else:
            self.said_[attribute.wire_name] = attribute.given(value)

    @property
    def checked_(self) -> bool:
        """Whether values are looked at before a server is asked."""
        return not hasattr(self, "configuration_") or self.configuration_.client_side_validation

    @property
    def local_vars_configuration(self) -> Configuration:
        """What says whether values are checked."""
        from .configuration import Configuration

        return self.configuration_ if hasattr(self, "configuration_") else Configuration()

    @local_vars_configuration.setter
    def local_vars_configuration(self, value: Configuration) -> None:
        self.configuration_ = value

    def __getattr__(self, name: str) -> Any:
        """What this version does not know of, under its own name or in snake case."""
        if name not in Model.__slots__ and not name.startswith("_"):
            for key in (name, camel(name), name.removeprefix("var_")):
                if key in self.said_:
                    return self.said_[key]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def to_dict(self, snake_case: bool = False) -> Plain:
        """What is said, as the API writes it; or, in snake case, every field of the model, absent ones as None."""
        if not snake_case:
            return {key: plain(each) for key, each in self.said_.items() if each is not None or key in self.nulls_}
        told: Plain = {name: _snaked(getattr(self, name)) for name in self.attribute_map}
        return told | {key: value for key, value in self.said_.items() if key not in self.attribute_map.values()}

    def to_json(self) -> str:
        return json.dumps(self.to_dict(), default=str)

    def to_str(self) -> str:
        return pprint.pformat(self.to_dict(), sort_dicts=False)

    @classmethod
    def from_dict(cls, obj: Plain | None) -> Self | None:
        return None if obj is None else cls.made(obj)

    @classmethod
    def from_json(cls, json_str: str) -> Self | None:
        return cls.from_dict(json.loads(json_str))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and type(other) is type(self) and plain(self) == plain(other)

    __hash__ = None  # type: ignore[assignment]  # it may change

    def __repr__(self) -> str:
        return self.to_str()

    def __copy__(self) -> Self:
        return self.of(dict(self.said_))

    @classmethod
    def attribute_of_(cls, key: str) -> Attribute | None:
        """The field of that name: in snake case, as on the wire, or as a release had to spell what Python reserves."""
        for name in (key, key.removeprefix("var_"), key.removeprefix("_")):
            if name in cls.attributes_:
                return cls.attributes_[name]
        return next((each for each in cls.attributes_.values() if each.wire_name == key), None)

    @classmethod
    def _named(cls, args: tuple[Any, ...], kwargs: Plain) -> Plain:
        if len(args) > len(cls.attributes_):
            raise TypeError(f"{cls.__name__}() takes at most {len(cls.attributes_)} arguments, and {len(args)} came")
        # In the place of a positional argument None says nothing: there it was often only a gap to be filled.
        given = {name: value for name, value in zip(cls.attributes_, args, strict=False) if value is not None}
        for key, value in kwargs.items():
            attribute = cls.attribute_of_(key)
            if attribute is None:
                raise TypeError(f"{cls.__name__}() got an unexpected keyword argument {key!r}")
            if attribute.name in given:
                raise TypeError(f"{cls.__name__}() got multiple values for argument {attribute.name!r}")
            given[attribute.name] = value
        return {name: value for name, value in given.items() if not isinstance(value, Undefined)}


def plain(value: Any) -> Any:
    """The same without models, as it goes out. What is None in a model is not said; in a dict it is null."""
    if isinstance(value, Model):
        return value.to_dict()
    if is_object(value):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if is_array(value) else value


def camel(name: str) -> str:
    """media_url -> mediaUrl."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def is_object(value: Any) -> TypeGuard[Plain]:
    """Whether it is an object of JSON."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Whether it is an array of JSON, or would be."""
    return isinstance(value, (list, tuple))


def _snaked(value: Any) -> Any:
    if isinstance(value, Model):
        return value.to_dict(snake_case=True)
    return [_snaked(each) for each in value] if is_array(value) else value
