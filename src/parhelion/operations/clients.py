"""Clients."""

from __future__ import annotations

from ..wire import (
    ClientCreate,
    ClientListResponse,
    ClientNotFound,
    ClientResponse,
    Conflict,
    ConversationNotFound,
    IntegrationNotFound,
    Page,
    UserNotFound,
)
from ._callers import C_co, Resource
from ._operation import DELETE, GET, POST, Walk

PATH = "/v2/apps/{app_id}/users/{user_id_or_external_id}/clients"


class Clients(Resource[C_co]):
    """The ways in which a user is reached: addresses on channels, and the SDKs."""

    @POST(
        "CreateClient",
        PATH,
        status=201,
        errors=(UserNotFound, IntegrationNotFound, ConversationNotFound, Conflict),
    )
    def create(self, user_id_or_external_id: str, body: ClientCreate, *, brand_id: str | None = None) -> ClientResponse:
        """Ask for a user to be reached by email (Mailgun) or by phone (MessageBird, Twilio, WhatsApp) too.

        The client is `pending` until the channel has found the user and the user has agreed. This project's server
        reaches no channel: it checks the request, sends nothing, and the client stays pending.

        Limits: the integration is of the criteria's type, the conversation is a personal one of this user, a phone
        number has `+` and the country's code, and the confirmation's message is a text or an image whose actions are
        links. Errors: `BadRequest`, `UserNotFound`, `IntegrationNotFound`, `ConversationNotFound`, and `Conflict` when
        the user has a client with this address on this integration.

            client.clients.create(
                "ada",
                ClientCreate(
                    match_criteria=MatchCriteriaWhatsapp(integration_id=integration_id, phone_number="+12125552368"),
                    confirmation=Confirmation(type="immediate"),
                    target=Target(conversation_id=conversation_id),
                ),
            )

        Source: CreateClient in the API's specification, 17.12.1; that doubles are refused is our choice.
        """
        ...

    @GET("ListClients", PATH, errors=(UserNotFound,))
    def list(
        self, user_id_or_external_id: str, *, page: Page | None = None, brand_id: str | None = None
    ) -> ClientListResponse:
        """One page of a user's clients, oldest first, pending ones among them.

        Errors: `BadRequest` (both cursors, or one that is not 24 characters), `UserNotFound`.

            for each in client.clients.list("ada").clients:
                print(each.type, each.status)

        Source: ListClients in the API's specification, 17.12.1.
        """
        ...

    iterate = Walk(
        list,
        """Every client of a user, oldest first, page after page as they are asked for. Errors as those of `list`.

            for each in client.clients.iterate("ada"):
                print(each.type, each.status)

        In an AsyncClient: `async for each in client.clients.iterate("ada")`.
        """,
    )

    @DELETE("RemoveClient", PATH + "/{client_id}", errors=(UserNotFound, ClientNotFound))
    def remove(self, user_id_or_external_id: str, client_id: str, *, brand_id: str | None = None) -> None:
        """Take a client away, also from every conversation that it was in. One of type "sdk" cannot be.

        Errors: `BadRequest` (an "sdk" client), `UserNotFound`, `ClientNotFound`.

            client.clients.remove("ada", client_id)

        Source: RemoveClient in the API's specification, 17.12.1.
        """
        ...
