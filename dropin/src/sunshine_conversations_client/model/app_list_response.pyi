# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .app import App
from .links import Links
from .meta import Meta

class AppListResponse(Model):
    apps: list[App] | None
    meta: Meta | None
    links: Links | None
    def __init__(
        self,
        apps: list[Model | dict[str, Any]] | None = None,
        meta: Model | dict[str, Any] | None = None,
        links: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
