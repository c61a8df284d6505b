"""Forms: questions that can be answered, and told apart."""

from __future__ import annotations

from collections.abc import Iterator

from ...wire import FieldOption, FormField
from ...wire.reading import Fault

_ANSWERS = {"text": "text", "email": "email", "select": "select", "options": "select"}  # a part -> the type it is for
_SMALLEST, _LARGEST = 1, 128  # what minSize and maxSize are when they are not said


def faults(fields: list[FormField], place: str) -> Iterator[Fault]:
    """The faults of a form's questions."""
    yield from _repeated([field.name for field in fields], place)
    for number, field in enumerate(fields):
        yield from _field_faults(field, f"{place}[{number}]")


def _field_faults(field: FormField, place: str) -> Iterator[Fault]:
    said: dict[str, str | list[FieldOption] | None]
    said = {"text": field.text, "email": field.email, "select": field.select, "options": field.options}
    for part, type in _ANSWERS.items():
        if said[part] is not None and field.type != type:
            yield Fault(f"{place}.{part}", f"should be given for a question of type {type} only")
    if field.type == "select":
        if not field.options:
            yield Fault(f"{place}.options", "should have at least one option")
        yield from _repeated([option.name for option in field.options or ()], f"{place}.options")
    if (field.min_size or _SMALLEST) > (field.max_size or _LARGEST):
        yield Fault(f"{place}.minSize", f"should not be more than maxSize, which is {field.max_size or _LARGEST}")


def _repeated(names: list[str], place: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield Fault(f"{place}[{number}].name", "should be unique")
        seen.add(name)
