"""The import package of the discontinued client of the Sunshine Conversations API, on top of Parhelion.

Classes of the API and models are made when they are first asked for; `dir()` lists them.
"""

from __future__ import annotations

from typing import Any

from . import _modules

__version__ = "0.1.0"
_modules.install()

HERE = {
    "ApiClient": "api_client",
    "ApiResponse": "api_response",
    "Configuration": "configuration",
    "OpenApiException": "exceptions",
    "ApiTypeError": "exceptions",
    "ApiValueError": "exceptions",
    "ApiKeyError": "exceptions",
    "ApiAttributeError": "exceptions",
    "ApiException": "exceptions",
}
MODULES = ("api", "api_client", "api_response", "configuration", "exceptions", "model", "models", "rest", "undefined")


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in MODULES:
        return import_module(f"{__name__}.{name}")
    if name == "__all__":
        return [*HERE, *_modules.names()]
    found = getattr(import_module(f"{__name__}.{HERE[name]}"), name) if name in HERE else _modules.find(name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *HERE, *MODULES, *_modules.names()})
