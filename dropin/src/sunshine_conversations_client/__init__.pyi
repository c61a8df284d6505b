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
from .api.activities_api import ActivitiesApi as ActivitiesApi
from .api.app_keys_api import AppKeysApi as AppKeysApi
from .api.apps_api import AppsApi as AppsApi
from .api.attachments_api import AttachmentsApi as AttachmentsApi
from .api.clients_api import ClientsApi as ClientsApi
from .api.conversations_api import ConversationsApi as ConversationsApi
from .api.custom_integration_api_keys_api import CustomIntegrationApiKeysApi as CustomIntegrationApiKeysApi
from .api.devices_api import DevicesApi as DevicesApi
from .api.integrations_api import IntegrationsApi as IntegrationsApi
from .api.messages_api import MessagesApi as MessagesApi
from .api.o_auth_endpoints_api import OAuthEndpointsApi as OAuthEndpointsApi
from .api.participants_api import ParticipantsApi as ParticipantsApi
from .api.switchboard_actions_api import SwitchboardActionsApi as SwitchboardActionsApi
from .api.switchboard_integrations_api import SwitchboardIntegrationsApi as SwitchboardIntegrationsApi
from .api.switchboards_api import SwitchboardsApi as SwitchboardsApi
from .api.users_api import UsersApi as UsersApi
from .api.webhooks_api import WebhooksApi as WebhooksApi
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
from .model.accept_control_body import AcceptControlBody as AcceptControlBody
from .model.action import Action as Action
from .model.action_subset import ActionSubset as ActionSubset
from .model.activity import Activity as Activity
from .model.activity_all_of import ActivityAllOf as ActivityAllOf
from .model.activity_message import ActivityMessage as ActivityMessage
from .model.activity_post import ActivityPost as ActivityPost
from .model.activity_post_all_of import ActivityPostAllOf as ActivityPostAllOf
from .model.activity_types import ActivityTypes as ActivityTypes
from .model.android import Android as Android
from .model.android_all_of import AndroidAllOf as AndroidAllOf
from .model.android_update import AndroidUpdate as AndroidUpdate
from .model.android_update_all_of import AndroidUpdateAllOf as AndroidUpdateAllOf
from .model.api_key import ApiKey as ApiKey
from .model.app import App as App
from .model.app_create_body import AppCreateBody as AppCreateBody
from .model.app_key import AppKey as AppKey
from .model.app_key_create_body import AppKeyCreateBody as AppKeyCreateBody
from .model.app_key_list_response import AppKeyListResponse as AppKeyListResponse
from .model.app_key_response import AppKeyResponse as AppKeyResponse
from .model.app_list_filter import AppListFilter as AppListFilter
from .model.app_list_response import AppListResponse as AppListResponse
from .model.app_response import AppResponse as AppResponse
from .model.app_settings import AppSettings as AppSettings
from .model.app_sub_schema import AppSubSchema as AppSubSchema
from .model.app_update_body import AppUpdateBody as AppUpdateBody
from .model.apple import Apple as Apple
from .model.apple_all_of import AppleAllOf as AppleAllOf
from .model.apple_message_override_payload import AppleMessageOverridePayload as AppleMessageOverridePayload
from .model.apple_update import AppleUpdate as AppleUpdate
from .model.attachment_delete_body import AttachmentDeleteBody as AttachmentDeleteBody
from .model.attachment_response import AttachmentResponse as AttachmentResponse
from .model.attachment_schema import AttachmentSchema as AttachmentSchema
from .model.author import Author as Author
from .model.author_webhook import AuthorWebhook as AuthorWebhook
from .model.buy import Buy as Buy
from .model.campaign import Campaign as Campaign
from .model.carousel_message import CarouselMessage as CarouselMessage
from .model.carousel_message_display_settings import CarouselMessageDisplaySettings as CarouselMessageDisplaySettings
from .model.client import Client as Client
from .model.client_add_event import ClientAddEvent as ClientAddEvent
from .model.client_add_event_all_of import ClientAddEventAllOf as ClientAddEventAllOf
from .model.client_add_event_all_of_payload import ClientAddEventAllOfPayload as ClientAddEventAllOfPayload
from .model.client_association import ClientAssociation as ClientAssociation
from .model.client_create import ClientCreate as ClientCreate
from .model.client_list_response import ClientListResponse as ClientListResponse
from .model.client_remove_event import ClientRemoveEvent as ClientRemoveEvent
from .model.client_remove_event_all_of import ClientRemoveEventAllOf as ClientRemoveEventAllOf
from .model.client_remove_event_all_of_payload import ClientRemoveEventAllOfPayload as ClientRemoveEventAllOfPayload
from .model.client_response import ClientResponse as ClientResponse
from .model.client_type import ClientType as ClientType
from .model.client_update_event import ClientUpdateEvent as ClientUpdateEvent
from .model.client_update_event_all_of import ClientUpdateEventAllOf as ClientUpdateEventAllOf
from .model.client_update_event_all_of_payload import ClientUpdateEventAllOfPayload as ClientUpdateEventAllOfPayload
from .model.confirmation import Confirmation as Confirmation
from .model.content import Content as Content
from .model.conversation import Conversation as Conversation
from .model.conversation_all_of import ConversationAllOf as ConversationAllOf
from .model.conversation_create_body import ConversationCreateBody as ConversationCreateBody
from .model.conversation_create_event import ConversationCreateEvent as ConversationCreateEvent
from .model.conversation_create_event_all_of import ConversationCreateEventAllOf as ConversationCreateEventAllOf
from .model.conversation_create_event_all_of_payload import (
    ConversationCreateEventAllOfPayload as ConversationCreateEventAllOfPayload,
)
from .model.conversation_join_event import ConversationJoinEvent as ConversationJoinEvent
from .model.conversation_join_event_all_of import ConversationJoinEventAllOf as ConversationJoinEventAllOf
from .model.conversation_join_event_all_of_payload import (
    ConversationJoinEventAllOfPayload as ConversationJoinEventAllOfPayload,
)
from .model.conversation_leave_event import ConversationLeaveEvent as ConversationLeaveEvent
from .model.conversation_leave_event_all_of import ConversationLeaveEventAllOf as ConversationLeaveEventAllOf
from .model.conversation_leave_event_all_of_payload import (
    ConversationLeaveEventAllOfPayload as ConversationLeaveEventAllOfPayload,
)
from .model.conversation_list_filter import ConversationListFilter as ConversationListFilter
from .model.conversation_list_response import ConversationListResponse as ConversationListResponse
from .model.conversation_message_delivery_channel_event import (
    ConversationMessageDeliveryChannelEvent as ConversationMessageDeliveryChannelEvent,
)
from .model.conversation_message_delivery_channel_event_all_of import (
    ConversationMessageDeliveryChannelEventAllOf as ConversationMessageDeliveryChannelEventAllOf,
)
from .model.conversation_message_delivery_failure_event import (
    ConversationMessageDeliveryFailureEvent as ConversationMessageDeliveryFailureEvent,
)
from .model.conversation_message_delivery_failure_event_all_of import (
    ConversationMessageDeliveryFailureEventAllOf as ConversationMessageDeliveryFailureEventAllOf,
)
from .model.conversation_message_delivery_failure_event_all_of_payload import (
    ConversationMessageDeliveryFailureEventAllOfPayload as ConversationMessageDeliveryFailureEventAllOfPayload,
)
from .model.conversation_message_delivery_failure_event_all_of_payload_all_of_error import *  # noqa: F403
from .model.conversation_message_delivery_payload import (
    ConversationMessageDeliveryPayload as ConversationMessageDeliveryPayload,
)
from .model.conversation_message_delivery_payload_destination import (
    ConversationMessageDeliveryPayloadDestination as ConversationMessageDeliveryPayloadDestination,
)
from .model.conversation_message_delivery_payload_external_messages import (
    ConversationMessageDeliveryPayloadExternalMessages as ConversationMessageDeliveryPayloadExternalMessages,
)
from .model.conversation_message_delivery_payload_external_messages_inner import (
    ConversationMessageDeliveryPayloadExternalMessagesInner as ConversationMessageDeliveryPayloadExternalMessagesInner,
)
from .model.conversation_message_delivery_payload_message import (
    ConversationMessageDeliveryPayloadMessage as ConversationMessageDeliveryPayloadMessage,
)
from .model.conversation_message_delivery_user_event import (
    ConversationMessageDeliveryUserEvent as ConversationMessageDeliveryUserEvent,
)
from .model.conversation_message_event import ConversationMessageEvent as ConversationMessageEvent
from .model.conversation_message_event_all_of import ConversationMessageEventAllOf as ConversationMessageEventAllOf
from .model.conversation_message_event_all_of_payload import (
    ConversationMessageEventAllOfPayload as ConversationMessageEventAllOfPayload,
)
from .model.conversation_postback_event import ConversationPostbackEvent as ConversationPostbackEvent
from .model.conversation_postback_event_all_of import ConversationPostbackEventAllOf as ConversationPostbackEventAllOf
from .model.conversation_postback_event_all_of_payload import (
    ConversationPostbackEventAllOfPayload as ConversationPostbackEventAllOfPayload,
)
from .model.conversation_read_event import ConversationReadEvent as ConversationReadEvent
from .model.conversation_read_event_all_of import ConversationReadEventAllOf as ConversationReadEventAllOf
from .model.conversation_read_event_all_of_payload import (
    ConversationReadEventAllOfPayload as ConversationReadEventAllOfPayload,
)
from .model.conversation_read_event_all_of_payload_activity import (
    ConversationReadEventAllOfPayloadActivity as ConversationReadEventAllOfPayloadActivity,
)
from .model.conversation_referral_event import ConversationReferralEvent as ConversationReferralEvent
from .model.conversation_referral_event_all_of import ConversationReferralEventAllOf as ConversationReferralEventAllOf
from .model.conversation_referral_event_all_of_payload import (
    ConversationReferralEventAllOfPayload as ConversationReferralEventAllOfPayload,
)
from .model.conversation_remove_event import ConversationRemoveEvent as ConversationRemoveEvent
from .model.conversation_remove_event_all_of import ConversationRemoveEventAllOf as ConversationRemoveEventAllOf
from .model.conversation_remove_event_all_of_payload import (
    ConversationRemoveEventAllOfPayload as ConversationRemoveEventAllOfPayload,
)
from .model.conversation_response import ConversationResponse as ConversationResponse
from .model.conversation_truncated import ConversationTruncated as ConversationTruncated
from .model.conversation_type import ConversationType as ConversationType
from .model.conversation_typing_event import ConversationTypingEvent as ConversationTypingEvent
from .model.conversation_typing_event_all_of import ConversationTypingEventAllOf as ConversationTypingEventAllOf
from .model.conversation_typing_event_all_of_payload import (
    ConversationTypingEventAllOfPayload as ConversationTypingEventAllOfPayload,
)
from .model.conversation_typing_event_all_of_payload_activity import (
    ConversationTypingEventAllOfPayloadActivity as ConversationTypingEventAllOfPayloadActivity,
)
from .model.conversation_update_body import ConversationUpdateBody as ConversationUpdateBody
from .model.conversion_events import ConversionEvents as ConversionEvents
from .model.conversion_events_body import ConversionEventsBody as ConversionEventsBody
from .model.conversion_events_response import ConversionEventsResponse as ConversionEventsResponse
from .model.custom import Custom as Custom
from .model.custom_all_of import CustomAllOf as CustomAllOf
from .model.custom_update import CustomUpdate as CustomUpdate
from .model.custom_update_all_of import CustomUpdateAllOf as CustomUpdateAllOf
from .model.default_responder import DefaultResponder as DefaultResponder
from .model.default_responder_default_responder import (
    DefaultResponderDefaultResponder as DefaultResponderDefaultResponder,
)
from .model.default_responder_id import DefaultResponderId as DefaultResponderId
from .model.destination import Destination as Destination
from .model.device import Device as Device
from .model.device_list_response import DeviceListResponse as DeviceListResponse
from .model.device_response import DeviceResponse as DeviceResponse
from .model.download_message_ref_body import DownloadMessageRefBody as DownloadMessageRefBody
from .model.download_message_ref_body_all_of_apple import (
    DownloadMessageRefBodyAllOfApple as DownloadMessageRefBodyAllOfApple,
)
from .model.download_message_ref_body_all_of_apple_interactive_data_ref import (
    DownloadMessageRefBodyAllOfAppleInteractiveDataRef as DownloadMessageRefBodyAllOfAppleInteractiveDataRef,
)
from .model.ended_by_user import EndedByUser as EndedByUser
from .model.error import Error as Error
from .model.error_response import ErrorResponse as ErrorResponse
from .model.event_sub_schema import EventSubSchema as EventSubSchema
from .model.extra_channel_options import ExtraChannelOptions as ExtraChannelOptions
from .model.extra_channel_options_messenger import ExtraChannelOptionsMessenger as ExtraChannelOptionsMessenger
from .model.field import Field as Field
from .model.file_message import FileMessage as FileMessage
from .model.form_message import FormMessage as FormMessage
from .model.form_message_field import FormMessageField as FormMessageField
from .model.form_message_field_all_of import FormMessageFieldAllOf as FormMessageFieldAllOf
from .model.form_options_inner import FormOptionsInner as FormOptionsInner
from .model.form_response_message import FormResponseMessage as FormResponseMessage
from .model.form_response_message_field import FormResponseMessageField as FormResponseMessageField
from .model.form_response_message_field_all_of import FormResponseMessageFieldAllOf as FormResponseMessageFieldAllOf
from .model.get_token200_response import GetToken200Response as GetToken200Response
from .model.get_token_request import GetTokenRequest as GetTokenRequest
from .model.identity import Identity as Identity
from .model.image_message import ImageMessage as ImageMessage
from .model.inline_object import InlineObject as InlineObject
from .model.instagram import Instagram as Instagram
from .model.instagram_all_of import InstagramAllOf as InstagramAllOf
from .model.instagram_conversion_events_body import InstagramConversionEventsBody as InstagramConversionEventsBody
from .model.instagram_update import InstagramUpdate as InstagramUpdate
from .model.instagram_update_all_of import InstagramUpdateAllOf as InstagramUpdateAllOf
from .model.integration import Integration as Integration
from .model.integration_api_key import IntegrationApiKey as IntegrationApiKey
from .model.integration_api_key_list_response import IntegrationApiKeyListResponse as IntegrationApiKeyListResponse
from .model.integration_api_key_response import IntegrationApiKeyResponse as IntegrationApiKeyResponse
from .model.integration_id import IntegrationId as IntegrationId
from .model.integration_list_filter import IntegrationListFilter as IntegrationListFilter
from .model.integration_list_response import IntegrationListResponse as IntegrationListResponse
from .model.integration_response import IntegrationResponse as IntegrationResponse
from .model.integration_type import IntegrationType as IntegrationType
from .model.integration_update import IntegrationUpdate as IntegrationUpdate
from .model.integration_update_base import IntegrationUpdateBase as IntegrationUpdateBase
from .model.ios import Ios as Ios
from .model.ios_all_of import IosAllOf as IosAllOf
from .model.ios_update import IosUpdate as IosUpdate
from .model.ios_update_all_of import IosUpdateAllOf as IosUpdateAllOf
from .model.item import Item as Item
from .model.line import Line as Line
from .model.line_all_of import LineAllOf as LineAllOf
from .model.line_update import LineUpdate as LineUpdate
from .model.link import Link as Link
from .model.links import Links as Links
from .model.list_message import ListMessage as ListMessage
from .model.location_message import LocationMessage as LocationMessage
from .model.location_message_coordinates import LocationMessageCoordinates as LocationMessageCoordinates
from .model.location_message_location import LocationMessageLocation as LocationMessageLocation
from .model.location_request import LocationRequest as LocationRequest
from .model.mailgun import Mailgun as Mailgun
from .model.mailgun_all_of import MailgunAllOf as MailgunAllOf
from .model.mailgun_update import MailgunUpdate as MailgunUpdate
from .model.mailgun_update_all_of import MailgunUpdateAllOf as MailgunUpdateAllOf
from .model.match_criteria import MatchCriteria as MatchCriteria
from .model.match_criteria_base import MatchCriteriaBase as MatchCriteriaBase
from .model.match_criteria_mailgun import MatchCriteriaMailgun as MatchCriteriaMailgun
from .model.match_criteria_mailgun_all_of import MatchCriteriaMailgunAllOf as MatchCriteriaMailgunAllOf
from .model.match_criteria_messagebird import MatchCriteriaMessagebird as MatchCriteriaMessagebird
from .model.match_criteria_messagebird_all_of import MatchCriteriaMessagebirdAllOf as MatchCriteriaMessagebirdAllOf
from .model.match_criteria_twilio import MatchCriteriaTwilio as MatchCriteriaTwilio
from .model.match_criteria_twilio_all_of import MatchCriteriaTwilioAllOf as MatchCriteriaTwilioAllOf
from .model.match_criteria_whatsapp import MatchCriteriaWhatsapp as MatchCriteriaWhatsapp
from .model.match_criteria_whatsapp_all_of import MatchCriteriaWhatsappAllOf as MatchCriteriaWhatsappAllOf
from .model.message import Message as Message
from .model.message_bird_update import MessageBirdUpdate as MessageBirdUpdate
from .model.message_list_response import MessageListResponse as MessageListResponse
from .model.message_override import MessageOverride as MessageOverride
from .model.message_override_apple import MessageOverrideApple as MessageOverrideApple
from .model.message_override_line import MessageOverrideLine as MessageOverrideLine
from .model.message_override_messenger import MessageOverrideMessenger as MessageOverrideMessenger
from .model.message_override_payload import MessageOverridePayload as MessageOverridePayload
from .model.message_override_whatsapp import MessageOverrideWhatsapp as MessageOverrideWhatsapp
from .model.message_post import MessagePost as MessagePost
from .model.message_post_response import MessagePostResponse as MessagePostResponse
from .model.message_webhook import MessageWebhook as MessageWebhook
from .model.message_webhook_source import MessageWebhookSource as MessageWebhookSource
from .model.messagebird import Messagebird as Messagebird
from .model.messagebird_all_of import MessagebirdAllOf as MessagebirdAllOf
from .model.messenger import Messenger as Messenger
from .model.messenger_all_of import MessengerAllOf as MessengerAllOf
from .model.messenger_conversion_events_body import MessengerConversionEventsBody as MessengerConversionEventsBody
from .model.messenger_update import MessengerUpdate as MessengerUpdate
from .model.meta import Meta as Meta
from .model.meta_conversion_event import MetaConversionEvent as MetaConversionEvent
from .model.meta_conversion_event_payload import MetaConversionEventPayload as MetaConversionEventPayload
from .model.model_field import ModelField as ModelField
from .model.offer_control_body import OfferControlBody as OfferControlBody
from .model.page import Page as Page
from .model.participant import Participant as Participant
from .model.participant_join_body import ParticipantJoinBody as ParticipantJoinBody
from .model.participant_leave_body import ParticipantLeaveBody as ParticipantLeaveBody
from .model.participant_leave_body_participant_id import (
    ParticipantLeaveBodyParticipantId as ParticipantLeaveBodyParticipantId,
)
from .model.participant_leave_body_user_external_id import (
    ParticipantLeaveBodyUserExternalId as ParticipantLeaveBodyUserExternalId,
)
from .model.participant_leave_body_user_id import ParticipantLeaveBodyUserId as ParticipantLeaveBodyUserId
from .model.participant_list_response import ParticipantListResponse as ParticipantListResponse
from .model.participant_response import ParticipantResponse as ParticipantResponse
from .model.participant_sub_schema import ParticipantSubSchema as ParticipantSubSchema
from .model.participant_with_user_external_id import ParticipantWithUserExternalId as ParticipantWithUserExternalId
from .model.participant_with_user_id import ParticipantWithUserId as ParticipantWithUserId
from .model.pass_control_body import PassControlBody as PassControlBody
from .model.postback import Postback as Postback
from .model.postback_webhook import PostbackWebhook as PostbackWebhook
from .model.prechat_capture import PrechatCapture as PrechatCapture
from .model.profile import Profile as Profile
from .model.quoted_message import QuotedMessage as QuotedMessage
from .model.quoted_message_external_message_id import QuotedMessageExternalMessageId as QuotedMessageExternalMessageId
from .model.quoted_message_message import QuotedMessageMessage as QuotedMessageMessage
from .model.reference import Reference as Reference
from .model.referral import Referral as Referral
from .model.referral_details import ReferralDetails as ReferralDetails
from .model.release_control_body import ReleaseControlBody as ReleaseControlBody
from .model.reply import Reply as Reply
from .model.source import Source as Source
from .model.source_webhook import SourceWebhook as SourceWebhook
from .model.source_with_campaign_webhook import SourceWithCampaignWebhook as SourceWithCampaignWebhook
from .model.source_with_campaign_webhook_all_of import SourceWithCampaignWebhookAllOf as SourceWithCampaignWebhookAllOf
from .model.status import Status as Status
from .model.switchboard import Switchboard as Switchboard
from .model.switchboard_accept_control import SwitchboardAcceptControl as SwitchboardAcceptControl
from .model.switchboard_accept_control_all_of import SwitchboardAcceptControlAllOf as SwitchboardAcceptControlAllOf
from .model.switchboard_accept_control_all_of_payload import (
    SwitchboardAcceptControlAllOfPayload as SwitchboardAcceptControlAllOfPayload,
)
from .model.switchboard_accept_control_failure import SwitchboardAcceptControlFailure as SwitchboardAcceptControlFailure
from .model.switchboard_accept_control_failure_all_of import (
    SwitchboardAcceptControlFailureAllOf as SwitchboardAcceptControlFailureAllOf,
)
from .model.switchboard_accept_control_failure_all_of_payload import (
    SwitchboardAcceptControlFailureAllOfPayload as SwitchboardAcceptControlFailureAllOfPayload,
)
from .model.switchboard_integration import SwitchboardIntegration as SwitchboardIntegration
from .model.switchboard_integration_create_body import (
    SwitchboardIntegrationCreateBody as SwitchboardIntegrationCreateBody,
)
from .model.switchboard_integration_list_response import (
    SwitchboardIntegrationListResponse as SwitchboardIntegrationListResponse,
)
from .model.switchboard_integration_response import SwitchboardIntegrationResponse as SwitchboardIntegrationResponse
from .model.switchboard_integration_update_body import (
    SwitchboardIntegrationUpdateBody as SwitchboardIntegrationUpdateBody,
)
from .model.switchboard_integration_webhook import SwitchboardIntegrationWebhook as SwitchboardIntegrationWebhook
from .model.switchboard_list_response import SwitchboardListResponse as SwitchboardListResponse
from .model.switchboard_offer_control import SwitchboardOfferControl as SwitchboardOfferControl
from .model.switchboard_offer_control_all_of import SwitchboardOfferControlAllOf as SwitchboardOfferControlAllOf
from .model.switchboard_offer_control_all_of_payload import (
    SwitchboardOfferControlAllOfPayload as SwitchboardOfferControlAllOfPayload,
)
from .model.switchboard_offer_control_failure import SwitchboardOfferControlFailure as SwitchboardOfferControlFailure
from .model.switchboard_pass_control import SwitchboardPassControl as SwitchboardPassControl
from .model.switchboard_pass_control_all_of import SwitchboardPassControlAllOf as SwitchboardPassControlAllOf
from .model.switchboard_pass_control_all_of_payload import (
    SwitchboardPassControlAllOfPayload as SwitchboardPassControlAllOfPayload,
)
from .model.switchboard_pass_control_failure import SwitchboardPassControlFailure as SwitchboardPassControlFailure
from .model.switchboard_release_control import SwitchboardReleaseControl as SwitchboardReleaseControl
from .model.switchboard_release_control_all_of_payload import (
    SwitchboardReleaseControlAllOfPayload as SwitchboardReleaseControlAllOfPayload,
)
from .model.switchboard_response import SwitchboardResponse as SwitchboardResponse
from .model.switchboard_update_body import SwitchboardUpdateBody as SwitchboardUpdateBody
from .model.sync_user_body import SyncUserBody as SyncUserBody
from .model.target import Target as Target
from .model.telegram import Telegram as Telegram
from .model.telegram_all_of import TelegramAllOf as TelegramAllOf
from .model.telegram_update import TelegramUpdate as TelegramUpdate
from .model.template_message import TemplateMessage as TemplateMessage
from .model.text_message import TextMessage as TextMessage
from .model.ticket_closed import TicketClosed as TicketClosed
from .model.transfer_to_email import TransferToEmail as TransferToEmail
from .model.twilio import Twilio as Twilio
from .model.twilio_all_of import TwilioAllOf as TwilioAllOf
from .model.twilio_update import TwilioUpdate as TwilioUpdate
from .model.twitter import Twitter as Twitter
from .model.twitter_all_of import TwitterAllOf as TwitterAllOf
from .model.twitter_update import TwitterUpdate as TwitterUpdate
from .model.unity import Unity as Unity
from .model.unity_all_of import UnityAllOf as UnityAllOf
from .model.unity_update import UnityUpdate as UnityUpdate
from .model.unity_update_all_of import UnityUpdateAllOf as UnityUpdateAllOf
from .model.user import User as User
from .model.user_all_of import UserAllOf as UserAllOf
from .model.user_create_body import UserCreateBody as UserCreateBody
from .model.user_list_filter import UserListFilter as UserListFilter
from .model.user_list_response import UserListResponse as UserListResponse
from .model.user_merge_event import UserMergeEvent as UserMergeEvent
from .model.user_merge_event_all_of import UserMergeEventAllOf as UserMergeEventAllOf
from .model.user_merge_event_all_of_payload import UserMergeEventAllOfPayload as UserMergeEventAllOfPayload
from .model.user_merge_event_all_of_payload_merged_clients import (
    UserMergeEventAllOfPayloadMergedClients as UserMergeEventAllOfPayloadMergedClients,
)
from .model.user_merge_event_all_of_payload_merged_conversations import (
    UserMergeEventAllOfPayloadMergedConversations as UserMergeEventAllOfPayloadMergedConversations,
)
from .model.user_merge_event_all_of_payload_merged_users import (
    UserMergeEventAllOfPayloadMergedUsers as UserMergeEventAllOfPayloadMergedUsers,
)
from .model.user_remove_event import UserRemoveEvent as UserRemoveEvent
from .model.user_remove_event_all_of_payload import UserRemoveEventAllOfPayload as UserRemoveEventAllOfPayload
from .model.user_response import UserResponse as UserResponse
from .model.user_truncated import UserTruncated as UserTruncated
from .model.user_update_body import UserUpdateBody as UserUpdateBody
from .model.user_update_event import UserUpdateEvent as UserUpdateEvent
from .model.user_update_event_all_of import UserUpdateEventAllOf as UserUpdateEventAllOf
from .model.user_update_event_all_of_payload import UserUpdateEventAllOfPayload as UserUpdateEventAllOfPayload
from .model.viber import Viber as Viber
from .model.viber_all_of import ViberAllOf as ViberAllOf
from .model.viber_update import ViberUpdate as ViberUpdate
from .model.web import Web as Web
from .model.web_all_of import WebAllOf as WebAllOf
from .model.web_update import WebUpdate as WebUpdate
from .model.web_update_all_of import WebUpdateAllOf as WebUpdateAllOf
from .model.webhook import Webhook as Webhook
from .model.webhook_body import WebhookBody as WebhookBody
from .model.webhook_create_body import WebhookCreateBody as WebhookCreateBody
from .model.webhook_list_response import WebhookListResponse as WebhookListResponse
from .model.webhook_response import WebhookResponse as WebhookResponse
from .model.webhook_sub_schema import WebhookSubSchema as WebhookSubSchema
from .model.webview import Webview as Webview
from .model.whats_app_conversion_events_body import WhatsAppConversionEventsBody as WhatsAppConversionEventsBody
from .model.whats_app_update import WhatsAppUpdate as WhatsAppUpdate
from .model.whats_app_update_all_of import WhatsAppUpdateAllOf as WhatsAppUpdateAllOf
from .model.whatsapp import Whatsapp as Whatsapp
from .model.whatsapp_all_of import WhatsappAllOf as WhatsappAllOf

__version__: str
