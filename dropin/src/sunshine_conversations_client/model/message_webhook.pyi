# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .activity_message import ActivityMessage
from .author_webhook import AuthorWebhook
from .content import Content
from .quoted_message import QuotedMessage
from .reference import Reference
from .source_with_campaign_webhook import SourceWithCampaignWebhook

class MessageWebhook(Model):
    id: str | None
    received: str | None
    author: AuthorWebhook | None
    content: Content | None
    source: SourceWithCampaignWebhook | None
    quoted_message: QuotedMessage | None
    metadata: Any
    deleted: bool | None
    activity: ActivityMessage | None
    references: list[Reference] | None
    def __init__(
        self,
        id: str | None = None,
        received: str | None = None,
        author: Model | dict[str, Any] | None = None,
        content: Model | dict[str, Any] | None = None,
        source: Model | dict[str, Any] | None = None,
        quoted_message: Model | dict[str, Any] | None = None,
        metadata: Any = None,
        deleted: bool | None = None,
        activity: Model | dict[str, Any] | None = None,
        references: list[Model | dict[str, Any]] | None = None,
        **kwargs: Any,
    ) -> None: ...
