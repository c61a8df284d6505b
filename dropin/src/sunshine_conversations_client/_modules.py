"""`from sunshine_conversations_client.model.text_message import TextMessage`, without a file for each of them.

A finder answers for the modules that the table implies: `model.<model>` (and `models.<model>`), `api.<tag>_api`. Each
holds one class, and gives away what the generated file had imported for itself from elsewhere in the package.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

ROOT = "sunshine_conversations_client"
PACKAGES = (f"{ROOT}.model", f"{ROOT}.models", f"{ROOT}.api")


class Finder(MetaPathFinder, Loader):
    """Finds a class's module by the class's name."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - a finder's signature
        target: ModuleType | None = None,  # noqa: ARG002 - the protocol has it
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if self._class_name(fullname) else None

    def create_module(self, spec: ModuleSpec) -> None:  # noqa: ARG002 - an ordinary one will do
        return None

    def exec_module(self, module: ModuleType) -> None:
        name = self._class_name(module.__name__)
        setattr(module, name, find(name))
        schemas = getattr(getattr(module, name), "one_of_schemas", None)
        if schemas:
            for how in ("ONE", "ANY"):
                module.__dict__[f"{name.upper()}_{how}_OF_SCHEMAS"] = sorted(schemas)
        module.__dict__.update(__all__=[name], __getattr__=elsewhere)

    def _class_name(self, fullname: str) -> str:
        package, _, last = fullname.rpartition(".")
        if package not in PACKAGES:
            return ""
        from ._shapes import snake

        return next((name for name in names(package) if snake(name) == last), "")


def names(package: str = "") -> tuple[str, ...]:
    """The classes of a package, or all."""
    from ._apis import API_NAMES
    from ._build import NAMES

    return (*(() if ".model" in package else API_NAMES), *(() if package.endswith(".api") else NAMES))


def find(name: str) -> Any:
    """The class of that name; AttributeError when there is none."""
    if name.startswith("_"):
        raise AttributeError(name)
    from ._apis import api
    from ._build import anything

    return api(name) if name.endswith("Api") else anything(name)


def elsewhere(name: str) -> Any:
    """What a generated file had imported: any class of the package, and some names of its inner modules."""
    from importlib import import_module

    if not name.startswith("_"):
        for module in ("", ".undefined", ".api_client", ".rest"):
            found = getattr(import_module(ROOT + module), name, None)
            if found is not None:
                return found
    raise AttributeError(name)


def install() -> None:
    """Once, however often the package is imported."""
    if not any(isinstance(each, Finder) for each in sys.meta_path):
        sys.meta_path.append(Finder())
