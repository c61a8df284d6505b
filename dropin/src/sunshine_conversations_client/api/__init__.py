"""The API classes: `MessagesApi`, in the module `messages_api`, and so on."""

from __future__ import annotations

from typing import Any

from .. import _modules


def __getattr__(name: str) -> Any:
    return list(_modules.names(__name__)) if name == "__all__" else _modules.find(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_modules.names(__name__)})
