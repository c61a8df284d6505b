"""From a path to an operation: a tree of segments, a literal before a parameter."""

from __future__ import annotations

from typing import Generic, TypeVar
from urllib.parse import unquote

T = TypeVar("T")


class Routes(Generic[T]):
    def __init__(self) -> None:
        self.literals: dict[str, Routes[T]] = {}
        self.parameter: Routes[T] | None = None
        self.methods: dict[str, tuple[T, list[str]]] = {}

    def add(self, method: str, template: str, target: T) -> None:
        node, names = self, list[str]()
        for part in template.split("/")[1:]:
            if part.startswith("{"):
                names.append(part[1:-1])
                node.parameter = node.parameter or Routes()
                node = node.parameter
            else:
                node = node.literals.setdefault(part, Routes())
        if method in node.methods:
            raise ValueError(f"{method} {template} is taken")
        node.methods[method] = (target, names)

    def find(self, path: str) -> tuple[Routes[T], list[str]] | None:
        """`path` is still percent-encoded, so that a slash inside an external id is not a separator.

        No template of this API needs going back from a literal to a parameter; `add` would have to check if one did.
        """
        node, values = self, list[str]()
        for part in path.split("/")[1:]:
            literal = node.literals.get(part)
            if literal is not None:
                node = literal
            elif node.parameter is not None and part:
                node = node.parameter
                values.append(unquote(part) if "%" in part else part)
            else:
                return None
        return (node, values) if node.methods else None
