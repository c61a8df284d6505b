"""An app from inside, with words for what stories in it do."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from tests.inside import Inside

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
LEFT_OVERS = (
    "conversation",
    "participant",
    "client_association",
    "message",
    "attachment",
    "attachment_use",
    "conversation_gone",
    "author_gone",
    "conversation_to_sweep",
    "media_to_remove",
)


class House:
    """An app from inside, with words for what these stories do."""

    def __init__(self, server: Inside) -> None:
        self.server = server
        self.app = f"/v2/apps/{server.app_id}"

    async def user(self) -> str:
        return str((await self.server.done("POST", f"{self.app}/users", {}))["user"]["id"])

    async def conversation(self, *users: str, type: str = "sdkGroup") -> str:
        named = [{"userId": user, "subscribeSDKClient": True} for user in users]
        made = await self.server.done("POST", f"{self.app}/conversations", {"type": type, "participants": named})
        return f"{self.app}/conversations/{made['conversation']['id']}"

    async def say(self, place: str, user: str = "", text: str = "hello", **content: Any) -> str:
        author = {"type": "user", "userId": user} if user else {"type": "business"}
        body = {"author": author, "content": {"type": "text", "text": text, **content}}
        return str((await self.server.done("POST", f"{place}/messages", body))["messages"][0]["id"])

    async def show(self, place: str, url: str, user: str = "") -> str:
        return await self.say(place, user, type="image", mediaUrl=url)

    async def upload(self, query: str) -> str:
        """The address of a new file."""
        raw = (
            b'--edge\r\nContent-Disposition: form-data; name="source"; filename="a.png"\r\n'
            b"Content-Type: image/png\r\n\r\n" + PNG + b"\r\n--edge--\r\n"
        )
        kind = "multipart/form-data; boundary=edge"
        path = f"{self.app}/attachments?access=public&{query}"
        answer = await self.server.done("POST", path, raw, content_type=kind)
        return str(answer["attachment"]["mediaUrl"])

    async def counts(self) -> dict[str, int]:
        """What the tables hold, without those that are empty."""
        found = {table: await self.server.count(table) for table in LEFT_OVERS}
        return {table: several for table, several in found.items() if several}

    async def counted(self, place: str) -> int:
        """How many messages the conversation believes to hold: its limit is measured by that."""
        asked = "select message_count from conversation where id = :id"
        row = await self.server.engines.database.read_one(asked, {"id": place.rpartition("/")[2]})
        assert row is not None
        return int(row[0])

    def files(self, folder: Path) -> int:
        return sum(path.is_file() for path in (folder / "data" / "media").rglob("*"))

    async def retain(self, seconds: int) -> None:
        body = {"settings": {"conversationRetentionSeconds": seconds}}
        await self.server.done("PATCH", self.app, body)

    async def kept(self, place: str) -> int:
        """How many messages answer, once what is due has been done."""
        await self.server.afterwards()
        return len(await self.server.walk(f"{place}/messages"))
