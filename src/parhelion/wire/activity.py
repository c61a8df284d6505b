"""Activities: what is done in a conversation beside talking."""

from __future__ import annotations

from typing import Literal

from ._wire import Wire
from .message import Author

ActivityType = Literal["conversation:read", "typing:start", "typing:stop"]


class ActivityPost(Wire, kw_only=True):
    """What somebody did: a business may do all of it, a user may have read the conversation."""

    author: Author
    type: ActivityType
