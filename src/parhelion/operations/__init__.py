"""WHAT CAN BE ASKED. Each operation is declared once, as a typed method without a body."""

from typing import Any

from ._operation import (
    ACCOUNT,
    ALL,
    ANYWHERE,
    APP,
    AsyncFile,
    Declared,
    File,
    Operation,
    Parameter,
    Progress,
    Resource,
    Scope,
    Upload,
    UploadFile,
    Walk,
)
from .app_keys import AppKeys
from .apps import Apps
from .attachments import Attachments
from .conversations import Conversations
from .messages import Messages
from .users import Users

TABLE: tuple[type[Resource[Any]], ...] = (Apps, AppKeys, Users, Conversations, Messages, Attachments)


def operations() -> "list[Declared[Any]]":
    """The table, in the order it is written."""
    return [each for resource in TABLE for each in vars(resource).values() if isinstance(each, Declared)]


__all__ = [
    "ACCOUNT",
    "ALL",
    "ANYWHERE",
    "APP",
    "TABLE",
    "AppKeys",
    "Apps",
    "AsyncFile",
    "Attachments",
    "Conversations",
    "Declared",
    "File",
    "Messages",
    "Operation",
    "Parameter",
    "Progress",
    "Resource",
    "Scope",
    "Upload",
    "UploadFile",
    "Users",
    "Walk",
    "operations",
]
