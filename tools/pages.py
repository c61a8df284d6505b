"""Prints the pages that are made from the table. Writes them, or says with `--check` which are stale."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path

import msgspec

from parhelion import __version__
from parhelion.cli.settings import TABLE as TABLE_OF_SETTINGS, key, option, variable
from parhelion.client.resources import Resources
from parhelion.operations import ANYWHERE, CONTROLS, TABLE, Declared, operations as table
from parhelion.operations.openapi import document

ROOT = Path(__file__).resolve().parent.parent
NAMES = {type(each).__name__: name for name, each in vars(Resources[None]()).items()}  # as a client has them
HEAD = """# Operations

What can be asked, printed from the table in `src/parhelion/operations`; `make pages` writes this page.
Scopes: a = account key, p = app key, i = integration key, - = none is asked for. Every operation may also answer 400,
401 and 403; the hosted service also answers 429, which this server does for too many streams only. The whole of it,
with what is sent and what is answered, is in [openapi.json](openapi.json), which a server tells at `/openapi.json` and
shows at `/docs`. The last part, Testing, is answered by `parhelion serve --testing` only, and told there only.
"""


def operations() -> str:
    """The list of all operations, a section a resource."""
    lines = [HEAD]
    for resource in (*TABLE, *CONTROLS):
        lines += [f"## {resource.__name__}", "", inspect.getdoc(resource) or "", ""]
        lines += ["| in Python | operation | request | scopes | answers |", "| --- | --- | --- | --- | --- |"]
        for operation in vars(resource).values():
            if isinstance(operation, Declared):
                lines.append(_row(resource.__name__, operation))
        lines.append("")
    return "\n".join(lines)


def _row(resource: str, operation: Declared[object]) -> str:
    arguments = ", ".join(
        parameter.name if parameter.required else f"{parameter.name}=" for parameter in operation.parameters
    )
    scopes = (
        "".join({"account": "a", "app": "p", "integration": "i"}[scope] for scope in sorted(operation.scopes)) or "-"
    )
    refusals = sorted({(error.status, error.code) for error in operation.errors[: -len(ANYWHERE)]})
    answers = ", ".join([str(operation.status), *(f"{status} `{code}`" for status, code in refusals)])
    request = f"`{operation.method} {operation.path}`"
    call = f"`{NAMES[resource]}.{operation.__name__}({arguments})`"
    return f"| {call} | {operation.operation_id} | {request} | {scopes} | {answers} |"


def openapi() -> str:
    """The document of all operations, for who has no server at hand."""
    whole = document(table(), title="Parhelion", version=__version__)
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode() + "\n"


def server() -> str:
    """The page about the server, with the settings as they are."""
    lines = ["| option, environment, key in the file | without it | what it does |", "| --- | --- | --- |"]
    for name, setting in TABLE_OF_SETTINGS.items():
        names = f"`{option(name)} {setting.metavar}`, `{variable(name)}`, `{key(name)}`"
        lines.append(f"| {names} | {setting.usual} | {setting.help} |")
    before, begin, rest = SERVER.read_text().partition("<!-- settings: printed by `make pages` -->\n")
    _, end, after = rest.partition("<!-- end of settings -->")
    return "\n".join([before + begin, *lines, "", end + after])


SERVER = ROOT / "docs" / "server.md"
PAGES = {ROOT / "docs" / "operations.md": operations, ROOT / "docs" / "openapi.json": openapi, SERVER: server}


def main() -> int:
    """Write the pages, or check them."""
    stale = [page for page, text in PAGES.items() if not page.exists() or page.read_text() != text()]
    for page in stale:
        if "--check" in sys.argv:
            print(f"{page.relative_to(ROOT)} is stale: run `make pages`", file=sys.stderr)
        else:
            page.write_text(PAGES[page]())
            print(f"wrote {page.relative_to(ROOT)}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    raise SystemExit(main())
