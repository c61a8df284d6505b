"""The reference, printed from the code: Markdown for what a stub in docs/reference names.

    resource messages               the operations of `client.messages`, from the table
    class parhelion.Client ...      classes and functions, with what they can do
    module parhelion.receive        all that a module shows
    shapes message content          the structs of these files of src/parhelion/wire
    errors                          the classes of src/parhelion/wire/error.py

Plain autodoc sees none of this: an operation is a descriptor, and a shape says more in its types than in its docstring.
"""

from __future__ import annotations

import ast
import functools
import inspect
import re
import sys
import textwrap
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, get_args, get_origin

import msgspec

import parhelion
from parhelion import ApiError, ParhelionError, wire
from parhelion.client.resources import Resources
from parhelion.operations import Declared

STUBS = Path(__file__).parent.parent / "docs" / "reference"
FENCES = ("`" * 7, "`" * 5)  # of what is outside and of what is in it; both longer than any in a docstring
INNER = {"call", "call_raw", "carry", "walk", "listen", "address"}  # what a client does for its resources
CALLED = re.compile(r"(\w+ = )?[\w.]+\(")  # an example that is not indented
LABEL = re.compile(r"^(Errors|Limits|Source)(?=: )|(?<=\. )(Errors|Limits)(?=: )", re.MULTILINE)


def printed(kind: str, names: list[str]) -> str:
    """What stands where a stub says ```{printed} KIND NAMES."""
    return "\n".join(SECTIONS[kind](*names)) + "\n"


def prose(doc: str | None) -> str:
    """A docstring as Markdown: what is indented becomes a block of code, coloured when it is Python."""
    out: list[str] = []
    for indented, lines in _runs(inspect.cleandoc(doc or "").splitlines()):
        text = "\n".join(lines)
        if indented:
            text = textwrap.dedent(text).strip("\n")
            out += ["```python" if _is_python(text) else "```text", text, "```", ""]
            continue
        for paragraph in text.split("\n\n"):
            if CALLED.match(paragraph) and _is_python(paragraph):
                out += ["```python", paragraph, "```", ""]
            else:
                out += [LABEL.sub(lambda word: f"**{word[0]}**", paragraph), ""]
    return "\n".join(out)


def _runs(lines: list[str]) -> Iterator[tuple[bool, list[str]]]:
    """The lines in runs of those that are indented and those that are not; an empty line ends nothing."""
    run, indented = list[str](), False
    for line in lines:
        if line and line.startswith("    ") is not indented and not (run and _in_list(run, line)):
            if any(run):
                yield indented, run
            run, indented = [], line.startswith("    ")
        run.append(line)
    if any(run):
        yield indented, run


def _in_list(run: list[str], line: str) -> bool:
    return line.startswith("  ") and run[-1].lstrip().startswith(("- ", "* "))


def _is_python(text: str) -> bool:
    try:
        compile(text, "example", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:
        return False
    return True


def described(kind: str, signature: str, body: Iterable[str], **options: str) -> list[str]:
    """One object, as the directive that Sphinx knows it by."""
    said = [f":{name}: {value}".rstrip() for name, value in options.items()]
    fence = FENCES[kind in {"method", "property"}]
    return [f"{fence}{{py:{kind}}} {signature}", *said, "", *body, fence, ""]


# Operations


class _Sync:
    is_async = False


CALLER = _Sync()
NAMES = {name: type(each) for name, each in vars(Resources[None]()).items() if not name.startswith("_")}
MODULE = ["```{py:currentmodule} parhelion", "```", ""]


def _resource(name: str) -> Iterator[str]:
    kind = NAMES[name]
    bound = kind(CALLER)
    yield from MODULE
    yield prose(kind.__doc__)
    for method, declared in vars(kind).items():
        if not method.startswith("_") and hasattr(declared, "__get__"):
            function = getattr(bound, method)
            body = [*_request(declared), prose(inspect.getdoc(function))]
            signature = _signature(function)
            yield from described("function", f"client.{name}.{method}{signature}", body, module="")


def _request(declared: object) -> Iterator[str]:
    if isinstance(declared, Declared):
        scopes = " or ".join(sorted(declared.scopes)) or "none"
        yield f"`{declared.method} {declared.path}`  "
        yield f"{declared.operation_id}; answers {declared.status}; key: {scopes}."
        yield ""


def _signature(function: Callable[..., Any], *, hidden: tuple[str, ...] = ("self",), returns: bool = True) -> str:
    """A signature as it stands in the source, its types by the names that the reference has for them."""
    signature, scope = inspect.signature(function), _scope(inspect.unwrap(function))
    parts: list[str] = []
    star = False
    for name, parameter in signature.parameters.items():
        if name in hidden:
            continue
        if parameter.kind is parameter.VAR_POSITIONAL:
            star = True
        elif parameter.kind is parameter.KEYWORD_ONLY and not star:
            star = True
            parts.append("*")
        stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        text = stars + name
        if parameter.annotation is not parameter.empty:
            text += f": {_annotation(parameter.annotation, scope)}"
        if parameter.default is not parameter.empty:
            text += f" = {_default(parameter.default)}"
        parts.append(text)
    returned = signature.return_annotation
    arrow = f" -> {_annotation(returned, scope)}" if returns and returned is not signature.empty else ""
    return f"({', '.join(parts)}){arrow}"


def _scope(function: Callable[..., Any]) -> dict[str, Any]:
    """What the names mean that stand where a function or a class does, those for checkers only too."""
    found = dict(vars(sys.modules[function.__module__]))
    for node in ast.parse(inspect.getsource(sys.modules[function.__module__])).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for each in node.body:
                if isinstance(each, ast.ImportFrom):
                    origin = import_module("." * each.level + (each.module or ""), found["__package__"])
                    found |= {alias.asname or alias.name: getattr(origin, alias.name) for alias in each.names}
    return found


def _annotation(said: object, scope: dict[str, Any]) -> str:
    text = said if isinstance(said, str) else _type(said)

    def known(word: re.Match[str]) -> str:
        place = _places().get(id(scope.get(word[0])))
        return f"~{place}" if place else word[0]

    return re.sub(r"(?<![\w.\"'])[A-Z]\w*", known, text)


@functools.cache
def _places() -> dict[int, str]:
    """Where each thing is that the reference tells of, by its identity: some names are those of two things."""
    stubs = "".join(stub.read_text(encoding="utf-8") for stub in sorted(STUBS.glob("*.md")))
    modules = re.findall(r"\{printed\} module (\S+)", stubs)
    here = [f"{module}.{name}" for module in modules for name in import_module(module).__all__]
    here += re.findall(r"\bparhelion(?:\.\w+)+\.[A-Z]\w+", stubs)
    here += [f"parhelion.wire.{name}" for name in wire.__all__]
    here += [f"parhelion.{name}" for name in parhelion.__all__]
    split = (name.rpartition(".") for name in here)
    return {id(getattr(import_module(module), name)): f"{module}.{name}" for module, _, name in split}


def _default(value: object) -> str:
    if value is msgspec.UNSET:
        return "UNSET"
    if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType):
        module = "" if value.__module__ in {"builtins", None} else f"{value.__module__}."
        return f"{module}{value.__qualname__}" if "<" not in value.__qualname__ else "..."
    text = repr(value)
    return "..." if text.startswith("<") or "object at" in text else text


# Classes and functions


def _named(*names: str) -> Iterator[str]:
    for each in names:
        module, _, name = each.rpartition(".")
        yield from [f"```{{py:currentmodule}} {module}", "```", ""]
        yield from _object(name, getattr(import_module(module), name))


def _module(name: str) -> Iterator[str]:
    found = import_module(name)
    yield from [f"```{{py:currentmodule}} {name}", "```", ""]
    for each in found.__all__:
        yield from _object(each, getattr(found, each))


def _object(name: str, found: Any) -> Iterator[str]:
    if not isinstance(found, type):
        if isinstance(found, types.FunctionType):
            doc = prose(inspect.getdoc(found))
            yield from described("function", name + _signature(found), [doc])
        else:
            yield from _alias(name, found)
        return
    body = [*_bases(found), prose(vars(found).get("__doc__"))]
    for member, value in _members(found):
        doc = prose(inspect.getdoc(value))
        match value:
            case property():
                assert value.fget is not None
                returned = _annotation(inspect.signature(value.fget).return_annotation, _scope(value.fget))
                body += described("property", member, [doc], type=returned)
            case staticmethod() | classmethod():
                signature = _signature(value.__func__, hidden=("self", "cls"))
                body += described("method", member + signature, [doc], **{type(value).__name__: ""})
            case types.FunctionType():
                flag = {"async": ""} if inspect.iscoroutinefunction(value) else {}
                body += described("method", member + _signature(value), [doc], **flag)
            case _:
                pass
    signature = "" if getattr(found, "_is_protocol", False) else _constructor(found)
    kind = "exception" if issubclass(found, BaseException) else "class"
    yield from described(kind, name + signature, body)


def _constructor(found: type) -> str:
    try:
        return _signature(found, returns=False)
    except (TypeError, ValueError):
        return ""


def _members(found: type) -> Iterator[tuple[str, object]]:
    """What a class can do, with what it has from a parent that nobody sees."""
    seen = set[str]()
    for each in found.__mro__:
        if each is found or each.__name__.startswith("_"):
            for name, value in vars(each).items():
                inner = name.startswith("_") or (name in INNER and each.__module__.startswith("parhelion.client."))
                if not inner and name not in seen and inspect.getdoc(value):
                    seen.add(name)
                    yield name, value


def _bases(found: type) -> Iterator[str]:
    bases = [each.__name__ for each in found.__bases__ if each not in (object, Exception, Protocol, typing.Generic)]
    shown = [f"`{name}`" for name in bases if not name.startswith("_") and name not in {"Struct", "Resources"}]
    if shown:
        yield f"A kind of {' and '.join(shown)}."
        yield ""


# Shapes

CAMEL = re.compile(r"_([a-z])")


def _shapes(*files: str) -> Iterator[str]:
    yield from MODULE
    for file in files:
        module = import_module(f"parhelion.wire.{file}")
        shown = [name for name in _order(module) if _visible(name, getattr(module, name))]
        if len(files) > 1:
            yield f"## {file.replace('_', ' ').capitalize()}\n"
        for name in shown:
            yield from _shape(name, getattr(module, name))


def _order(module: types.ModuleType) -> list[str]:
    """The names that a file defines, as they stand in it."""
    names: list[str] = []
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            names.append(node.targets[0].id)
    return names


def _visible(name: str, found: object) -> bool:
    return getattr(parhelion, name, None) is found or (name in wire.__all__ and getattr(wire, name) is found)


def _public(found: Any, name: str) -> str:
    """What a program calls it: parhelion.NAME, or parhelion.wire.NAME where the first is something else."""
    return name if getattr(parhelion, name, None) is found else f"wire.{name}"


def _shape(name: str, found: Any) -> list[str]:
    if not isinstance(found, type) or not issubclass(found, msgspec.Struct):
        return list(_alias(_public(found, name), found))
    fields: list[str] = []
    notes: list[str] = []
    for field in sorted(msgspec.structs.fields(found), key=lambda each: not each.required):
        text = f"{field.name}: {_type(field.type)}"
        if not field.required:
            default = field.default
            if default is msgspec.NODEFAULT:
                default = field.default_factory() if callable(field.default_factory) else None
            text += f" = {_default(default)}"
        fields.append(text)
        said = [*dict.fromkeys(_limits(field.type))]
        if field.encode_name not in {field.name, CAMEL.sub(lambda letter: letter[1].upper(), field.name)}:
            said.append(f"`{field.encode_name}` on the wire")
        if said:
            notes.append(f"- `{field.name}`: {'; '.join(said)}")
    tag = found.__struct_config__.tag
    if isinstance(tag, str) and not tag.startswith("("):
        notes.insert(0, f'- `type` is "{tag}"')
    return described("class", f"{_public(found, name)}({', '.join(fields)})", [prose(found.__doc__), *notes, ""])


def _alias(name: str, found: Any) -> Iterator[str]:
    limits = [*dict.fromkeys(_limits(found))]
    body = [f"{'; '.join(limits).capitalize()}."] if limits else []
    yield from described("type", name, body, canonical=_type(found, alias=False))


ALIASES: list[tuple[str, Any]] = [
    (name, getattr(parhelion, name))
    for name in parhelion.__all__
    if get_origin(getattr(parhelion, name)) in {typing.Union, types.UnionType, Annotated}
]


def _type(found: Any, *, alias: bool = True) -> str:
    """A type as a program writes it, by the names that programs see, without its limits."""
    if alias:
        for name, known in ALIASES:
            if found is known or (get_origin(known) is not Annotated and found == known):
                return name
    origin, arguments = get_origin(found), get_args(found)
    if origin is Annotated:
        return _type(arguments[0])
    if origin in {typing.Union, types.UnionType}:
        return _union([each for each in arguments if each is not msgspec.UnsetType])
    if origin is Literal:
        return f"Literal[{', '.join(_quoted(each) for each in arguments)}]"
    if origin is not None:
        inside = ", ".join("..." if each is ... else _listed(each) for each in arguments)
        return f"{getattr(origin, '__name__', origin)}[{inside}]"
    if found is None or found is types.NoneType:
        return "None"
    if isinstance(found, type) and issubclass(found, msgspec.Struct):
        return _public(found, found.__name__)
    if isinstance(found, type) and issubclass(found, dict):
        return "dict[str, Any]" if found is not dict else "dict"
    if place := _places().get(id(found)):
        return f"~{place}"
    return getattr(found, "__name__", None) or str(found).removeprefix("typing.")


def _listed(found: Any) -> str:
    return f"[{', '.join(_type(each) for each in found)}]" if isinstance(found, list) else _type(found)


def _union(members: list[Any]) -> str:
    """A union, by the name of a smaller one that is whole in it."""
    plain = [each for each in members if each is not types.NoneType]
    names: list[str] = []
    for name, known in sorted(ALIASES, key=lambda each: -len(get_args(each[1]))):
        parts = [] if get_origin(known) is Annotated else list(get_args(known))
        if len(parts) > 1 and all(part in plain for part in parts):
            plain = [each for each in plain if each not in parts]
            names.append(name)
    names += [_type(each) for each in plain]
    return " | ".join([*names, *(["None"] if types.NoneType in members else [])])


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _limits(found: Any) -> Iterator[str]:
    """What the annotations of a type ask for, in words."""
    origin, arguments = get_origin(found), get_args(found)
    if origin is Annotated:
        kind = get_origin(arguments[0]) or arguments[0]
        unit = "items" if kind is list else "characters"
        for meta in arguments[1:]:
            if isinstance(meta, msgspec.Meta):
                yield from _meta(meta, unit)
    if found is parhelion.Instant:
        return
    for each in arguments:
        if not isinstance(each, msgspec.Meta):
            for limit in _limits(each):
                yield limit if origin is not list else f"each {limit}"


def _meta(meta: msgspec.Meta, unit: str) -> Iterator[str]:
    low, high = meta.min_length, meta.max_length
    if low is not None or high is not None:
        yield "exactly one" if low == high == 1 else f"{_range(low, high)} {unit}"
    low, high = meta.ge, meta.le
    if low is not None or high is not None:
        yield _range(low, high)
    if meta.tz:
        yield "with a time zone"
    if meta.pattern:
        yield f"of the form `{meta.pattern}`"


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"{low} to {high}" if low != high else f"exactly {low}"


# Errors


def _errors() -> Iterator[str]:
    module = import_module("parhelion.wire.error")
    yield from MODULE
    yield prose((module.__doc__ or "").partition("\n\n")[2])  # its first line is for who reads the code
    for name in _order(module):
        found = getattr(module, name)
        if not isinstance(found, type) or not _visible(name, found):
            continue
        if issubclass(found, ApiError) and found is not ApiError:
            body = [*_bases(found), prose(found.__doc__), f"Status {found.status}, code `{found.code}`.", ""]
            yield from described("exception", name, body)
        elif issubclass(found, ParhelionError):
            yield from _object(name, found)
        else:
            yield from _shape(name, found)


SECTIONS: dict[str, Callable[..., Iterator[str]]] = {
    "resource": _resource,
    "class": _named,
    "module": _module,
    "shapes": _shapes,
    "errors": _errors,
}
