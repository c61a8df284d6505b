# Printed by stubs.py from the table and from parhelion.wire.
from .conversation_referral_event import ConversationReferralEvent

ConversationReferralEventAllOf = ConversationReferralEvent
