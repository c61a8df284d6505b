# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .switchboard_integration_webhook import SwitchboardIntegrationWebhook

class ConversationTruncated(Model):
    id: str | None
    type: str | None
    metadata: Any
    active_switchboard_integration: SwitchboardIntegrationWebhook | None
    pending_switchboard_integration: SwitchboardIntegrationWebhook | None
    def __init__(
        self,
        id: str | None = None,
        type: str | None = None,
        metadata: Any = None,
        active_switchboard_integration: Model | dict[str, Any] | None = None,
        pending_switchboard_integration: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
