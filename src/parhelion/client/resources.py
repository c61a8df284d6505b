"""What a client offers: the same list for both."""

from __future__ import annotations

from typing import Generic, TypeVar, cast

from ..operations import AppKeys, Apps, Attachments, Conversations, Messages, Users

C = TypeVar("C")


class Resources(Generic[C]):
    """The operations, by the thing they are about."""

    def __init__(self) -> None:
        caller = cast("C", self)
        self.apps = Apps(caller)
        self.app_keys = AppKeys(caller)
        self.users = Users(caller)
        self.conversations = Conversations(caller)
        self.messages = Messages(caller)
        self.attachments = Attachments(caller)
