"""Switchboards."""

from __future__ import annotations

from ..wire import (
    AppNotFound,
    SwitchboardIntegrationNotFound,
    SwitchboardListResponse,
    SwitchboardNotFound,
    SwitchboardResponse,
    SwitchboardUpdateBody,
)
from ._callers import C_co, Resource
from ._operation import APP, DELETE, GET, PATCH, POST

PATH = "/v2/apps/{app_id}/switchboards"
ONE = PATH + "/{switchboard_id}"


class Switchboards(Resource[C_co]):
    """Who of several programs answers a conversation: an app has one switchboard, or none."""

    @POST("CreateSwitchboard", PATH, status=201, scopes=APP, errors=(AppNotFound,))
    def create(self) -> SwitchboardResponse:
        """Create the app's switchboard. It is not enabled, so that it can be filled before it decides anything.

        Errors: `BadRequest` when the app has one, `AppNotFound`.

            board = client.switchboards.create().switchboard
            bot = SwitchboardIntegrationCreateBody(name="bot", integration_id=integration_id)
            first = client.switchboard_integrations.create(board.id, bot).switchboard_integration
            enabled = SwitchboardUpdateBody(enabled=True, default_switchboard_integration_id=first.id)
            client.switchboards.update(board.id, enabled)

        Source: CreateSwitchboard in the API's specification, 17.12.1.
        """
        ...

    @GET("ListSwitchboards", PATH, scopes=APP, errors=(AppNotFound,))
    def list(self) -> SwitchboardListResponse:
        """The app's switchboard, in a list of one or none. There are no pages.

        Errors: `AppNotFound`.

            for board in client.switchboards.list().switchboards:
                print(board.id, board.enabled)

        Source: ListSwitchboards in the API's specification, 17.12.1.
        """
        ...

    @PATCH("UpdateSwitchboard", ONE, scopes=APP, errors=(SwitchboardNotFound, SwitchboardIntegrationNotFound))
    def update(self, switchboard_id: str, body: SwitchboardUpdateBody) -> SwitchboardResponse:
        """Enable or disable a switchboard, or say who has conversations from their start. What is absent stays.

        Once it is enabled, a conversation that nobody controls is given to the default with its next message.

        Errors: `SwitchboardNotFound`, `SwitchboardIntegrationNotFound` when the default is not of this switchboard, or
        when it is to be enabled without one.

            client.switchboards.update(board.id, SwitchboardUpdateBody(enabled=False))

        Source: UpdateSwitchboard in the API's specification, 17.12.1.
        """
        ...

    @DELETE("DeleteSwitchboard", ONE, scopes=APP, errors=(SwitchboardNotFound,))
    def delete(self, switchboard_id: str) -> None:
        """Delete a switchboard and all its switchboard integrations. Nobody is in control of a conversation then.

        The integrations behind them stay.

        Errors: `SwitchboardNotFound`, also when it was deleted before.

            client.switchboards.delete(board.id)

        Source: DeleteSwitchboard in the API's specification, 17.12.1.
        """
        ...
