"""Settings of an app: which of them go together, and what cannot be undone."""

from __future__ import annotations

from collections.abc import Iterator

from ...wire import AppSettings
from ...wire.reading import Fault

# A new app: what the hosted service's examples show, but for conversations, of which a user may have several.
DEFAULTS = AppSettings(
    mask_credit_card_numbers=True,
    use_animal_names=False,
    echo_postback=False,
    multi_convo_enabled=True,
    app_localization_enabled=True,
)
LONGEST = 2**31 - 1  # seconds: 68 years

_NEED_SEVERAL = {"endSessionEnabled": "end_session_enabled", "disableConversationReopen": "disable_conversation_reopen"}


def faults(before: AppSettings, after: AppSettings) -> Iterator[Fault]:
    """What is wrong with settings that were others before."""
    if (after.conversation_retention_seconds or 0) > LONGEST:
        yield Fault("settings.conversationRetentionSeconds", f"should be at most {LONGEST}")
    if before.multi_convo_enabled and not after.multi_convo_enabled:
        yield Fault("settings.multiConvoEnabled", "cannot be turned off once it is on")
    elif not after.multi_convo_enabled:
        for name, field in _NEED_SEVERAL.items():
            if getattr(after, field):
                yield Fault(f"settings.{name}", "should be on only where settings.multiConvoEnabled is on")
