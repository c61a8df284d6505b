"""What can be imported, and what that costs."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import parhelion
from parhelion import client, wire

DEAR = {
    "asyncio",
    "ssl",
    "socket",
    "http",
    "http.client",
    "httpcore2",
    "anyio",
    "logging",
    "random",
    "hashlib",
    "email",
}


def loaded(program: str) -> set[str]:
    run = [sys.executable, "-I", "-c", f"{program}\nimport sys; print(*sys.modules)"]
    return set(subprocess.run(run, check=True, capture_output=True, text=True, timeout=30).stdout.split())


def test_the_window_itself_loads_nothing() -> None:
    assert not {each for each in loaded("import parhelion") if each.startswith(("parhelion.", "msgspec"))}


def test_the_client_loads_no_network_before_it_is_made() -> None:
    assert not DEAR & loaded("from parhelion import Client, KeyJWT, MessagePost, NoAnswer, UploadFile")


def test_the_sync_client_never_loads_asyncio() -> None:
    made = "from parhelion import Client\nClient('https://example.org', key_id='app_1', secret='x', app_id='a')"
    assert not {"asyncio", "httpcore2", "anyio"} & loaded(made)


def test_everything_in_the_window_is_there() -> None:
    for name in parhelion.__all__:
        assert getattr(parhelion, name) is not None
    assert set(parhelion.__all__) <= set(dir(parhelion))
    assert len(set(parhelion.__all__)) == len(parhelion.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        _ = parhelion.nothing
    with pytest.raises(AttributeError, match="nothing"):
        _ = client.nothing


def test_every_shape_and_error_is_in_the_window() -> None:
    ours = {"Kept", "Tagged", "Unknown", "Wire", "instant", "INTEGRATION_TYPES", "TRIGGERS", "UPDATABLE"}
    assert {name for name in wire.__all__ if name not in ours} <= set(parhelion.__all__)


def test_checkers_see_what_programs_get() -> None:
    """The names under TYPE_CHECKING are those that are handed out."""
    tree = ast.parse(Path(parhelion.__file__).read_text())
    [branch] = [node for node in tree.body if isinstance(node, ast.If)]
    declared = {alias.name for node in branch.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert declared | {"__version__"} == set(parhelion.__all__)


def test_the_version_is_the_distributions() -> None:
    assert version("parhelion") == parhelion.__version__


def test_everything_public_says_what_it_is() -> None:
    for name in client.__all__:
        assert (getattr(client, name).__doc__ or "").strip(), name
