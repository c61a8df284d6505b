"""How the tables say what a model is.

    said      what programs send: made whole or not at all, as the old clients did. The first struct says what is
              required; others add what is answered, or what can be null when something is changed
    heard     what servers send: nothing is required of it
    part      some fields of a struct, under a name of their own; the first of them is required
    told      names only, of texts unless told: a shape that `parhelion.wire` does not have
    Either    one of several, told apart by `type` or by which field is there
    Kinds     a family told apart by `type`: what is read is a model of the kind that it is

`first` is the order of a model's positional arguments where it is not that of the struct; a name in it that the struct
does not know is a field of another release. Fields that were added since come after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from parhelion.wire import Wire


@dataclass(frozen=True)
class Shape:
    """One model: the structs whose fields it has."""

    structs: tuple[type[Wire], ...]
    first: tuple[str, ...] = ()
    said: bool = True
    only: tuple[str, ...] = ()
    needs: str = ""  # a field that is required under this name, if not by the struct
    holds: tuple[str, ...] = ()  # what fields hold, where the old name is not the struct's
    tag: str | None = None  # where the struct does not say what its `type` is
    family: str | None = None  # the Kinds that it is one of
    as_dict: bool = False  # in some release it was a plain dict

    @property
    def kind(self) -> Any:
        """The word under `type`."""
        return self.tag or self.structs[0].__struct_config__.tag


@dataclass(frozen=True)
class Told:
    """Names of fields, each perhaps with what it holds: "id", "user:User", "messages:[MessageWebhook]"."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class Either:
    """A model that is one of others: with the fields of all of them, or holding one of them."""

    members: tuple[str, ...]
    first: tuple[str, ...] = ()
    hints: tuple[Any, ...] = field(default=(), repr=False)  # the types of wire that mean this model


@dataclass(frozen=True)
class Kinds:
    """A model that others are children of. One of a kind that is not known is an instance of this itself."""

    fields: tuple[str, ...]
    members: tuple[str, ...]
    hints: tuple[Any, ...] = field(default=(), repr=False)


AnyShape = Shape | Told | Either | Kinds


def said(
    *structs: type[Wire], first: str = "", tag: str | None = None, holds: str = "", as_dict: bool = False
) -> Shape:
    return Shape(structs, tuple(first.split()), tag=tag, holds=tuple(holds.split()), as_dict=as_dict)


def heard(*structs: type[Wire], first: str = "", holds: str = "") -> Shape:
    return Shape(structs, tuple(first.split()), said=False, holds=tuple(holds.split()))


def part(struct: type[Wire], only: str, *, required: bool = True) -> Shape:
    fields = tuple(only.split())
    return Shape((struct,), only=fields, needs=fields[0] if required else "")


def told(fields: str) -> Told:
    return Told(tuple(fields.split()))


def either(members: str, *hints: Any, first: str = "") -> Either:
    return Either(tuple(members.split()), tuple(first.split()), hints)


def snake(name: str) -> str:
    """PostMessage -> post_message, OAuthEndpointsApi -> o_auth_endpoints_api."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
