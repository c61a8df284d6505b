"""What a client offers: the same list for both."""

from __future__ import annotations

from typing import Generic, TypeVar, cast

from ..operations import (
    Activities,
    AppKeys,
    Apps,
    Attachments,
    Audit,
    Clients,
    Conversations,
    CustomIntegrationApiKeys,
    Deliveries,
    Devices,
    Events,
    Exports,
    Integrations,
    Messages,
    OAuthEndpoints,
    Participants,
    Postbacks,
    Search,
    Statistics,
    SwitchboardActions,
    SwitchboardIntegrations,
    Switchboards,
    Testing,
    Users,
    Webhooks,
)

C = TypeVar("C")


class Resources(Generic[C]):
    """The operations, by the thing they are about."""

    def __init__(self) -> None:
        caller = cast("C", self)
        self.apps = Apps(caller)
        self.app_keys = AppKeys(caller)
        self.integrations = Integrations(caller)
        self.integration_keys = CustomIntegrationApiKeys(caller)
        self.webhooks = Webhooks(caller)
        self.deliveries = Deliveries(caller)
        self.events = Events(caller)
        self.exports = Exports(caller)
        self.users = Users(caller)
        self.clients = Clients(caller)
        self.devices = Devices(caller)
        self.conversations = Conversations(caller)
        self.participants = Participants(caller)
        self.messages = Messages(caller)
        self.activities = Activities(caller)
        self.postbacks = Postbacks(caller)
        self.search = Search(caller)
        self.attachments = Attachments(caller)
        self.statistics = Statistics(caller)
        self.audit = Audit(caller)
        self.oauth = OAuthEndpoints(caller)
        self.switchboards = Switchboards(caller)
        self.switchboard_integrations = SwitchboardIntegrations(caller)
        self.switchboard_actions = SwitchboardActions(caller)
        self.testing = Testing(caller)
