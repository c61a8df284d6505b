"""The audit log: who changed what in the app."""

from __future__ import annotations

from starlette.responses import Response

from ...wire import AuditLine, AuditListFilter, Page
from ..html import Html, tag
from .drawing import moment
from .forms import field
from .frame import page
from .plain import plain
from .tables import table
from .visit import Visit

SEVERAL = 50
HEADS = ("When", "Who", "What", "To what", "From where")
ASKED = {"operation": "What", "object": "To what", "key": "Who"}  # what can be looked for, in the query


async def show(visit: Visit) -> Response:
    """The newest lines first, or those before one."""
    said = {name: visit.asked(name).strip() for name in ASKED}
    wanted = AuditListFilter(
        app=visit.app_id,
        operation=said["operation"] or None,
        object=said["object"] or None,
        key=said["key"] or None,
    )
    before = visit.asked("before") or None
    found = await visit.client.audit.list(filter=wanted, page=Page(size=SEVERAL, before=before))
    meta = found.meta
    older = meta.before_cursor if meta and meta.has_more else None
    empty = tag("p", "There is no such line." if any(said.values()) else "Nothing was done yet.", class_="empty")
    return await page(
        visit,
        "Audit",
        tag("h1", "Audit"),
        tag("p", "Every change, and every secret that was shown. Nobody changes what is written here.", class_="soft"),
        _looking(visit, said),
        table(HEADS, map(_row, reversed(found.lines))) if found.lines else empty,
        tag("p", tag("a", "Older", href=visit.at("audit", before=older, **said), class_="button")) if older else None,
        way="audit",
    )


def _looking(visit: Visit, said: dict[str, str]) -> Html:
    placeholders = {"operation": "DeleteUser", "object": "user/...", "key": "app_..."}
    fields = [
        tag("div", field(title, name, said[name], placeholder=placeholders[name]), class_="grow")
        for name, title in ASKED.items()
    ]
    return tag(
        "form",
        *fields,
        tag("button", "Look", class_="main"),
        method="get",
        action=visit.at("audit"),
        class_="row low",
    )


def _row(line: AuditLine) -> tuple[str | None, ...]:
    shown = tag("span", "secret shown", class_="mark sunny") if line.outcome == "shown" else None
    who = "the command line" if line.scope == "command line" else line.key
    return (
        moment(line.at),
        tag("code", plain(who)),
        tag("span", plain(line.operation), " ", shown),
        tag("code", plain(line.object), class_="long"),
        plain(line.address or ""),
    )
