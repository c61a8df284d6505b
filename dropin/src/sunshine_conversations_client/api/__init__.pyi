# Printed by stubs.py from the table and from parhelion.wire.
from .app_keys_api import AppKeysApi as AppKeysApi
from .apps_api import AppsApi as AppsApi
from .attachments_api import AttachmentsApi as AttachmentsApi
from .conversations_api import ConversationsApi as ConversationsApi
from .messages_api import MessagesApi as MessagesApi
from .users_api import UsersApi as UsersApi
