"""Switchboard actions: control of a conversation goes from one to another."""

from __future__ import annotations

from ..wire import (
    AcceptControlBody,
    ConversationNotFound,
    OfferControlBody,
    PassControlBody,
    ReleaseControlBody,
    SwitchboardIntegrationNotFound,
    SwitchboardNotFound,
)
from ._callers import C_co, Resource
from ._operation import POST

PATH = "/v2/apps/{app_id}/conversations/{conversation_id}"
NAMING = (ConversationNotFound, SwitchboardNotFound, SwitchboardIntegrationNotFound)


class SwitchboardActions(Resource[C_co]):
    """Control of a conversation: one switchboard integration is active, one may be pending, the others stand by."""

    @POST("PassControl", PATH + "/passControl", errors=NAMING)
    def pass_control(self, conversation_id: str, body: PassControlBody) -> None:
        """Give control to a switchboard integration at once. It becomes active, all others stand by.

        It is named by id, name or integration type, looked for in that order. "next" is the next of the one that is
        active. Nothing happens when the named one is active already, and when "next" is said with the credentials of
        an integration that is not active: then it has passed control before.

        Limits: metadata of 4096 bytes. Errors: `BadRequest` (also for a type that several have, and while the
        switchboard is disabled), `ConversationNotFound`, `SwitchboardNotFound`, `SwitchboardIntegrationNotFound`.

            client.switchboard_actions.pass_control(conversation_id, PassControlBody(switchboard_integration="next"))

        Source: PassControl in the API's specification, 17.12.1.
        """
        ...

    @POST("OfferControl", PATH + "/offerControl", errors=NAMING)
    def offer_control(self, conversation_id: str, body: OfferControlBody) -> None:
        """Offer control to a switchboard integration: it becomes pending. An earlier offer is void.

        It is named as for `pass_control`. "next" is, with the credentials of an integration, that one's own next.

        Limits: metadata of 4096 bytes. Errors: `BadRequest` (also for the one that is active, for a type that several
        have, and while the switchboard is disabled), `ConversationNotFound`, `SwitchboardNotFound`,
        `SwitchboardIntegrationNotFound`.

            agents = OfferControlBody(switchboard_integration="agents")
            client.switchboard_actions.offer_control(conversation_id, agents)

        Source: OfferControl in the API's specification, 17.12.1.
        """
        ...

    @POST("AcceptControl", PATH + "/acceptControl", errors=(ConversationNotFound, SwitchboardNotFound))
    def accept_control(self, conversation_id: str, body: AcceptControlBody) -> None:
        """Take the control that was offered: who was pending becomes active.

        Limits: metadata of 4096 bytes. Errors: `BadRequest` (also when nobody is pending, and while the switchboard is
        disabled), `Forbidden` with the credentials of an integration that is not the pending one,
        `ConversationNotFound`, `SwitchboardNotFound`.

            client.switchboard_actions.accept_control(conversation_id, AcceptControlBody())

        Source: AcceptControl in the API's specification, 17.12.1.
        """
        ...

    @POST("ReleaseControl", PATH + "/releaseControl", errors=(ConversationNotFound, SwitchboardNotFound))
    def release_control(self, conversation_id: str, body: ReleaseControlBody | None = None) -> None:
        """Let go of a conversation: nobody is active and nobody pending, until its next message or the next action.

        Limits: metadata of 4096 bytes. Errors: `BadRequest` (also while the switchboard is disabled), `Forbidden` with
        the credentials of an integration that is not active, `ConversationNotFound`, `SwitchboardNotFound`.

            client.switchboard_actions.release_control(conversation_id)

        Source: ReleaseControl in the API's specification, 17.12.1.
        """
        ...
