# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .switchboard_integration_webhook import SwitchboardIntegrationWebhook

class Conversation(Model):
    id: str | None
    type: str | None
    metadata: Any
    active_switchboard_integration: SwitchboardIntegrationWebhook | None
    pending_switchboard_integration: SwitchboardIntegrationWebhook | None
    is_default: bool | None
    display_name: str | None
    description: str | None
    icon_url: str | None
    business_last_read: str | None
    last_updated_at: str | None
    created_at: str | None
    def __init__(
        self,
        id: str | None = None,
        type: str | None = None,
        metadata: Any = None,
        active_switchboard_integration: Model | dict[str, Any] | None = None,
        pending_switchboard_integration: Model | dict[str, Any] | None = None,
        is_default: bool | None = None,
        display_name: str | None = None,
        description: str | None = None,
        icon_url: str | None = None,
        business_last_read: str | None = None,
        last_updated_at: str | None = None,
        created_at: str | None = None,
        **kwargs: Any,
    ) -> None: ...
