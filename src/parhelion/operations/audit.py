"""The audit log. Ours: the hosted service shows its own in its administration."""

from __future__ import annotations

from ..wire import AuditListFilter, AuditListResponse, Page
from ._callers import C_co, Resource
from ._operation import APP, GET, Walk


class Audit(Resource[C_co]):
    """Who changed what, and who was shown a secret. Only Parhelion's own server knows this operation."""

    @GET("ListAuditLines", "/parhelion/v1/audit", scopes=APP)
    def list(self, *, filter: AuditListFilter | None = None, page: Page | None = None) -> AuditListResponse:
        """What was done, by which key, to what, when and from where. The first page has the newest lines.

        An account's key sees all apps, those that are gone, and what belongs to none; an app's key sees its own app. A
        line is written in the commit of the change it tells of, and says ids only. Pages have 25 lines, or `page.size`
        up to 100. Line after line is looked at, so what is rare may take a second to be found in millions.

        Errors: `BadRequest` (both cursors), `Forbidden` for another app than the key's.

            for line in client.audit.list(filter=AuditListFilter(operation="DeleteUser")).lines:
                print(line.at, line.key, line.address, line.object)

        Source: ours.
        """
        ...

    iterate = Walk(
        list,
        """Every line, newest first, page after page: the arguments of `list`.

            for line in client.audit.iterate(filter=AuditListFilter(object=f"user/{user_id}")):
                print(line.at, line.operation)
        """,
    )
