"""Apps: the house in which users, conversations and messages live, apart from every other app's."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from ._wire import Metadata, MetadataUpdate, Name, Wire
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


class AppSettingsUpdate(Wire, kw_only=True):
    """What changes of an app's settings. What is absent stays; `multi_convo_enabled` cannot be turned off again."""

    conversation_retention_seconds: Annotated[int, msgspec.Meta(ge=0)] | UnsetType = UNSET
    mask_credit_card_numbers: bool | UnsetType = UNSET
    use_animal_names: bool | UnsetType = UNSET
    echo_postback: bool | UnsetType = UNSET
    ignore_auto_conversation_start: bool | UnsetType = UNSET
    multi_convo_enabled: bool | UnsetType = UNSET
    app_localization_enabled: bool | UnsetType = UNSET
    end_session_enabled: bool | UnsetType = UNSET
    disable_conversation_reopen: bool | UnsetType = UNSET


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


class AppUpdateBody(Wire, kw_only=True):
    """What changes of an app. What is absent stays, None takes away; settings and metadata are changed key by key."""

    display_name: Name | UnsetType = UNSET
    settings: AppSettingsUpdate | UnsetType = UNSET
    metadata: MetadataUpdate | UnsetType | None = UNSET


class AppListFilter(Wire, kw_only=True):
    """Which apps: those that a service account of the hosted service has access to."""

    service_account_id: str | None = None


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
