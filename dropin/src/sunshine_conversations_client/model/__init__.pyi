# Printed by stubs.py from the table and from parhelion.wire.
from .accept_control_body import AcceptControlBody as AcceptControlBody
from .action import Action as Action
from .action_subset import ActionSubset as ActionSubset
from .activity import Activity as Activity
from .activity_all_of import ActivityAllOf as ActivityAllOf
from .activity_message import ActivityMessage as ActivityMessage
from .activity_post import ActivityPost as ActivityPost
from .activity_post_all_of import ActivityPostAllOf as ActivityPostAllOf
from .activity_types import ActivityTypes as ActivityTypes
from .android import Android as Android
from .android_all_of import AndroidAllOf as AndroidAllOf
from .android_update import AndroidUpdate as AndroidUpdate
from .android_update_all_of import AndroidUpdateAllOf as AndroidUpdateAllOf
from .api_key import ApiKey as ApiKey
from .app import App as App
from .app_create_body import AppCreateBody as AppCreateBody
from .app_key import AppKey as AppKey
from .app_key_create_body import AppKeyCreateBody as AppKeyCreateBody
from .app_key_list_response import AppKeyListResponse as AppKeyListResponse
from .app_key_response import AppKeyResponse as AppKeyResponse
from .app_list_filter import AppListFilter as AppListFilter
from .app_list_response import AppListResponse as AppListResponse
from .app_response import AppResponse as AppResponse
from .app_settings import AppSettings as AppSettings
from .app_sub_schema import AppSubSchema as AppSubSchema
from .app_update_body import AppUpdateBody as AppUpdateBody
from .apple import Apple as Apple
from .apple_all_of import AppleAllOf as AppleAllOf
from .apple_message_override_payload import AppleMessageOverridePayload as AppleMessageOverridePayload
from .apple_update import AppleUpdate as AppleUpdate
from .attachment_delete_body import AttachmentDeleteBody as AttachmentDeleteBody
from .attachment_media_token_body import AttachmentMediaTokenBody as AttachmentMediaTokenBody
from .attachment_media_token_response import AttachmentMediaTokenResponse as AttachmentMediaTokenResponse
from .attachment_response import AttachmentResponse as AttachmentResponse
from .attachment_schema import AttachmentSchema as AttachmentSchema
from .attachment_upload_body import AttachmentUploadBody as AttachmentUploadBody
from .author import Author as Author
from .author_webhook import AuthorWebhook as AuthorWebhook
from .buy import Buy as Buy
from .campaign import Campaign as Campaign
from .carousel_message import CarouselMessage as CarouselMessage
from .carousel_message_display_settings import CarouselMessageDisplaySettings as CarouselMessageDisplaySettings
from .client import Client as Client
from .client_add_event import ClientAddEvent as ClientAddEvent
from .client_add_event_all_of import ClientAddEventAllOf as ClientAddEventAllOf
from .client_add_event_all_of_payload import ClientAddEventAllOfPayload as ClientAddEventAllOfPayload
from .client_association import ClientAssociation as ClientAssociation
from .client_create import ClientCreate as ClientCreate
from .client_list_response import ClientListResponse as ClientListResponse
from .client_remove_event import ClientRemoveEvent as ClientRemoveEvent
from .client_remove_event_all_of import ClientRemoveEventAllOf as ClientRemoveEventAllOf
from .client_remove_event_all_of_payload import ClientRemoveEventAllOfPayload as ClientRemoveEventAllOfPayload
from .client_response import ClientResponse as ClientResponse
from .client_type import ClientType as ClientType
from .client_update_event import ClientUpdateEvent as ClientUpdateEvent
from .client_update_event_all_of import ClientUpdateEventAllOf as ClientUpdateEventAllOf
from .client_update_event_all_of_payload import ClientUpdateEventAllOfPayload as ClientUpdateEventAllOfPayload
from .confirmation import Confirmation as Confirmation
from .content import Content as Content
from .conversation import Conversation as Conversation
from .conversation_all_of import ConversationAllOf as ConversationAllOf
from .conversation_create_body import ConversationCreateBody as ConversationCreateBody
from .conversation_create_event import ConversationCreateEvent as ConversationCreateEvent
from .conversation_create_event_all_of import ConversationCreateEventAllOf as ConversationCreateEventAllOf
from .conversation_create_event_all_of_payload import (
    ConversationCreateEventAllOfPayload as ConversationCreateEventAllOfPayload,
)
from .conversation_join_event import ConversationJoinEvent as ConversationJoinEvent
from .conversation_join_event_all_of import ConversationJoinEventAllOf as ConversationJoinEventAllOf
from .conversation_join_event_all_of_payload import (
    ConversationJoinEventAllOfPayload as ConversationJoinEventAllOfPayload,
)
from .conversation_leave_event import ConversationLeaveEvent as ConversationLeaveEvent
from .conversation_leave_event_all_of import ConversationLeaveEventAllOf as ConversationLeaveEventAllOf
from .conversation_leave_event_all_of_payload import (
    ConversationLeaveEventAllOfPayload as ConversationLeaveEventAllOfPayload,
)
from .conversation_list_filter import ConversationListFilter as ConversationListFilter
from .conversation_list_response import ConversationListResponse as ConversationListResponse
from .conversation_message_delivery_channel_event import (
    ConversationMessageDeliveryChannelEvent as ConversationMessageDeliveryChannelEvent,
)
from .conversation_message_delivery_channel_event_all_of import (
    ConversationMessageDeliveryChannelEventAllOf as ConversationMessageDeliveryChannelEventAllOf,
)
from .conversation_message_delivery_failure_event import (
    ConversationMessageDeliveryFailureEvent as ConversationMessageDeliveryFailureEvent,
)
from .conversation_message_delivery_failure_event_all_of import (
    ConversationMessageDeliveryFailureEventAllOf as ConversationMessageDeliveryFailureEventAllOf,
)
from .conversation_message_delivery_failure_event_all_of_payload import (
    ConversationMessageDeliveryFailureEventAllOfPayload as ConversationMessageDeliveryFailureEventAllOfPayload,
)
from .conversation_message_delivery_failure_event_all_of_payload_all_of_error import *  # noqa: F403
from .conversation_message_delivery_payload import (
    ConversationMessageDeliveryPayload as ConversationMessageDeliveryPayload,
)
from .conversation_message_delivery_payload_destination import (
    ConversationMessageDeliveryPayloadDestination as ConversationMessageDeliveryPayloadDestination,
)
from .conversation_message_delivery_payload_external_messages import (
    ConversationMessageDeliveryPayloadExternalMessages as ConversationMessageDeliveryPayloadExternalMessages,
)
from .conversation_message_delivery_payload_external_messages_inner import (
    ConversationMessageDeliveryPayloadExternalMessagesInner as ConversationMessageDeliveryPayloadExternalMessagesInner,
)
from .conversation_message_delivery_payload_message import (
    ConversationMessageDeliveryPayloadMessage as ConversationMessageDeliveryPayloadMessage,
)
from .conversation_message_delivery_user_event import (
    ConversationMessageDeliveryUserEvent as ConversationMessageDeliveryUserEvent,
)
from .conversation_message_event import ConversationMessageEvent as ConversationMessageEvent
from .conversation_message_event_all_of import ConversationMessageEventAllOf as ConversationMessageEventAllOf
from .conversation_message_event_all_of_payload import (
    ConversationMessageEventAllOfPayload as ConversationMessageEventAllOfPayload,
)
from .conversation_postback_event import ConversationPostbackEvent as ConversationPostbackEvent
from .conversation_postback_event_all_of import ConversationPostbackEventAllOf as ConversationPostbackEventAllOf
from .conversation_postback_event_all_of_payload import (
    ConversationPostbackEventAllOfPayload as ConversationPostbackEventAllOfPayload,
)
from .conversation_read_event import ConversationReadEvent as ConversationReadEvent
from .conversation_read_event_all_of import ConversationReadEventAllOf as ConversationReadEventAllOf
from .conversation_read_event_all_of_payload import (
    ConversationReadEventAllOfPayload as ConversationReadEventAllOfPayload,
)
from .conversation_read_event_all_of_payload_activity import (
    ConversationReadEventAllOfPayloadActivity as ConversationReadEventAllOfPayloadActivity,
)
from .conversation_referral_event import ConversationReferralEvent as ConversationReferralEvent
from .conversation_referral_event_all_of import ConversationReferralEventAllOf as ConversationReferralEventAllOf
from .conversation_referral_event_all_of_payload import (
    ConversationReferralEventAllOfPayload as ConversationReferralEventAllOfPayload,
)
from .conversation_remove_event import ConversationRemoveEvent as ConversationRemoveEvent
from .conversation_remove_event_all_of import ConversationRemoveEventAllOf as ConversationRemoveEventAllOf
from .conversation_remove_event_all_of_payload import (
    ConversationRemoveEventAllOfPayload as ConversationRemoveEventAllOfPayload,
)
from .conversation_response import ConversationResponse as ConversationResponse
from .conversation_truncated import ConversationTruncated as ConversationTruncated
from .conversation_type import ConversationType as ConversationType
from .conversation_typing_event import ConversationTypingEvent as ConversationTypingEvent
from .conversation_typing_event_all_of import ConversationTypingEventAllOf as ConversationTypingEventAllOf
from .conversation_typing_event_all_of_payload import (
    ConversationTypingEventAllOfPayload as ConversationTypingEventAllOfPayload,
)
from .conversation_typing_event_all_of_payload_activity import (
    ConversationTypingEventAllOfPayloadActivity as ConversationTypingEventAllOfPayloadActivity,
)
from .conversation_update_body import ConversationUpdateBody as ConversationUpdateBody
from .conversion_events import ConversionEvents as ConversionEvents
from .conversion_events_body import ConversionEventsBody as ConversionEventsBody
from .conversion_events_response import ConversionEventsResponse as ConversionEventsResponse
from .custom import Custom as Custom
from .custom_all_of import CustomAllOf as CustomAllOf
from .custom_update import CustomUpdate as CustomUpdate
from .custom_update_all_of import CustomUpdateAllOf as CustomUpdateAllOf
from .default_responder import DefaultResponder as DefaultResponder
from .default_responder_default_responder import DefaultResponderDefaultResponder as DefaultResponderDefaultResponder
from .default_responder_id import DefaultResponderId as DefaultResponderId
from .destination import Destination as Destination
from .device import Device as Device
from .device_list_response import DeviceListResponse as DeviceListResponse
from .device_response import DeviceResponse as DeviceResponse
from .download_message_ref_body import DownloadMessageRefBody as DownloadMessageRefBody
from .download_message_ref_body_all_of_apple import DownloadMessageRefBodyAllOfApple as DownloadMessageRefBodyAllOfApple
from .download_message_ref_body_all_of_apple_interactive_data_ref import (
    DownloadMessageRefBodyAllOfAppleInteractiveDataRef as DownloadMessageRefBodyAllOfAppleInteractiveDataRef,
)
from .ended_by_user import EndedByUser as EndedByUser
from .error import Error as Error
from .error_response import ErrorResponse as ErrorResponse
from .event_sub_schema import EventSubSchema as EventSubSchema
from .extra_channel_options import ExtraChannelOptions as ExtraChannelOptions
from .extra_channel_options_messenger import ExtraChannelOptionsMessenger as ExtraChannelOptionsMessenger
from .field import Field as Field
from .file_message import FileMessage as FileMessage
from .form_message import FormMessage as FormMessage
from .form_message_field import FormMessageField as FormMessageField
from .form_message_field_all_of import FormMessageFieldAllOf as FormMessageFieldAllOf
from .form_options_inner import FormOptionsInner as FormOptionsInner
from .form_response_message import FormResponseMessage as FormResponseMessage
from .form_response_message_field import FormResponseMessageField as FormResponseMessageField
from .form_response_message_field_all_of import FormResponseMessageFieldAllOf as FormResponseMessageFieldAllOf
from .get_token200_response import GetToken200Response as GetToken200Response
from .get_token_request import GetTokenRequest as GetTokenRequest
from .identity import Identity as Identity
from .image_message import ImageMessage as ImageMessage
from .inline_object import InlineObject as InlineObject
from .instagram import Instagram as Instagram
from .instagram_all_of import InstagramAllOf as InstagramAllOf
from .instagram_conversion_events_body import InstagramConversionEventsBody as InstagramConversionEventsBody
from .instagram_update import InstagramUpdate as InstagramUpdate
from .instagram_update_all_of import InstagramUpdateAllOf as InstagramUpdateAllOf
from .integration import Integration as Integration
from .integration_api_key import IntegrationApiKey as IntegrationApiKey
from .integration_api_key_list_response import IntegrationApiKeyListResponse as IntegrationApiKeyListResponse
from .integration_api_key_response import IntegrationApiKeyResponse as IntegrationApiKeyResponse
from .integration_id import IntegrationId as IntegrationId
from .integration_list_filter import IntegrationListFilter as IntegrationListFilter
from .integration_list_response import IntegrationListResponse as IntegrationListResponse
from .integration_response import IntegrationResponse as IntegrationResponse
from .integration_type import IntegrationType as IntegrationType
from .integration_update import IntegrationUpdate as IntegrationUpdate
from .integration_update_base import IntegrationUpdateBase as IntegrationUpdateBase
from .ios import Ios as Ios
from .ios_all_of import IosAllOf as IosAllOf
from .ios_update import IosUpdate as IosUpdate
from .ios_update_all_of import IosUpdateAllOf as IosUpdateAllOf
from .item import Item as Item
from .line import Line as Line
from .line_all_of import LineAllOf as LineAllOf
from .line_update import LineUpdate as LineUpdate
from .link import Link as Link
from .links import Links as Links
from .list_message import ListMessage as ListMessage
from .location_message import LocationMessage as LocationMessage
from .location_message_coordinates import LocationMessageCoordinates as LocationMessageCoordinates
from .location_message_location import LocationMessageLocation as LocationMessageLocation
from .location_request import LocationRequest as LocationRequest
from .mailgun import Mailgun as Mailgun
from .mailgun_all_of import MailgunAllOf as MailgunAllOf
from .mailgun_update import MailgunUpdate as MailgunUpdate
from .mailgun_update_all_of import MailgunUpdateAllOf as MailgunUpdateAllOf
from .match_criteria import MatchCriteria as MatchCriteria
from .match_criteria_base import MatchCriteriaBase as MatchCriteriaBase
from .match_criteria_mailgun import MatchCriteriaMailgun as MatchCriteriaMailgun
from .match_criteria_mailgun_all_of import MatchCriteriaMailgunAllOf as MatchCriteriaMailgunAllOf
from .match_criteria_messagebird import MatchCriteriaMessagebird as MatchCriteriaMessagebird
from .match_criteria_messagebird_all_of import MatchCriteriaMessagebirdAllOf as MatchCriteriaMessagebirdAllOf
from .match_criteria_twilio import MatchCriteriaTwilio as MatchCriteriaTwilio
from .match_criteria_twilio_all_of import MatchCriteriaTwilioAllOf as MatchCriteriaTwilioAllOf
from .match_criteria_whatsapp import MatchCriteriaWhatsapp as MatchCriteriaWhatsapp
from .match_criteria_whatsapp_all_of import MatchCriteriaWhatsappAllOf as MatchCriteriaWhatsappAllOf
from .message import Message as Message
from .message_bird_update import MessageBirdUpdate as MessageBirdUpdate
from .message_list_response import MessageListResponse as MessageListResponse
from .message_override import MessageOverride as MessageOverride
from .message_override_apple import MessageOverrideApple as MessageOverrideApple
from .message_override_line import MessageOverrideLine as MessageOverrideLine
from .message_override_messenger import MessageOverrideMessenger as MessageOverrideMessenger
from .message_override_payload import MessageOverridePayload as MessageOverridePayload
from .message_override_whatsapp import MessageOverrideWhatsapp as MessageOverrideWhatsapp
from .message_post import MessagePost as MessagePost
from .message_post_response import MessagePostResponse as MessagePostResponse
from .message_webhook import MessageWebhook as MessageWebhook
from .message_webhook_source import MessageWebhookSource as MessageWebhookSource
from .messagebird import Messagebird as Messagebird
from .messagebird_all_of import MessagebirdAllOf as MessagebirdAllOf
from .messenger import Messenger as Messenger
from .messenger_all_of import MessengerAllOf as MessengerAllOf
from .messenger_conversion_events_body import MessengerConversionEventsBody as MessengerConversionEventsBody
from .messenger_update import MessengerUpdate as MessengerUpdate
from .meta import Meta as Meta
from .meta_conversion_event import MetaConversionEvent as MetaConversionEvent
from .meta_conversion_event_payload import MetaConversionEventPayload as MetaConversionEventPayload
from .model_field import ModelField as ModelField
from .offer_control_body import OfferControlBody as OfferControlBody
from .page import Page as Page
from .participant import Participant as Participant
from .participant_join_body import ParticipantJoinBody as ParticipantJoinBody
from .participant_leave_body import ParticipantLeaveBody as ParticipantLeaveBody
from .participant_leave_body_participant_id import (
    ParticipantLeaveBodyParticipantId as ParticipantLeaveBodyParticipantId,
)
from .participant_leave_body_user_external_id import (
    ParticipantLeaveBodyUserExternalId as ParticipantLeaveBodyUserExternalId,
)
from .participant_leave_body_user_id import ParticipantLeaveBodyUserId as ParticipantLeaveBodyUserId
from .participant_list_response import ParticipantListResponse as ParticipantListResponse
from .participant_response import ParticipantResponse as ParticipantResponse
from .participant_sub_schema import ParticipantSubSchema as ParticipantSubSchema
from .participant_with_user_external_id import ParticipantWithUserExternalId as ParticipantWithUserExternalId
from .participant_with_user_id import ParticipantWithUserId as ParticipantWithUserId
from .pass_control_body import PassControlBody as PassControlBody
from .postback import Postback as Postback
from .postback_webhook import PostbackWebhook as PostbackWebhook
from .prechat_capture import PrechatCapture as PrechatCapture
from .profile import Profile as Profile
from .quoted_message import QuotedMessage as QuotedMessage
from .quoted_message_external_message_id import QuotedMessageExternalMessageId as QuotedMessageExternalMessageId
from .quoted_message_message import QuotedMessageMessage as QuotedMessageMessage
from .reference import Reference as Reference
from .referral import Referral as Referral
from .referral_details import ReferralDetails as ReferralDetails
from .release_control_body import ReleaseControlBody as ReleaseControlBody
from .reply import Reply as Reply
from .source import Source as Source
from .source_webhook import SourceWebhook as SourceWebhook
from .source_with_campaign_webhook import SourceWithCampaignWebhook as SourceWithCampaignWebhook
from .source_with_campaign_webhook_all_of import SourceWithCampaignWebhookAllOf as SourceWithCampaignWebhookAllOf
from .status import Status as Status
from .switchboard import Switchboard as Switchboard
from .switchboard_accept_control import SwitchboardAcceptControl as SwitchboardAcceptControl
from .switchboard_accept_control_all_of import SwitchboardAcceptControlAllOf as SwitchboardAcceptControlAllOf
from .switchboard_accept_control_all_of_payload import (
    SwitchboardAcceptControlAllOfPayload as SwitchboardAcceptControlAllOfPayload,
)
from .switchboard_accept_control_failure import SwitchboardAcceptControlFailure as SwitchboardAcceptControlFailure
from .switchboard_accept_control_failure_all_of import (
    SwitchboardAcceptControlFailureAllOf as SwitchboardAcceptControlFailureAllOf,
)
from .switchboard_accept_control_failure_all_of_payload import (
    SwitchboardAcceptControlFailureAllOfPayload as SwitchboardAcceptControlFailureAllOfPayload,
)
from .switchboard_integration import SwitchboardIntegration as SwitchboardIntegration
from .switchboard_integration_create_body import SwitchboardIntegrationCreateBody as SwitchboardIntegrationCreateBody
from .switchboard_integration_list_response import (
    SwitchboardIntegrationListResponse as SwitchboardIntegrationListResponse,
)
from .switchboard_integration_response import SwitchboardIntegrationResponse as SwitchboardIntegrationResponse
from .switchboard_integration_update_body import SwitchboardIntegrationUpdateBody as SwitchboardIntegrationUpdateBody
from .switchboard_integration_webhook import SwitchboardIntegrationWebhook as SwitchboardIntegrationWebhook
from .switchboard_list_response import SwitchboardListResponse as SwitchboardListResponse
from .switchboard_offer_control import SwitchboardOfferControl as SwitchboardOfferControl
from .switchboard_offer_control_all_of import SwitchboardOfferControlAllOf as SwitchboardOfferControlAllOf
from .switchboard_offer_control_all_of_payload import (
    SwitchboardOfferControlAllOfPayload as SwitchboardOfferControlAllOfPayload,
)
from .switchboard_offer_control_failure import SwitchboardOfferControlFailure as SwitchboardOfferControlFailure
from .switchboard_pass_control import SwitchboardPassControl as SwitchboardPassControl
from .switchboard_pass_control_all_of import SwitchboardPassControlAllOf as SwitchboardPassControlAllOf
from .switchboard_pass_control_all_of_payload import (
    SwitchboardPassControlAllOfPayload as SwitchboardPassControlAllOfPayload,
)
from .switchboard_pass_control_failure import SwitchboardPassControlFailure as SwitchboardPassControlFailure
from .switchboard_release_control import SwitchboardReleaseControl as SwitchboardReleaseControl
from .switchboard_release_control_all_of_payload import (
    SwitchboardReleaseControlAllOfPayload as SwitchboardReleaseControlAllOfPayload,
)
from .switchboard_response import SwitchboardResponse as SwitchboardResponse
from .switchboard_update_body import SwitchboardUpdateBody as SwitchboardUpdateBody
from .sync_user_body import SyncUserBody as SyncUserBody
from .target import Target as Target
from .telegram import Telegram as Telegram
from .telegram_all_of import TelegramAllOf as TelegramAllOf
from .telegram_update import TelegramUpdate as TelegramUpdate
from .template_message import TemplateMessage as TemplateMessage
from .text_message import TextMessage as TextMessage
from .ticket_closed import TicketClosed as TicketClosed
from .transfer_to_email import TransferToEmail as TransferToEmail
from .twilio import Twilio as Twilio
from .twilio_all_of import TwilioAllOf as TwilioAllOf
from .twilio_update import TwilioUpdate as TwilioUpdate
from .twitter import Twitter as Twitter
from .twitter_all_of import TwitterAllOf as TwitterAllOf
from .twitter_update import TwitterUpdate as TwitterUpdate
from .unity import Unity as Unity
from .unity_all_of import UnityAllOf as UnityAllOf
from .unity_update import UnityUpdate as UnityUpdate
from .unity_update_all_of import UnityUpdateAllOf as UnityUpdateAllOf
from .user import User as User
from .user_all_of import UserAllOf as UserAllOf
from .user_create_body import UserCreateBody as UserCreateBody
from .user_list_filter import UserListFilter as UserListFilter
from .user_list_response import UserListResponse as UserListResponse
from .user_merge_event import UserMergeEvent as UserMergeEvent
from .user_merge_event_all_of import UserMergeEventAllOf as UserMergeEventAllOf
from .user_merge_event_all_of_payload import UserMergeEventAllOfPayload as UserMergeEventAllOfPayload
from .user_merge_event_all_of_payload_merged_clients import (
    UserMergeEventAllOfPayloadMergedClients as UserMergeEventAllOfPayloadMergedClients,
)
from .user_merge_event_all_of_payload_merged_conversations import (
    UserMergeEventAllOfPayloadMergedConversations as UserMergeEventAllOfPayloadMergedConversations,
)
from .user_merge_event_all_of_payload_merged_users import (
    UserMergeEventAllOfPayloadMergedUsers as UserMergeEventAllOfPayloadMergedUsers,
)
from .user_remove_event import UserRemoveEvent as UserRemoveEvent
from .user_remove_event_all_of_payload import UserRemoveEventAllOfPayload as UserRemoveEventAllOfPayload
from .user_response import UserResponse as UserResponse
from .user_truncated import UserTruncated as UserTruncated
from .user_update_body import UserUpdateBody as UserUpdateBody
from .user_update_event import UserUpdateEvent as UserUpdateEvent
from .user_update_event_all_of import UserUpdateEventAllOf as UserUpdateEventAllOf
from .user_update_event_all_of_payload import UserUpdateEventAllOfPayload as UserUpdateEventAllOfPayload
from .viber import Viber as Viber
from .viber_all_of import ViberAllOf as ViberAllOf
from .viber_update import ViberUpdate as ViberUpdate
from .web import Web as Web
from .web_all_of import WebAllOf as WebAllOf
from .web_update import WebUpdate as WebUpdate
from .web_update_all_of import WebUpdateAllOf as WebUpdateAllOf
from .webhook import Webhook as Webhook
from .webhook_body import WebhookBody as WebhookBody
from .webhook_create_body import WebhookCreateBody as WebhookCreateBody
from .webhook_list_response import WebhookListResponse as WebhookListResponse
from .webhook_response import WebhookResponse as WebhookResponse
from .webhook_sub_schema import WebhookSubSchema as WebhookSubSchema
from .webview import Webview as Webview
from .whats_app_conversion_events_body import WhatsAppConversionEventsBody as WhatsAppConversionEventsBody
from .whats_app_update import WhatsAppUpdate as WhatsAppUpdate
from .whats_app_update_all_of import WhatsAppUpdateAllOf as WhatsAppUpdateAllOf
from .whatsapp import Whatsapp as Whatsapp
from .whatsapp_all_of import WhatsappAllOf as WhatsappAllOf
