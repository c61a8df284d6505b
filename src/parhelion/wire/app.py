"""Apps: the house in which users, conversations and messages live, apart from every other app's."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from ._wire import Metadata, Name, Wire
from .page import Links, Meta


class AppSettings(Wire, kw_only=True):
    """How an app behaves. What is not set has the hosted service's default."""

    conversation_retention_seconds: Annotated[int, msgspec.Meta(ge=0)] | None = None
    mask_credit_card_numbers: bool | None = None
    use_animal_names: bool | None = None
    echo_postback: bool | None = None
    ignore_auto_conversation_start: bool | None = None
    multi_convo_enabled: bool | None = None
    app_localization_enabled: bool | None = None
    end_session_enabled: bool | None = None
    disable_conversation_reopen: bool | None = None


class App(Wire, kw_only=True):
    """An app. `subdomain` comes from `apps.get` only."""

    id: str
    display_name: str | None = None
    settings: AppSettings | None = None
    metadata: Metadata | None = None
    subdomain: str | None = None


class AppCreateBody(Wire, kw_only=True):
    """A new app: a name of 1 to 100 characters, and flat metadata of at most 4096 bytes."""

    display_name: Name
    settings: AppSettings | None = None
    metadata: Metadata | None = None


class AppResponse(Wire, kw_only=True):
    """One app."""

    app: App


class AppListResponse(Wire, kw_only=True):
    """A page of apps, oldest first."""

    walks: ClassVar[Literal["before", "after"]] = "after"

    apps: list[App]
    meta: Meta | None = None
    links: Links | None = None

    def items(self) -> list[App]:
        return self.apps
