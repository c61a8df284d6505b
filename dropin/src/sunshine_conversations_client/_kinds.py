"""Models of several kinds.

AsDict    a model that was a plain dict in some release, so that its fields are read by key too
OneOf     flat, with the fields of all kinds, and holding one of them: the model and its `actual_instance` are two
          views of the same object, and what one writes, the other reads
Family    a model that others are children of, told apart by `type`
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self, cast

from ._model import Model, is_object
from ._pydantic import Plain


class AsDict(Model):
    """A model that was a plain dict in some release: its fields are read by key too."""

    __slots__ = ()

    def __getitem__(self, key: str) -> Any:
        return self.to_dict()[key]

    def __contains__(self, key: object) -> bool:
        return key in self.to_dict()

    def keys(self) -> list[str]:
        return list(self.to_dict())

    def get(self, key: str, default: Any = None) -> Any:
        return self.to_dict().get(key, default)

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other if is_object(other) else super().__eq__(other)

    __hash__ = None  # it may change


class OneOf(Model):
    """A model of several kinds: flat, with the fields of all of them, and holding one of them."""

    __slots__ = ()

    members_: ClassVar[dict[str, Callable[[], type[Model]]]] = {}  # by `type`, or by the field that only they have
    untold_: ClassVar[tuple[type[Model], ...]] = ()  # where neither tells them apart: the first that has all fields
    one_of_schemas: ClassVar[set[str]] = set()
    any_of_schemas: ClassVar[set[str]] = set()
    discriminator_value_class_map: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        held = kwargs.pop("actual_instance", None) if not args else args[0]
        if isinstance(held, Model) or is_object(held):
            if len(args) > 1 or kwargs:
                raise ValueError(f"{type(self).__name__} holds one model or has fields, not both")
            self.actual_instance = held
        else:
            super().__init__(*args, **kwargs)
            self.actual_instance = self.said_

    @classmethod
    def made(cls, given: Plain) -> Self:
        member = cls.member(given)
        return cls.of(member.made(given).said_) if member else super().made(given)

    @property
    def actual_instance(self) -> Model | None:
        """The same object as the kind that it is; as a plain Model when its kind is not known; None when empty."""
        if not self.said_:
            return None
        return (self.member(self.said_) or Model).of(self.said_)

    @actual_instance.setter
    def actual_instance(self, held: Model | Plain | None) -> None:
        if held is None:
            self.said_ = {}
        else:
            self.said_ = (held if isinstance(held, Model) else self.made(held)).said_

    def get_real_child_model(self, data: Plain) -> str | None:
        """The name of the model that an object on the wire is of."""
        return self.discriminator_value_class_map.get(data["type"]) if self.discriminator else None

    @classmethod
    def member(cls, said: Plain) -> type[Model] | None:
        kind = said.get("type")
        if isinstance(kind, str):
            return cls.members_[kind]() if kind in cls.members_ else None
        if cls.untold_:
            return next((each for each in cls.untold_ if said.keys() <= set(each.attribute_map.values())), None)
        return next((find() for key, find in cls.members_.items() if said.get(key) is not None), None)


class Family(Model):
    """A model that others are children of, told apart by `type`."""

    __slots__ = ()

    members_: ClassVar[dict[str, Callable[[], type[Model]]]] = {}
    one_of_schemas: ClassVar[set[str]] = set()
    discriminator: ClassVar[str | None] = "type"
    discriminator_value_class_map: ClassVar[dict[str, str]] = {}

    def get_real_child_model(self, data: Plain) -> str | None:
        """The name of the model that an object on the wire is of."""
        return self.get_discriminator_value(data)

    @classmethod
    def get_discriminator_value(cls, obj: Plain) -> str | None:
        return cls.discriminator_value_class_map.get(obj["type"])

    @classmethod
    def of(cls, said: Plain) -> Self:
        kind = cls._kind(said)
        return super().of(said) if kind is cls else kind.of(said)

    @classmethod
    def made(cls, given: Plain) -> Self:
        kind = cls._kind(given)
        return super().made(given) if kind is cls else kind.made(given)

    @classmethod
    def _kind(cls, said: Plain) -> type[Self]:
        """The child that an object is of; the class itself for a kind that is not known, and when it is a child."""
        kind = said.get("type")
        if "members_" not in vars(cls) or not isinstance(kind, str) or kind not in cls.members_:
            return cls
        return cast("type[Self]", cls.members_[kind]())
