"""One function per operation: read, ask the rules, make one write, answer. A file a noun.

Importing this package is what fills `handlers`.
"""

from . import app_keys, apps, attachments, conversations, messages, users
from ._serves import (
    REMEMBERED,
    AnsweredBefore,
    Context,
    Engines,
    Grant,
    Handler,
    Handlers,
    Once,
    Said,
    handlers,
    json_of,
)

__all__ = [
    "REMEMBERED",
    "AnsweredBefore",
    "Context",
    "Engines",
    "Grant",
    "Handler",
    "Handlers",
    "Once",
    "Said",
    "app_keys",
    "apps",
    "attachments",
    "conversations",
    "handlers",
    "json_of",
    "messages",
    "users",
]
