"""What an app is written down as: lines of JSON, one object each, told apart by `kind`.

    export                                     the first: of which app, when, and where the bytes of files are
    app                                        the app itself
    user  client ...  device ...               each user, with what is theirs
    attachment  bytes ...                      each file, perhaps with what is in it
    conversation  participant ...  message ... each conversation, with who takes part and what was said
    end                                        the last: a file without it is unfinished

Whatever a line refers to came before it, and within its kind each is in the order of ids. So every line is a place to
go on after: see `place_of`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ._wire import Instant, Wire
from .app import App
from .client import Client
from .conversation import Conversation
from .device import Device
from .message import Message
from .participant import Participant
from .user import User

VERSION = 1
PIECE = 256 * 1024  # bytes of a file in one line
LONGEST_LINE = 1024 * 1024  # bytes
ID = "[0-9a-f]{24}"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FILE_ID = "[0-9A-HJKMNP-TV-Z]{26}"  # a ULID

Id = Annotated[str, msgspec.Meta(pattern=f"^{ID}$(?!\\n)")]
Mark = Annotated[str, msgspec.Meta(pattern=f"^(?:{ID})?$(?!\\n)")]  # "" is before all
FileId = Annotated[str, msgspec.Meta(pattern=f"^{FILE_ID}$(?!\\n)")]
Files = Literal["none", "beside", "embedded"]


class ExportHeader(Wire, kw_only=True, tag_field="kind", tag="export"):
    """The first line. `files`: where the bytes of attachments are: nowhere, in the folder FILE.media, or in the lines.

    Users and conversations with ids up to `until` are in it: those that were there when it was begun.
    """

    version: int
    app_id: Id
    exported_at: Instant | None = None
    files: Files = "none"
    until: Id | None = None


class ExportedApp(Wire, kw_only=True, tag_field="kind", tag="app"):
    """The app."""

    data: App


class ExportedUser(Wire, kw_only=True, tag_field="kind", tag="user"):
    """A user."""

    data: User


class ExportedClient(Wire, kw_only=True, tag_field="kind", tag="client"):
    """A client of a user."""

    user_id: Id
    data: Client


class ExportedDevice(Wire, kw_only=True, tag_field="kind", tag="device"):
    """A device of a user."""

    user_id: Id
    data: Device


class StoredFile(Wire, kw_only=True):
    """An attachment as the server knows it. `size` is in bytes; `for_` says that it goes with the last message that
    shows it.
    """

    id: FileId
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    media_type: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    size: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    conversation_id: Id | None = None
    for_: Literal["message"] | None = msgspec.field(default=None, name="for")
    created_at: Instant | None = None


class ExportedAttachment(Wire, kw_only=True, tag_field="kind", tag="attachment"):
    """An attachment."""

    data: StoredFile


class ExportedBytes(Wire, kw_only=True, tag_field="kind", tag="bytes"):
    """Some of the attachment before it, from `offset` on. On the wire `data` is base64."""

    attachment_id: FileId
    conversation_id: Id | None = None
    offset: Annotated[int, msgspec.Meta(ge=0)]
    data: Annotated[bytes, msgspec.Meta(max_length=PIECE)]


class ExportedConversation(Wire, kw_only=True, tag_field="kind", tag="conversation"):
    """A conversation. `last_message_id` is the highest id that a message of it ever had."""

    last_message_id: Id | None = None
    data: Conversation


class ExportedParticipant(Wire, kw_only=True, tag_field="kind", tag="participant"):
    """Who takes part in a conversation. `last_read_message_id`: up to which message they have read; "" is none, and
    where it is not said, it is made of when they last read.
    """

    conversation_id: Id
    last_read_message_id: Mark | None = None
    data: Participant


class ExportedMessage(Wire, kw_only=True, tag_field="kind", tag="message"):
    """A message of a conversation."""

    conversation_id: Id
    data: Message


class ExportEnd(Wire, kw_only=True, tag_field="kind", tag="end"):
    """The last line. `counts`: how many lines there were of each kind, where they were counted."""

    counts: dict[str, int] | None = None


ExportLine = (
    ExportHeader
    | ExportedApp
    | ExportedUser
    | ExportedClient
    | ExportedDevice
    | ExportedAttachment
    | ExportedBytes
    | ExportedConversation
    | ExportedParticipant
    | ExportedMessage
    | ExportEnd
)


def place_of(line: ExportLine) -> str:
    """The place after a line, to go on from: its kind, below what it is, and which it is."""
    match line:
        case ExportHeader():
            return "export"
        case ExportedApp():
            return "app"
        case ExportedUser() | ExportedConversation():
            return f"{kind_of(line)}:{line.data.id}"
        case ExportedClient() | ExportedDevice():
            return f"{kind_of(line)}:{line.user_id}:{line.data.id}"
        case ExportedAttachment():
            return f"attachment:{line.data.conversation_id or ''}:{line.data.id}"
        case ExportedBytes():
            return f"bytes:{line.conversation_id or ''}:{line.attachment_id}:{line.offset + len(line.data)}"
        case ExportedParticipant() | ExportedMessage():
            return f"{kind_of(line)}:{line.conversation_id}:{line.data.id}"
        case ExportEnd():
            return "end"


def file_id_of(address: str) -> str:
    """The id of a file that was fetched from somewhere else: always the same for the same address."""
    import hashlib  # not every program that imports us brings files along

    number = int.from_bytes(hashlib.blake2b(address.encode(), digest_size=16).digest()) >> 3  # 26 digits of 5 bits
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -5, -5))


def kind_of(line: ExportLine) -> str:
    """What stands under `kind`."""
    return str(line.__struct_config__.tag)
