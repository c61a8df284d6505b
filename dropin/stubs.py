# ruff: noqa: INP001 - a tool beside the package, not a part of it
"""Print what editors and type checkers read: a .pyi for each class that the table makes. `python dropin/stubs.py`.

The classes are made while a program runs, so nothing that only reads files can see them. `--check` writes nothing and
fails when a file is not as it would be printed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import sunshine_conversations_client
from sunshine_conversations_client import _apis, _build, _kinds, _model
from sunshine_conversations_client._shapes import Kinds, Told, snake
from sunshine_conversations_client._table import ALIASES, LATE, MODELS, WORDS

HERE = Path(sunshine_conversations_client.__file__).parent
HEAD = "# Printed by stubs.py from the table and from parhelion.wire.\n"
ALL = "*  # noqa: F403 - a stub tells on whatever it takes this way\n"
KINDS = (_model.Model, _kinds.AsDict, _kinds.OneOf, _kinds.Family)
WIDTH = 120
GIVEN = "Model | dict[str, Any]"
PLAIN = {"str": "str", "int": "int", "float": "float", "bool": "bool", "list[str]": "list[str]"} | dict.fromkeys(
    WORDS, "str"
)


def stubs() -> Iterator[tuple[str, str]]:
    """Each file's path in the package, and what stands in it."""
    classes = {"model": _build.NAMES, "api": tuple(_apis.API_NAMES)}
    for package, names in classes.items():
        lines = sorted(_again(f".{snake(name)}", name) for name in names)
        yield f"{package}/__init__.pyi", HEAD + "".join(lines)
    for name in _build.NAMES:
        yield f"model/{snake(name)}.pyi", _stub(name)
    for name in _apis.API_NAMES:
        yield f"api/{snake(name)}.pyi", _api_stub(name)
    yield "models/__init__.pyi", f"{HEAD}from ..model import {ALL}"
    yield "__init__.pyi", HEAD + _window()


def _window() -> str:
    lines = [f"from . import {each} as {each}" for each in sunshine_conversations_client.MODULES]
    text = "\n".join([*lines, ""])
    text += "".join(_again(f".{module}", name) for name, module in sunshine_conversations_client.HERE.items())
    text += f"from .api import {ALL}from .model import {ALL}"
    return f"{text}\n__version__: str\n"


def _again(module: str, name: str) -> str:
    """A name told once more, which a stub has to say twice; too long a one goes with all that is there."""
    said = f"    {name} as {name},"
    return (
        f"from {module} import *  # noqa: F403\n" if len(said) > WIDTH else f"from {module} import {name} as {name}\n"
    )


def _stub(name: str) -> str:
    if name in ALIASES:
        return f"{HEAD}from .{snake(ALIASES[name])} import {ALIASES[name]}\n\n{name} = {ALIASES[name]}\n"
    return _words(name) if name in WORDS else _model_stub(_build.model(name))


def _words(name: str) -> str:
    words = "".join(f'    {word.name} = "{word.value}"\n' for word in _build.words(name))
    return f"{HEAD}from enum import StrEnum\n\nclass {name}(StrEnum):\n{words}"


def _model_stub(model: type[_model.Model]) -> str:
    (base,) = model.__bases__
    names = {"schema": ("schema", "var_schema")}
    attributes = list(model.attributes_.values())
    is_told = isinstance(MODELS[model.__name__], Told | Kinds)  # what is always there, and what is not, nobody says
    own = [
        f"    {name}: {'Any' if is_told and not each.find else _read(each)}\n"
        for each in attributes
        for name in names.get(each.name, (each.name,))
    ]
    arguments = [f"{each.name}: {_given(each)} = None" for each in attributes]
    if issubclass(model, _kinds.OneOf):  # a model in the first place is what this one holds
        arguments[0] = f"actual_instance: {GIVEN} | str | None = None"
    needed = {_inner(each) for each in attributes if each.find} - {model.__name__}
    needed |= set() if base in KINDS else {base.__name__}
    imports = "".join(f"from .._kinds import {kind.__name__}\n" for kind in KINDS[1:] if kind is base)
    imports += "from .._model import Model\n" + "".join(
        f"from .{snake(name)} import {name}\n" for name in sorted(needed)
    )
    return (
        f"{HEAD}from typing import Any\n\n{imports}\n"
        f"class {model.__name__}({base.__name__}):\n{''.join(own)}"
        f"    def __init__(self, {', '.join(arguments)}, **kwargs: Any) -> None: ...\n"
    )


def _inner(each: _model.Attribute) -> str:
    return each.type_name.removeprefix("list[").removesuffix("]")


def _read(each: _model.Attribute) -> str:
    known = each.type_name if each.find else PLAIN.get(each.type_name, "Any")
    return known if known == "Any" or each.required or each.default else f"{known} | None"


def _given(each: _model.Attribute) -> str:
    known = (f"list[{GIVEN}]" if each.many else GIVEN) if each.find else PLAIN.get(each.type_name, "Any")
    return known if known == "Any" else f"{known} | None"


def _api_stub(name: str) -> str:
    methods = _apis.methods(name)
    answers = sorted({method.returns for method in methods if method.returns} - set(PLAIN))
    imports = "".join(f"from ..model.{snake(each)} import {each}\n" for each in answers)
    told: list[str] = []
    for method in methods:
        late = [_argument(each) for each in method.arguments if each.name in LATE]
        usual = [_argument(each) for each in method.arguments if each.name not in LATE]
        arguments = ", ".join(["self", *usual, *(["*", *late] if late else []), "**kwargs: Any"])
        answer = method.returns or "Any"
        for kind, returns in zip(_apis.KINDS, (answer, f"ApiResponse[{answer}]", "BaseHTTPResponse"), strict=True):
            told.append(f"    def {method.name}{kind}({arguments}) -> {returns}: ...\n")
    return (
        f"{HEAD}from typing import Any\n\nfrom urllib3 import BaseHTTPResponse\n\nfrom .._apis import Api\n"
        f"from .._model import Model\nfrom ..api_response import ApiResponse\n{imports}\n"
        f"class {name}(Api):\n{''.join(told)}"
    )


def _argument(each: _apis.Argument) -> str:
    file = each.parameter is not None and each.parameter.place == "file"
    known = GIVEN if each.model else "Any" if file else "str"
    return f"{each.name}: {known}" if each.required else f"{each.name}: {known} | None = None"


def main() -> int:
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for path, text in stubs():
            file = Path(folder) / path
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        ruff = [sys.executable, "-m", "ruff"]
        how = ["--quiet", "--config", str(HERE.parents[2] / "pyproject.toml"), folder]
        for tidy in (["check", "--select", "I,F401", "--fix"], ["format"]):
            subprocess.run([*ruff, *tidy, *how], check=True)  # noqa: S603 - our own files
        printed = {str(file.relative_to(folder)): file.read_text() for file in Path(folder).rglob("*.pyi")}
    there = {str(file.relative_to(HERE)): file.read_text() for file in HERE.rglob("*.pyi")}
    stale = sorted(path for path in printed.keys() | there.keys() if printed.get(path) != there.get(path))
    if "--check" in sys.argv:
        sys.stderr.write("".join(f"not as it would be printed: {path}\n" for path in stale))
        return bool(stale)
    for path in stale:
        if path in printed:
            (HERE / path).write_text(printed[path], encoding="utf-8")
        else:
            (HERE / path).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
