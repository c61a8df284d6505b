# Printed by stubs.py from the table and from parhelion.wire.
from typing import Any

from .._model import Model

class AppSettings(Model):
    conversation_retention_seconds: int | None
    mask_credit_card_numbers: bool | None
    use_animal_names: bool | None
    echo_postback: bool | None
    ignore_auto_conversation_start: bool | None
    multi_convo_enabled: bool | None
    attachments_access: Any
    attachments_token_expiration_seconds: Any
    app_localization_enabled: bool | None
    end_session_enabled: bool | None
    disable_conversation_reopen: bool | None
    def __init__(
        self,
        conversation_retention_seconds: int | None = None,
        mask_credit_card_numbers: bool | None = None,
        use_animal_names: bool | None = None,
        echo_postback: bool | None = None,
        ignore_auto_conversation_start: bool | None = None,
        multi_convo_enabled: bool | None = None,
        attachments_access: Any = None,
        attachments_token_expiration_seconds: Any = None,
        app_localization_enabled: bool | None = None,
        end_session_enabled: bool | None = None,
        disable_conversation_reopen: bool | None = None,
        **kwargs: Any,
    ) -> None: ...
