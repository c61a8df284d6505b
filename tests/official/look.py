"""Runs in an environment of its own, with a release of the official client in it: prints what a program can touch.

    [[kind, name], detail]      [["methods of APIs", "MessagesApi.post_message"], null]

The detail of an order is the order; that of a method's argument is what the method cannot go without; that of a field
is its name on the wire, and the model that it holds; that of a word is what it says.

What counts: the modules of the package; every public name that a module defines or takes from another of the package;
the methods of the API classes with their arguments, those behind `**kwargs` too; how models are made, and what they
have, pydantic's own members among it; members and arguments of every other class and function. What a class has from
Python's own library does not count.
"""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from typing import Any

import sunshine_conversations_client as package

ROOT = package.__name__
Row = tuple[str, str, Any]


def rows() -> Iterator[Row]:
    names = [ROOT, *(each.name for each in pkgutil.walk_packages(package.__path__, ROOT + "."))]
    for name in names:
        module = importlib.import_module(name)
        short = name.removeprefix(ROOT).removeprefix(".")
        if short:
            yield "modules", short, None
        tree = ast.parse(inspect.getsource(module))
        for each in sorted(set(public(tree))):
            if hasattr(module, each):
                yield "names", f"{short}.{each}".removeprefix("."), None
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                yield from of_class(short, getattr(module, node.name), node)
            elif isinstance(node, ast.FunctionDef) and node.name[0] != "_":
                for argument in arguments(getattr(module, node.name)):
                    yield "other arguments", f"{short}.{node.name}({argument})", None


def public(tree: ast.Module) -> Iterator[str]:
    """What a module defines, and what it takes from another module of the package."""
    for node in tree.body:
        found: list[str] = []
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found = [node.name]
        elif isinstance(node, ast.Assign):
            found = [each.id for each in node.targets if isinstance(each, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found = [node.target.id]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == ROOT:
            found = [each.asname or each.name for each in node.names]
        yield from (each for each in found if each[0] != "_")


def of_class(module: str, cls: type, node: ast.ClassDef) -> Iterator[Row]:
    if module.startswith("api."):
        yield from of_api(cls, node)
    elif module.startswith("model."):
        yield from of_model(cls, node)
    elif not hasattr(cls, "__total__"):  # a TypedDict is a dict
        name = cls.__name__
        if order := arguments(cls, in_place=True):
            yield "orders of other arguments", f"{name}(...)", order
        for argument in arguments(cls):
            yield "other arguments", f"{name}({argument})", None
        for each in members(cls, node):
            yield "other members", f"{name}.{each}", None
            yield from of_method("other arguments", cls, each)


def of_api(cls: type, node: ast.ClassDef) -> Iterator[Row]:
    behind = {each.name: behind_kwargs(each) for each in node.body if isinstance(each, ast.FunctionDef)}
    for name in members(cls, node):
        method = getattr(cls, name, None)
        if not callable(method):
            yield "attributes of APIs", f"{cls.__name__}.{name}", None
            continue
        yield "methods of APIs", f"{cls.__name__}.{name}", None
        order = arguments(method, in_place=True)
        yield "orders of arguments", f"{cls.__name__}.{name}(...)", order
        more = behind.get(name) or behind.get(f"{name}_with_http_info") or []
        for each in dict.fromkeys([*order, *more]):
            yield "arguments of methods", f"{cls.__name__}.{name}({each})", arguments(method, needed=True)


def behind_kwargs(function: ast.FunctionDef) -> list[str]:
    """Up to 12 a method lists what it takes beside its arguments."""
    found: list[str] = []
    for node in ast.walk(function):
        listed = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if listed and node.targets[0].id == "all_params":
            found += ast.literal_eval(node.value)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "all_params.extend":
            found += ast.literal_eval(node.args[0])
    return found


def of_model(cls: type, node: ast.ClassDef) -> Iterator[Row]:
    name, fields = cls.__name__, getattr(cls, "model_fields", None)
    if fields is None and not issubclass(cls, enum.Enum):
        order = arguments(cls.__init__, in_place=True)
        yield "orders of fields", f"{name}(...)", [each for each in order if each != "local_vars_configuration"]
        given = order
    else:
        named = {each: of.alias for each, of in (fields or {}).items()}
        given = [*dict.fromkeys([*named, *(alias for alias in named.values() if alias)])]
    for each in given:
        yield "fields as arguments", f"{name}({each})", None
    on_the_wire: dict[str, str] = getattr(cls, "attribute_map", {})
    holds: dict[str, Any] = getattr(cls, "openapi_types", {})
    if fields and "actual_instance" not in fields:
        on_the_wire = {each: of.alias or each for each, of in fields.items()}
        holds = {each: of.annotation for each, of in fields.items()}
    for each in dict.fromkeys([*(fields or ()), *members(cls, node)]):
        kind = "methods of models" if callable(getattr(cls, each, None)) else "attributes of models"
        word = getattr(cls, each, None) if each.isupper() else None
        if word is not None:  # one of a closed set
            yield "words", f"{name}.{each}", getattr(word, "value", word)
            continue
        told = on_the_wire.get(each)
        yield kind, f"{name}.{each}", told and [told, model_in(holds[each])]
        yield from of_method("arguments of those", cls, each)


def model_in(hint: Any) -> str | None:
    """The model that a field holds, or a list of it: 'list[Item]', Optional[List[Item]]."""
    found = [each for each in re.findall(r"\w+", str(hint)) if hasattr(package.model, each) and each[0].isupper()]
    classes = [each for each in found if not issubclass(getattr(package.model, each), enum.Enum)]
    return classes[-1] if classes else None


def of_method(kind: str, cls: type, name: str) -> Iterator[Row]:
    method = inspect.getattr_static(cls, name, None)
    if name in vars(cls) and (inspect.isfunction(method) or isinstance(method, classmethod | staticmethod)):
        for argument in arguments(getattr(cls, name)):
            yield kind, f"{cls.__name__}.{name}({argument})", None


def members(cls: type, node: ast.ClassDef) -> list[str]:
    """Public ones, those among them that methods set on `self`; not what Python's own library brings."""
    own = [
        name
        for name in dir(cls)
        if name[0] != "_"
        and next(each for each in (*cls.__mro__, type(cls)) if name in vars(each)).__module__.split(".")[0]
        not in sys.stdlib_module_names
    ]
    own += [
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store) and ast.unparse(each.value) == "self"
    ]
    return [*dict.fromkeys(each for each in own if each[0] != "_")]


def arguments(function: Any, *, needed: bool = False, in_place: bool = False) -> list[str]:
    """Their names; of those alone that a call cannot go without, or of those that need no name."""
    if isinstance(function, type) and function.__init__ is object.__init__:
        return []
    try:
        found = inspect.signature(function).parameters.values()
    except ValueError:
        return []
    named = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    if in_place:
        named = (*named, inspect.Parameter.KEYWORD_ONLY)
    own = (each for each in found if each.name not in ("self", "cls") and each.kind not in named)
    return [each.name for each in own if not needed or each.default is each.empty]


if __name__ == "__main__":
    print(json.dumps(sorted({(kind, name): detail for kind, name, detail in rows()}.items())))
