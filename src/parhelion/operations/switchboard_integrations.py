"""Switchboard integrations."""

from __future__ import annotations

from ..wire import (
    IntegrationNotFound,
    SwitchboardIntegrationCreateBody,
    SwitchboardIntegrationListResponse,
    SwitchboardIntegrationNotFound,
    SwitchboardIntegrationResponse,
    SwitchboardIntegrationUpdateBody,
    SwitchboardNotFound,
    TooManySwitchboardIntegrations,
)
from ._callers import C_co, Resource
from ._operation import APP, DELETE, GET, PATCH, POST

PATH = "/v2/apps/{app_id}/switchboards/{switchboard_id}/switchboardIntegrations"
ONE = PATH + "/{switchboard_integration_id}"


class SwitchboardIntegrations(Resource[C_co]):
    """Those who can be in control of a conversation: ten at most in a switchboard."""

    @POST(
        "CreateSwitchboardIntegration",
        PATH,
        status=201,
        scopes=APP,
        errors=(
            TooManySwitchboardIntegrations,
            SwitchboardNotFound,
            SwitchboardIntegrationNotFound,
            IntegrationNotFound,
        ),
    )
    def create(self, switchboard_id: str, body: SwitchboardIntegrationCreateBody) -> SwitchboardIntegrationResponse:
        """Give an integration a place in the switchboard.

        A custom integration is named by its id, an OAuth integration or one of Zendesk by its type. The first place is
        not made the default by itself: see `client.switchboards.update`.

        Limits: ten in a switchboard; a name of 1 to 128 letters, digits, dashes and underscores, which no other of the
        switchboard has; 1 to 10 earlier messages. Errors: `BadRequest`, `TooManySwitchboardIntegrations`,
        `SwitchboardNotFound`, `IntegrationNotFound`, and `SwitchboardIntegrationNotFound` when there is no such next.

            agents = SwitchboardIntegrationCreateBody(name="agents", integration_type="zd:agentWorkspace")
            desk = client.switchboard_integrations.create(board.id, agents).switchboard_integration
            bot = SwitchboardIntegrationCreateBody(
                name="bot", integration_id=integration_id, next_switchboard_integration_id=desk.id
            )
            client.switchboard_integrations.create(board.id, bot)

        Source: CreateSwitchboardIntegration in the API's specification, 17.12.1.
        """
        ...

    @GET("ListSwitchboardIntegrations", PATH, scopes=APP, errors=(SwitchboardNotFound,))
    def list(self, switchboard_id: str) -> SwitchboardIntegrationListResponse:
        """All switchboard integrations of a switchboard, oldest first. There are no pages.

        Errors: `SwitchboardNotFound`.

            for each in client.switchboard_integrations.list(board.id).switchboard_integrations:
                print(each.name, each.integration_type)

        Source: ListSwitchboardIntegrations in the API's specification, 17.12.1.
        """
        ...

    @PATCH(
        "UpdateSwitchboardIntegration",
        ONE,
        scopes=APP,
        errors=(SwitchboardNotFound, SwitchboardIntegrationNotFound, IntegrationNotFound),
    )
    def update(
        self, switchboard_id: str, switchboard_integration_id: str, body: SwitchboardIntegrationUpdateBody
    ) -> SwitchboardIntegrationResponse:
        """Change a switchboard integration. What is absent stays, None takes away.

        Limits are those of creating. None is its own next, and only one of integration id and type is given.

        Errors: `BadRequest`, `SwitchboardNotFound`, `IntegrationNotFound`, and `SwitchboardIntegrationNotFound` for
        the one that is changed and for its next.

            alone = SwitchboardIntegrationUpdateBody(next_switchboard_integration_id=None)
            client.switchboard_integrations.update(board.id, bot.id, alone)

        Source: UpdateSwitchboardIntegration in the API's specification, 17.12.1.
        """
        ...

    @DELETE(
        "DeleteSwitchboardIntegration",
        ONE,
        scopes=APP,
        errors=(SwitchboardNotFound, SwitchboardIntegrationNotFound),
    )
    def delete(self, switchboard_id: str, switchboard_integration_id: str) -> None:
        """Delete a switchboard integration. Conversations that it controls go to the default with their next message.

        The default of the switchboard, and one that is another's next, cannot be deleted. The integration behind it
        stays.

        Errors: `BadRequest`, `SwitchboardNotFound`, `SwitchboardIntegrationNotFound`.

            client.switchboard_integrations.delete(board.id, desk.id)

        Source: DeleteSwitchboardIntegration in the API's specification, 17.12.1.
        """
        ...
