# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .webhook import Webhook

class WebhookListResponse(Model):
    webhooks: list[Webhook] | None
    def __init__(self, webhooks: list[Model | dict[str, Any]] | None = None, **kwargs: Any) -> None: ...
