# Printed by stubs.py from the table and from parhelion.wire.
from . import (
    api as api,
    api_client as api_client,
    api_response as api_response,
    configuration as configuration,
    exceptions as exceptions,
    model as model,
    models as models,
    rest as rest,
)
from .api.app_keys_api import AppKeysApi as AppKeysApi
from .api.apps_api import AppsApi as AppsApi
from .api.attachments_api import AttachmentsApi as AttachmentsApi
from .api.conversations_api import ConversationsApi as ConversationsApi
from .api.messages_api import MessagesApi as MessagesApi
from .api.users_api import UsersApi as UsersApi
from .api_client import ApiClient as ApiClient
from .api_response import ApiResponse as ApiResponse
from .configuration import Configuration as Configuration
from .exceptions import (
    ApiAttributeError as ApiAttributeError,
    ApiException as ApiException,
    ApiKeyError as ApiKeyError,
    ApiTypeError as ApiTypeError,
    ApiValueError as ApiValueError,
    OpenApiException as OpenApiException,
)
from .model.action import Action as Action
from .model.action_subset import ActionSubset as ActionSubset
from .model.activity_message import ActivityMessage as ActivityMessage
from .model.app import App as App
from .model.app_create_body import AppCreateBody as AppCreateBody
from .model.app_key import AppKey as AppKey
from .model.app_key_create_body import AppKeyCreateBody as AppKeyCreateBody
from .model.app_key_response import AppKeyResponse as AppKeyResponse
from .model.app_list_response import AppListResponse as AppListResponse
from .model.app_response import AppResponse as AppResponse
from .model.app_settings import AppSettings as AppSettings
from .model.apple_message_override_payload import AppleMessageOverridePayload as AppleMessageOverridePayload
from .model.attachment_delete_body import AttachmentDeleteBody as AttachmentDeleteBody
from .model.attachment_response import AttachmentResponse as AttachmentResponse
from .model.attachment_schema import AttachmentSchema as AttachmentSchema
from .model.author import Author as Author
from .model.buy import Buy as Buy
from .model.carousel_message import CarouselMessage as CarouselMessage
from .model.carousel_message_display_settings import CarouselMessageDisplaySettings as CarouselMessageDisplaySettings
from .model.content import Content as Content
from .model.conversation import Conversation as Conversation
from .model.conversation_create_body import ConversationCreateBody as ConversationCreateBody
from .model.conversation_response import ConversationResponse as ConversationResponse
from .model.conversation_type import ConversationType as ConversationType
from .model.destination import Destination as Destination
from .model.error import Error as Error
from .model.error_response import ErrorResponse as ErrorResponse
from .model.extra_channel_options import ExtraChannelOptions as ExtraChannelOptions
from .model.extra_channel_options_messenger import ExtraChannelOptionsMessenger as ExtraChannelOptionsMessenger
from .model.field import Field as Field
from .model.file_message import FileMessage as FileMessage
from .model.form_message import FormMessage as FormMessage
from .model.form_message_field import FormMessageField as FormMessageField
from .model.form_options_inner import FormOptionsInner as FormOptionsInner
from .model.form_response_message import FormResponseMessage as FormResponseMessage
from .model.form_response_message_field import FormResponseMessageField as FormResponseMessageField
from .model.identity import Identity as Identity
from .model.image_message import ImageMessage as ImageMessage
from .model.integration_id import IntegrationId as IntegrationId
from .model.integration_type import IntegrationType as IntegrationType
from .model.item import Item as Item
from .model.link import Link as Link
from .model.links import Links as Links
from .model.list_message import ListMessage as ListMessage
from .model.location_message import LocationMessage as LocationMessage
from .model.location_message_coordinates import LocationMessageCoordinates as LocationMessageCoordinates
from .model.location_message_location import LocationMessageLocation as LocationMessageLocation
from .model.location_request import LocationRequest as LocationRequest
from .model.message import Message as Message
from .model.message_list_response import MessageListResponse as MessageListResponse
from .model.message_override import MessageOverride as MessageOverride
from .model.message_override_apple import MessageOverrideApple as MessageOverrideApple
from .model.message_override_line import MessageOverrideLine as MessageOverrideLine
from .model.message_override_messenger import MessageOverrideMessenger as MessageOverrideMessenger
from .model.message_override_payload import MessageOverridePayload as MessageOverridePayload
from .model.message_override_whatsapp import MessageOverrideWhatsapp as MessageOverrideWhatsapp
from .model.message_post import MessagePost as MessagePost
from .model.message_post_response import MessagePostResponse as MessagePostResponse
from .model.meta import Meta as Meta
from .model.page import Page as Page
from .model.participant_sub_schema import ParticipantSubSchema as ParticipantSubSchema
from .model.participant_with_user_external_id import ParticipantWithUserExternalId as ParticipantWithUserExternalId
from .model.participant_with_user_id import ParticipantWithUserId as ParticipantWithUserId
from .model.postback import Postback as Postback
from .model.profile import Profile as Profile
from .model.quoted_message import QuotedMessage as QuotedMessage
from .model.quoted_message_external_message_id import QuotedMessageExternalMessageId as QuotedMessageExternalMessageId
from .model.quoted_message_message import QuotedMessageMessage as QuotedMessageMessage
from .model.reference import Reference as Reference
from .model.reply import Reply as Reply
from .model.source import Source as Source
from .model.switchboard_integration_webhook import SwitchboardIntegrationWebhook as SwitchboardIntegrationWebhook
from .model.template_message import TemplateMessage as TemplateMessage
from .model.text_message import TextMessage as TextMessage
from .model.user import User as User
from .model.user_create_body import UserCreateBody as UserCreateBody
from .model.user_response import UserResponse as UserResponse
from .model.webview import Webview as Webview

__version__: str
