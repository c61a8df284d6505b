"""WHAT CAN BE ASKED. Each operation is declared once, as a typed method without a body."""

from typing import Any

from ._callers import Asked, AsyncListening, Listening, RawResponse, Resource, Steps
from ._operation import (
    ACCOUNT,
    ALL,
    ANYWHERE,
    APP,
    INTEGRATION,
    OF_AN_APP,
    OPEN,
    AsyncFile,
    Browse,
    Declared,
    Download,
    File,
    Listen,
    Operation,
    Parameter,
    Progress,
    Recipe,
    Scope,
    Short,
    Upload,
    UploadFile,
    Walk,
)
from .activities import Activities
from .app_keys import AppKeys
from .apps import Apps
from .attachments import Attachments
from .audit import Audit
from .clients import Clients
from .conversations import Conversations
from .deliveries import Deliveries
from .devices import Devices
from .events import Events
from .exports import Exports
from .integration_keys import CustomIntegrationApiKeys
from .integrations import Integrations
from .messages import Messages
from .oauth import OAuthEndpoints
from .participants import Participants
from .postbacks import Postbacks
from .search import Search
from .statistics import Statistics
from .switchboard_actions import SwitchboardActions
from .switchboard_integrations import SwitchboardIntegrations
from .switchboards import Switchboards
from .testing import Testing
from .users import Users
from .webhooks import Webhooks

TABLE: tuple[type[Resource[Any]], ...] = (
    Apps,
    AppKeys,
    Integrations,
    CustomIntegrationApiKeys,
    Webhooks,
    Deliveries,
    Events,
    Exports,
    Users,
    Clients,
    Devices,
    Conversations,
    Participants,
    Messages,
    Activities,
    Postbacks,
    Search,
    Attachments,
    Statistics,
    Audit,
    OAuthEndpoints,
    Switchboards,
    SwitchboardIntegrations,
    SwitchboardActions,
)


CONTROLS: tuple[type[Resource[Any]], ...] = (Testing,)  # what only a server answers that was started for tests


def operations(*resources: type[Resource[Any]]) -> "list[Declared[Any]]":
    """The operations of these resources, in the order they are written. Of none: of the table."""
    return [each for resource in resources or TABLE for each in vars(resource).values() if isinstance(each, Declared)]


__all__ = [
    "ACCOUNT",
    "ALL",
    "ANYWHERE",
    "APP",
    "CONTROLS",
    "INTEGRATION",
    "OF_AN_APP",
    "OPEN",
    "TABLE",
    "Activities",
    "AppKeys",
    "Apps",
    "Asked",
    "AsyncFile",
    "AsyncListening",
    "Attachments",
    "Audit",
    "Browse",
    "Clients",
    "Conversations",
    "CustomIntegrationApiKeys",
    "Declared",
    "Deliveries",
    "Devices",
    "Download",
    "Events",
    "Exports",
    "File",
    "Integrations",
    "Listen",
    "Listening",
    "Messages",
    "OAuthEndpoints",
    "Operation",
    "Parameter",
    "Participants",
    "Postbacks",
    "Progress",
    "RawResponse",
    "Recipe",
    "Resource",
    "Scope",
    "Search",
    "Short",
    "Statistics",
    "Steps",
    "SwitchboardActions",
    "SwitchboardIntegrations",
    "Switchboards",
    "Testing",
    "Upload",
    "UploadFile",
    "Users",
    "Walk",
    "Webhooks",
    "operations",
]
