"""Where a message can be sent, in SQL: the app's integrations that are meant, and who can be reached through them."""

from __future__ import annotations

from ..ports import Database, Row

# A client of the SDK that belongs to no integration is reached through any of the SDK's.
_MEANT = """
    select i.id, (select count(*) from client_association a
        join client c on c.app_id = a.app_id and c.user_id = a.user_id and c.id = a.client_id
        where a.app_id = :app and a.conversation_id = :conversation and (c.integration_id = i.id
            or (c.type = 'sdk' and c.integration_id = '' and i.type in ('web', 'ios', 'android', 'unity'))))
    from integration i where i.app_id = :app and (i.id = :integration or i.type = :type)"""


async def meant(database: Database, app: str, conversation: str, integration: str, type: str) -> list[Row]:
    """Rows of (integration, how many clients of it are in the conversation), by id or by type; the other one is ""."""
    values = {"app": app, "conversation": conversation, "integration": integration, "type": type}
    return await database.read_all(_MEANT, values)
