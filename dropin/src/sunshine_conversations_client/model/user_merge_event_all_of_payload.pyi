# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model
from .user_merge_event_all_of_payload_merged_clients import UserMergeEventAllOfPayloadMergedClients
from .user_merge_event_all_of_payload_merged_conversations import UserMergeEventAllOfPayloadMergedConversations
from .user_merge_event_all_of_payload_merged_users import UserMergeEventAllOfPayloadMergedUsers

class UserMergeEventAllOfPayload(Model):
    merged_users: UserMergeEventAllOfPayloadMergedUsers | None
    merged_conversations: UserMergeEventAllOfPayloadMergedConversations | None
    merged_clients: UserMergeEventAllOfPayloadMergedClients | None
    discarded_metadata: Any
    reason: str | None
    def __init__(
        self,
        merged_users: Model | dict[str, Any] | None = None,
        merged_conversations: Model | dict[str, Any] | None = None,
        merged_clients: Model | dict[str, Any] | None = None,
        discarded_metadata: Any = None,
        reason: str | None = None,
        **kwargs: Any,
    ) -> None: ...
