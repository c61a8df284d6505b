"""From the table and the structs of `parhelion.wire` to classes, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum, nonmember
from functools import cache, partial
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Self, Union, cast, get_args, get_origin

import msgspec
from msgspec import UnsetType

from parhelion.wire import Wire

from ._kinds import AsDict, Family, OneOf
from ._model import Attribute, Flat, Model, Named, camel
from ._shapes import Either, Kinds, Shape, Told, snake
from ._table import ALIASES, MODELS, SILENT, WORDED, WORDS

HERE = "sunshine_conversations_client.model"
NAMES = (*MODELS, *WORDS, *ALIASES)


@cache
def model(name: str) -> type[Model]:
    """The class of a model."""
    if name in ALIASES:
        return model(ALIASES[name])
    shape = MODELS[name]
    if isinstance(shape, Either):
        return _either(name, shape)
    if isinstance(shape, Kinds):
        tags = {_shape(each).kind: partial(model, each) for each in shape.members}
        made = _class(
            name,
            Family,
            _told(shape.fields),
            members_=tags,
            one_of_schemas=set(shape.members),
            discriminator_value_class_map={_shape(each).kind: each for each in shape.members},
        )
        made.__doc__ = f"One of {', '.join(shape.members)}, or of a kind that came after this version."
        return made
    if isinstance(shape, Told):
        return _class(name, Model, _told(shape.fields))
    merged = {each.name: each for struct in reversed(shape.structs) for each in _attributes(struct, shape)}
    for each in _told(shape.holds):
        field = merged.setdefault(each.name, each)  # or one that the struct does not know
        field.find, field.type_name = each.find, each.type_name
    kind = model(shape.family) if shape.family else AsDict if shape.as_dict else Model
    made = _class(name, kind, _ordered(merged, shape.first))
    made.__doc__ = None if shape.only else shape.structs[0].__doc__
    return made


def _either(name: str, shape: Either) -> type[Model]:
    members = {each: model(each) for each in shape.members}
    flat = {
        each.name: Flat(
            each.name, each.wire_name, each.type_name, find=each.find, many=each.many, nullable=each.nullable
        )
        for member in reversed(members.values())
        for each in member.attributes_.values()
    }
    kinds = {_tag(member): name for name, member in members.items() if _tag(member)}
    tags = {_tag(member) or next(iter(member.attribute_map.values())): name for name, member in members.items()}
    finders = {tag: partial(model, member) for tag, member in tags.items()} if len(tags) == len(members) else {}
    made = cast(
        "type[OneOf]",
        _class(
            name,
            OneOf,
            _ordered(flat, shape.first),
            members_=finders,
            untold_=() if finders else tuple(members.values()),
            one_of_schemas=set(members),
            any_of_schemas=set(members),
            discriminator="type" if kinds else None,
            discriminator_value_class_map=kinds,
        ),
    )
    for field in flat.values():
        field.member = made.member
    made.__doc__ = f"One of {', '.join(members)}: with the fields of all of them, or holding one of them."
    return made


class Word(StrEnum):
    """One word of a closed set. In 9 and 12 the sets were models without fields."""

    attribute_map = nonmember(dict[str, str]())
    openapi_types = nonmember(dict[str, str]())
    nulls = nonmember(frozenset[str]())
    discriminator = nonmember(None)
    local_vars_configuration = nonmember(None)

    @classmethod
    def from_json(cls, json_str: str) -> Self:
        return cls(msgspec.json.decode(json_str))

    def to_dict(self) -> dict[str, Any]:
        return {}

    def to_str(self) -> str:
        return repr(self.to_dict())


@cache
def words(name: str) -> type[StrEnum]:
    """The class of a closed set of words."""
    make: Any = Word  # the checkers want a literal name
    found: type[StrEnum] = make(name, {word.upper(): word for word in get_args(WORDS[name])})
    found.__module__ = f"{HERE}.{snake(name)}"
    setattr(found, "allowable_values", [str(word) for word in found])  # noqa: B010 - the checkers know no such name
    return found


def anything(name: str) -> Any:
    """What stands under that name in `model`; AttributeError for what does not exist."""
    if name in WORDS:
        return words(name)
    if name in MODELS or name in ALIASES:
        return model(name)
    raise AttributeError(f"There is no model {name!r} here (yet)")


def answer(hint: Any) -> str | None:
    """The name of the model that an operation returns, or takes as its body."""
    return _meaning(hint).model


def _class(name: str, kind: type[Model], attributes: list[Attribute], **more: Any) -> type[Model]:
    for each in attributes:
        word = WORDED.get((name, each.name)) or WORDED.get((kind.__name__, each.name))
        if word:
            each.words, each.type_name = partial(words, word), word
    namespace: dict[str, Any] = {each.name: each for each in attributes}
    if "schema" in namespace:
        namespace["var_schema"] = namespace["schema"]  # 17's name for it
    namespace |= more
    namespace |= {
        "__slots__": (),
        "__module__": f"{HERE}.{snake(name)}",
        "attributes_": {each.name: each for each in attributes},
        "attribute_map": {each.name: each.wire_name for each in attributes},
        "openapi_types": {each.name: each.type_name for each in attributes},
        "model_fields": {each.name: each for each in attributes},
        "nulls_": frozenset(each.wire_name for each in attributes if each.nullable),
        "nulls": frozenset(each.name for each in attributes if each.nullable),
    }
    return cast("type[Model]", Named(name, (kind,), namespace))


def _ordered(attributes: Mapping[str, Attribute], first: tuple[str, ...]) -> list[Attribute]:
    later = (name for name in attributes if name not in first)
    return [attributes.get(name) or Attribute(name, camel(name)) for name in (*first, *later)]


def _shape(name: str) -> Shape:
    return cast("Shape", MODELS[name])


def _attributes(struct: type[Wire], shape: Shape) -> Iterator[Attribute]:
    first = shape.said and struct is shape.structs[0]
    if shape.kind is not None and "type" not in struct.__struct_fields__:
        yield Attribute("type", "type", "str", default=shape.kind)
    for field in msgspec.structs.fields(struct):
        if shape.only and field.name not in shape.only:
            continue
        means = _meaning(field.type)
        find = None if means.model is None else partial(model, means.model)
        checked = shape.said and find is None and means.kind in ("str", "int", "float", "bool", "list[str]")
        checked = checked and not _words_in_list(field.type)
        yield Attribute(
            field.name,
            field.encode_name,
            means.kind,
            hint=field.type if checked and datetime not in _options(field.type) else None,
            find=find,
            many=means.many,
            required=first and (field.required or field.name == shape.needs),
            default=shape.tag if field.name == "type" else None,
            nullable=shape.said and _nullable(field),
            silent=(struct, field.name) in SILENT,
        )


def _words_in_list(hint: Any) -> bool:
    """Lists of words, such as triggers: new ones come, and the old clients let them pass."""
    items = [get_args(each)[0] for each in _options(hint) if get_origin(each) is list]
    return any(get_origin(option) is Literal for item in items for option in _options(item))


def _nullable(field: msgspec.structs.FieldInfo) -> bool:
    options = _all_options(field.type)
    return NoneType in options and (field.required or UnsetType in options)


def _told(fields: tuple[str, ...]) -> list[Attribute]:
    return [_one_told(*each.partition(":")[::2]) for each in fields]


def _one_told(name: str, holds: str) -> Attribute:
    inner = holds.strip("[]")
    find = partial(model, inner) if inner[:1].isupper() else None
    kind = f"list[{inner}]" if holds.startswith("[") else inner
    return Attribute(name, camel(name), kind or "str", find=find, many=holds.startswith("["))


def _tag(member: type[Model]) -> Any:
    return member.attributes_["type"].default if "type" in member.attributes_ else None


class _Meaning(NamedTuple):
    kind: str  # as `openapi_types` says it
    model: str | None
    many: bool


def _meaning(hint: Any) -> _Meaning:
    options = _options(hint)
    items = next((get_args(each)[0] for each in options if get_origin(each) is list), None)
    if items is not None:
        inner = _meaning(items)
        return _Meaning(f"list[{inner.kind}]", inner.model, many=True)
    structs = frozenset(each for each in options if isinstance(each, type) and issubclass(each, msgspec.Struct))
    name = _means().get(structs)
    if name is not None:
        return _Meaning(name, name, many=False)
    known = {str: "str", bool: "bool", int: "int", float: "float", datetime: "str"}
    closed = any(get_origin(each) is Literal for each in options)
    return _Meaning("str" if closed else next((known[o] for o in options if o in known), "object"), None, many=False)


@cache
def _means() -> dict[frozenset[Any], str]:
    """Which model a struct, or a union of structs, is."""
    found: dict[frozenset[Any], str] = {}
    for name, shape in MODELS.items():
        if isinstance(shape, Shape):
            hints: tuple[Any, ...] = () if shape.only or shape.tag else shape.structs
        else:
            hints = () if isinstance(shape, Told) else shape.hints
        for hint in hints:
            found.setdefault(frozenset(_options(hint)), name)
    return found


def _options(hint: Any) -> tuple[Any, ...]:
    return tuple(each for each in _all_options(hint) if each not in (NoneType, UnsetType))


def _all_options(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) is Annotated:
        return _all_options(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return tuple(each for option in get_args(hint) for each in _all_options(option))
    return (hint,)


__all__ = ["NAMES", "answer", "anything", "model", "words"]
