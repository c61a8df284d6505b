# Printed by stubs.py from the table and from parhelion.wire.
from .conversation_message_delivery_payload_external_messages_inner import (
    ConversationMessageDeliveryPayloadExternalMessagesInner,
)

ConversationMessageDeliveryPayloadExternalMessages = ConversationMessageDeliveryPayloadExternalMessagesInner
