# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .conversation_truncated import ConversationTruncated
from .referral import Referral
from .source_with_campaign_webhook import SourceWithCampaignWebhook
from .user import User

class ConversationCreateEventAllOfPayload(Model):
    conversation: ConversationTruncated | None
    creation_reason: str | None
    source: SourceWithCampaignWebhook | None
    user: User | None
    referral: Referral | None
    def __init__(
        self,
        conversation: Model | dict[str, Any] | None = None,
        creation_reason: str | None = None,
        source: Model | dict[str, Any] | None = None,
        user: Model | dict[str, Any] | None = None,
        referral: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
