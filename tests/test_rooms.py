"""The plan of the house as a test: imports go down, never sideways, never up. The picture is in docs/map.md."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = "parhelion"
DROPIN = "sunshine_conversations_client"

HEIGHTS = {
    "wire": 1,
    **dict.fromkeys(["server", "server.rules", "server.ports", "server.html", "server.seldom", "operations"], 2),
    **dict.fromkeys(["server.rows", "server.ids", "server.stage", "server.vault"], 3),
    **dict.fromkeys(["server.commands", "client", "(window)"], 4),  # (window): what users see, parhelion itself
    **dict.fromkeys(
        ["server.http", "server.console", "server.dispatch", "server.databases", "server.media", "server.bus"], 5
    ),
    **dict.fromkeys(["server.watch", "testing", "dropin"], 5),
    **dict.fromkeys(["server.assemble", "cli"], 6),
    "__main__": 7,
}
# Some see less than what lies below them...
SEES = {
    "server": set[str](),
    "client": {"wire", "operations"},
    "(window)": {"wire", "operations", "client"},
    "server.console": {"wire", "operations", "client", "server.html", "server.rules"},
    "server.databases": {"wire", "server.ports"},
    "server.media": {"wire", "server.ports"},
    "server.bus": {"wire", "server.ports"},
    "testing": {"wire", "operations", "client", "(window)"},
    "dropin": {"wire", "operations", "client", "(window)"},
}
# ... and some look beside or above them: the window shows the client; who starts a server asks who knows every room.
ALSO = {("(window)", "client"), ("cli", "server.assemble"), ("testing", "server.assemble")}

WINDOWS = {"receive"}  # modules that users import as they import parhelion
WITHOUT_IO = {f"{OURS}.client.{name}" for name in ("flow", "listening", "sse", "paging", "credentials", "receive")}
IO = re.compile(
    r"(time|asyncio|anyio|socket|ssl|http\.client|urllib\.request|urllib3|requests|aiohttp|http(x|core)2?)\b"
)
SQL = re.compile(r"(?is)\s*(select\s.+\sfrom|insert\s+into|update\s+\w+\s+set|delete\s+from|create\s+table)\s")
DATABASE = re.compile(r"(?i)database|sqlite|postgres|apsw|psycopg")


def room(module: str) -> str | None:
    """The room a module is in; None if it is not of this house."""
    top, *rest = module.split(".")
    if top != OURS:
        return "dropin" if top == DROPIN else None
    if not rest or rest[0] in WINDOWS:
        return "(window)"
    return ".".join(rest[: 2 if rest[0] == "server" else 1])


def imports(module: str, tree: ast.AST, *, package: bool) -> Iterator[str]:
    """Everything imported, by its full name, wherever in the file it is."""
    inside = module.split(".") if package else module.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = inside[: len(inside) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            # `from parhelion.server import rows` is a room, `from parhelion import Client` is the window.
            windows = (OURS, f"{OURS}.server")
            yield from (f"{origin}.{alias.name}" if origin in windows else origin for alias in node.names)


def broken(module: str, source: str, *, package: bool = False) -> list[str]:
    """The rules of the house that this source breaks, one line each."""
    tree, here = ast.parse(source), room(module) or ""
    if here not in HEIGHTS:
        return [f"{module}: {here or 'this'} is no room of the house"]
    faults: list[str] = []
    for name in dict.fromkeys(imports(module, tree, package=package)):
        there = room(name)
        if there not in HEIGHTS and name.startswith(f"{OURS}."):
            there = "(window)" if name.count(".") == 1 else "server"  # a name in an __init__.py, not a room
        if name == f"{OURS}.__version__" or there == here or (here, there) in ALSO:
            pass
        elif there is not None and (HEIGHTS[there] >= HEIGHTS[here] or there not in SEES.get(here, HEIGHTS)):
            faults.append(f"{module}: {here} may not import {there} ({name})")
        elif here == "wire" and name.split(".")[0] not in {"msgspec", *sys.stdlib_module_names}:
            faults.append(f"{module}: wire imports msgspec and the standard library only, not {name}")
        elif module in WITHOUT_IO and IO.match(name):
            faults.append(f"{module}: no clock and no network here, so no {name}")
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if SQL.match(text) and here not in {"server.rows", "server.databases"}:
                faults.append(f"{module}:{node.lineno}: SQL is said in rows and in databases only")
            case ast.Call(func=ast.Name("isinstance"), args=[_, kind]) if DATABASE.search(ast.unparse(kind)):
                faults.append(f"{module}:{node.lineno}: nobody asks which database it is")
            case _:
                pass
    return faults


def test_every_import_goes_down() -> None:
    faults: list[str] = []
    for top in (ROOT / "src", ROOT / "dropin" / "src"):
        for path in sorted(top.rglob("*.py")):
            package = path.stem == "__init__"
            parts = path.relative_to(top).with_suffix("").parts[: -1 if package else None]
            faults += broken(".".join(parts), path.read_text(encoding="utf-8"), package=package)
    assert not faults, "\n".join(["", *faults])


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("wire.user", "from ..operations import Users"),
        ("wire.user", "import httpx2"),
        ("operations.users", "from ..server.ports import Database"),
        ("client.sync", "from parhelion.server.rules import content"),
        ("client.flow", "def late():\n    import time"),
        ("client.paging", "from asyncio import sleep"),
        ("client.receive", "import http.client"),
        ("server.rules.content", "from .. import rows"),
        ("server.commands.users", "from ..http import routes"),
        ("server.commands.users", "query = 'select id from users'"),
        ("server.commands.users", "if isinstance(context.database, Sqlite): ..."),
        ("server.console.pages", "from ..commands import users"),
        ("server.databases.sqlite", "from ..rows import users"),
        ("server.http.routes", "from ..dispatch import webhooks"),
        ("server.helpers", ""),
        ("client.sync", "from parhelion import Message"),
        ("client.sync", "from parhelion.receive import Receiver"),
        ("receive", "from .server import rules"),
        ("testing.server", "import parhelion.cli"),
        ("testing.hosting", "from ..server.rows import apps"),
        ("testing.hosting", "from ..server.http.protocol import BoundedProtocol"),
    ],
)
def test_a_broken_rule_is_told(module: str, source: str) -> None:
    assert len(broken(f"parhelion.{module}", source)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("wire.user", "import msgspec\nfrom ._wire import Wire\nfrom datetime import datetime"),
        ("client.flow", "from .. import __version__\nfrom ..operations import Users\nfrom urllib.parse import quote"),
        ("server.rows.users", "from ..ports import Write\ntext = 'update user set name = :name'"),
        ("server.http.routes", "from .. import commands\nfrom ...operations import TABLE"),
        ("receive", "import time\nfrom .client.receive import Seen\nfrom .wire.reading import Fault"),
        ("cli.serve", "from ..server.assemble import assemble\nfrom parhelion import Client"),
        ("testing.hosting", "import uvicorn\nfrom ..operations import TABLE\nfrom ..server.assemble import engines"),
        ("testing.receiver", "import socket\nfrom ..client import Client\nfrom ..receive import Receiver"),
    ],
)
def test_a_kept_rule_is_left_in_peace(module: str, source: str) -> None:
    assert broken(f"parhelion.{module}", source) == []
