# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .conversation_truncated import ConversationTruncated
from .postback_webhook import PostbackWebhook
from .source_with_campaign_webhook import SourceWithCampaignWebhook
from .user import User

class ConversationPostbackEventAllOfPayload(Model):
    postback: PostbackWebhook | None
    conversation: ConversationTruncated | None
    user: User | None
    source: SourceWithCampaignWebhook | None
    def __init__(
        self,
        postback: Model | dict[str, Any] | None = None,
        conversation: Model | dict[str, Any] | None = None,
        user: Model | dict[str, Any] | None = None,
        source: Model | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
