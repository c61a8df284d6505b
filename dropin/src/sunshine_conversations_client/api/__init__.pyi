# Printed by stubs.py from the table and from parhelion.wire.
from .activities_api import ActivitiesApi as ActivitiesApi
from .app_keys_api import AppKeysApi as AppKeysApi
from .apps_api import AppsApi as AppsApi
from .attachments_api import AttachmentsApi as AttachmentsApi
from .clients_api import ClientsApi as ClientsApi
from .conversations_api import ConversationsApi as ConversationsApi
from .custom_integration_api_keys_api import CustomIntegrationApiKeysApi as CustomIntegrationApiKeysApi
from .devices_api import DevicesApi as DevicesApi
from .integrations_api import IntegrationsApi as IntegrationsApi
from .messages_api import MessagesApi as MessagesApi
from .o_auth_endpoints_api import OAuthEndpointsApi as OAuthEndpointsApi
from .participants_api import ParticipantsApi as ParticipantsApi
from .switchboard_actions_api import SwitchboardActionsApi as SwitchboardActionsApi
from .switchboard_integrations_api import SwitchboardIntegrationsApi as SwitchboardIntegrationsApi
from .switchboards_api import SwitchboardsApi as SwitchboardsApi
from .users_api import UsersApi as UsersApi
from .webhooks_api import WebhooksApi as WebhooksApi
