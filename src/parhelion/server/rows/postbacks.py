"""Postbacks in SQL: who presses a button must take part when the press counts."""

from __future__ import annotations

from ..ports import Step, Write

_PRESS = (
    Step(
        """
    update participant set last_read_id = last_read_id
    where app_id = :app and conversation_id = :conversation and user_id = :user""",
        "not a participant",
    ),
)


def press(app: str, conversation: str, user: str) -> Write:
    """A button was pressed, and nothing is written into the conversation."""
    return Write(conversation, _PRESS, {"app": app, "conversation": conversation, "user": user})
