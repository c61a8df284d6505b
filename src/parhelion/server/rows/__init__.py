"""SQL, in the tongue both databases read. A file a noun.

Guards first; every hot statement carries app and conversation, so that the tables can be split by them one day.
"""

from . import (
    answered,
    app_keys,
    apps,
    attachments,
    clients,
    control,
    conversations,
    deliveries,
    destinations,
    devices,
    events,
    gone,
    integration_keys,
    integrations,
    master_key,
    messages,
    oauth,
    participants,
    switchboard_integrations,
    switchboards,
    users,
    webhooks,
)

__all__ = [
    "answered",
    "app_keys",
    "apps",
    "attachments",
    "clients",
    "control",
    "conversations",
    "deliveries",
    "destinations",
    "devices",
    "events",
    "gone",
    "integration_keys",
    "integrations",
    "master_key",
    "messages",
    "oauth",
    "participants",
    "switchboard_integrations",
    "switchboards",
    "users",
    "webhooks",
]
