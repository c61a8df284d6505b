"""What programs ask of the models of 17 because those are pydantic's: making, dumping, and looking at fields.

The names of pydantic's first version are there too, as they were in 17. Schemas of JSON and pydantic's own machinery
are not: nothing is made of pydantic here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

if TYPE_CHECKING:
    from ._model import Attribute

Plain = dict[str, Any]


class AsPydantic:
    """The part of a model that answers to pydantic's names."""

    __slots__ = ()

    attributes_: ClassVar[dict[str, Attribute]]
    model_fields: ClassVar[dict[str, Attribute]] = {}  # by name; each with `alias` and `is_required()`

    if TYPE_CHECKING:
        said_: Plain

        @classmethod
        def made(cls, given: Plain) -> Self: ...
        @classmethod
        def attribute_of_(cls, key: str) -> Attribute | None: ...
        def to_dict(self, snake_case: bool = False) -> Plain: ...

    @property
    def model_fields_set(self) -> set[str]:
        """The fields that say something."""
        return {name for name, each in self.attributes_.items() if each.wire_name in self.said_}

    @property
    def model_extra(self) -> Plain:
        """What this version does not know of, by its name on the wire."""
        known = {each.wire_name for each in self.attributes_.values()}
        return {key: value for key, value in self.said_.items() if key not in known}

    def model_dump(
        self, *, by_alias: bool = False, exclude_none: bool = False, exclude_unset: bool = False, **_: Any
    ) -> Plain:
        """As pydantic's: snake case and every field unless told otherwise."""
        told = self.to_dict(snake_case=not by_alias)
        return cast("Plain", _without_none(told)) if exclude_none or exclude_unset else told

    def model_dump_json(self, **how: Any) -> str:
        return json.dumps(self.model_dump(**how), default=str)

    @classmethod
    def model_validate(cls, obj: Any) -> Self:
        if isinstance(obj, cls):
            return obj
        model = cls(**{key: value for key, value in obj.items() if cls.attribute_of_(key)})
        model.said_ |= {key: value for key, value in obj.items() if not cls.attribute_of_(key)}
        return model

    @classmethod
    def model_validate_json(cls, json_data: str | bytes) -> Self:
        return cls.model_validate(json.loads(json_data))

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
        """Made without any check."""
        return cls.made(values)

    def model_copy(self, *, update: Plain | None = None, deep: bool = False) -> Self:
        from copy import deepcopy

        return self.made((deepcopy(self.said_) if deep else self.said_) | (update or {}))

    def copy(self, **how: Any) -> Self:
        return self.model_copy(**how)

    def dict(self, **how: Any) -> Plain:
        return self.model_dump(**how)

    def json(self, **how: Any) -> str:
        return self.model_dump_json(**how)

    construct = model_construct
    parse_obj = model_validate
    parse_raw = model_validate_json
    validate = model_validate


def _without_none(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_without_none(each) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: _without_none(each) for key, each in cast("Plain", value).items() if each is not None}
    return value


__all__ = ["AsPydantic"]
