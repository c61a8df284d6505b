"""One conversation: what was said, who takes part, who has control of it, and room to answer."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from ...wire import (
    AcceptControlBody,
    ActivityPost,
    Author,
    Conversation,
    ConversationNotFound,
    OfferControlBody,
    Page,
    Participant,
    PassControlBody,
    ReleaseControlBody,
    User,
    UserNotFound,
)
from ..html import Html, of, tag
from .conversations import aside, name_of, title_of
from .drawing import draw, moment
from .forms import choice, form, removal
from .frame import icon, page, piece, told
from .plain import plain
from .visit import Visit, go, text
from .writing import composer

SHOWN = 40  # messages at once: what is above comes when it is scrolled to
FIRST = "0" * 24  # below every id
KNOWN = 10  # users whose names are asked for


async def show(visit: Visit) -> Response:
    """The page."""
    id = visit.path("conversation_id")
    client = visit.client
    try:
        conversation = (await client.conversations.get(id)).conversation
    except ConversationNotFound as error:
        words = tag("section", tag("h1", "No such conversation"), told(error), class_="beside")
        title, beside = "No such conversation", await aside(visit)
        return await page(visit, title, beside, words, way="conversations", full=True, status=error.status)
    participants = (await client.participants.list(id, page=Page(size=100))).participants
    users = await _users(visit, participants)
    title = title_of(conversation, users)
    messages = await _before(visit, id, None, around=visit.asked("around") or None)
    return await page(
        visit,
        title,
        await aside(visit, id),
        tag(
            "section",
            tag(
                "header",
                tag("a", icon("M15 5l-7 7 7 7"), href=visit.at("conversations"), class_="back", aria_label="All"),
                tag("h1", title, class_="cut"),
                tag("button", "About", type="button", id="about", aria_expanded="false", aria_controls="panel"),
                class_="over",
            ),
            tag(
                "ol",
                *messages,
                id="messages",
                data_live=visit.at("live"),
                data_conversation=id,
                data_read=visit.at("conversations", id, "read"),
                tabindex="0",
                aria_label="Messages",
            ),
            tag("p", "", id="typing", aria_live="polite"),
            composer(visit, id, users),
            class_="chat",
        ),
        tag("aside", *(await _panel(visit, conversation, participants, users)), id="panel", class_="panel"),
        way="conversations",
        scripts=("chat.js",),
        full=True,
    )


async def older(visit: Visit) -> Response:
    """What was said before, as a piece; or a page of its own where there is no script."""
    id = visit.path("conversation_id")
    messages = await _before(visit, id, visit.asked("before") or None)
    if visit.wants_piece:
        return piece(*messages)
    back = tag("a", "Back to the newest", href=visit.at("conversations", id), class_="button")
    return await page(visit, "Earlier messages", tag("ol", *messages, id="messages"), back, way="conversations")


async def panel(visit: Visit) -> Response:
    """What is beside a conversation, as it is now."""
    id = visit.path("conversation_id")
    conversation = (await visit.client.conversations.get(id)).conversation
    participants = (await visit.client.participants.list(id, page=Page(size=100))).participants
    return piece(*(await _panel(visit, conversation, participants, await _users(visit, participants))))


async def _before(visit: Visit, id: str, before: str | None, around: str | None = None) -> list[Html]:
    """The last messages before one, oldest first, and the way to what is above them."""
    if around is not None:
        return await _around(visit, id, around)
    said = await visit.client.messages.list(id, page=Page(before=before) if before else None)
    messages, more = said.messages[-SHOWN:], len(said.messages) > SHOWN or bool(said.meta and said.meta.has_more)
    drawn = [draw(visit, each, id) for each in messages]
    if not more or not messages:
        return drawn or ([tag("li", "Nothing was said yet.", class_="empty", id="silence")] if not before else [])
    return [_older(visit, id, messages[0].id), *drawn]


def _older(visit: Visit, id: str, before: str) -> Html:
    there = visit.at("conversations", id, "older", before=before)
    return tag("li", tag("a", "Earlier messages", href=there, class_="button"), class_="older")


async def _around(visit: Visit, id: str, message_id: str) -> list[Html]:
    """From shortly before one message to the newest; or as far as a page goes, and then there is a way to now."""
    client = visit.client
    before = await client.messages.list(id, page=Page(before=message_id))
    few = before.messages[-10:]
    after = await client.messages.list(id, page=Page(after=few[-1].id if few else FIRST))
    drawn = [draw(visit, each, id) for each in (*few, *after.messages)]
    if len(before.messages) > len(few) or (before.meta and before.meta.has_more):
        drawn.insert(0, _older(visit, id, few[0].id))
    if after.meta and after.meta.has_more:
        newest = tag("a", "To the newest", href=visit.at("conversations", id), class_="button")
        drawn.append(tag("li", newest, class_="newer"))
    return drawn


async def _users(visit: Visit, participants: Sequence[Participant]) -> list[User]:
    found: list[User] = []
    for each in participants[:KNOWN]:
        try:
            found.append((await visit.client.users.get(each.user_id)).user)
        except UserNotFound:  # gone meanwhile
            continue
    return found


async def _panel(
    visit: Visit, conversation: Conversation, participants: Sequence[Participant], users: Sequence[User]
) -> list[Html | None]:
    id = conversation.id
    people: list[Html] = []
    for each in participants:
        user = next((user for user in users if user.id == each.user_id), None)
        name = name_of(user) if user is not None else each.user_external_id or each.user_id
        read = of(tag("small", "Read up to ", moment(each.last_read), class_="soft")) if each.last_read else None
        more = tag("small", tag("code", plain(each.user_external_id or each.user_id)), class_="soft")
        said = {"data_user": each.user_id, "data_name": name}
        people.append(
            tag(
                "li",
                tag("b", name),
                more,
                read,
                data_read_at=each.last_read.isoformat() if each.last_read else None,
                **said,
            )
        )
    return [
        tag("h2", "Who takes part"),
        tag("ul", *people, class_="people") if people else tag("p", "Nobody.", class_="soft"),
        await _control(visit, conversation),
        tag("h2", "Conversation"),
        tag(
            "dl",
            tag("dt", "ID"),
            tag("dd", tag("code", id)),
            tag("dt", "Type"),
            tag("dd", conversation.type),
            tag("dt", "Begun"),
            tag("dd", moment(conversation.created_at)),
            tag("dt", "Read by you"),
            tag("dd", moment(conversation.business_last_read) or "not yet"),
            class_="facts small",
        ),
        _delete_all(visit, id),
    ]


def _delete_all(visit: Visit, id: str) -> Html:
    question = "Delete all messages of this conversation, with their files? They cannot come back."
    return removal(visit, visit.at("conversations", id, "delete-all"), "Delete all messages", question)


async def _control(visit: Visit, conversation: Conversation) -> Html | None:
    """Who has control, and to whom it can be given."""
    client, id = visit.client, conversation.id
    boards = (await client.switchboards.list()).switchboards
    if not boards or not boards[0].enabled:
        return None
    places = (await client.switchboard_integrations.list(boards[0].id)).switchboard_integrations
    active, pending = conversation.active_switchboard_integration, conversation.pending_switchboard_integration
    offered = tag("p", tag("span", f"Offered to {plain(pending.name)}", class_="mark sunny")) if pending else None
    return of(
        tag("h2", "Control"),
        tag("p", tag("span", plain(active.name) if active else "Nobody", class_="mark good")),
        offered,
        form(
            visit,
            visit.at("conversations", id, "control"),
            choice("To whom", "whom", [(each.id, plain(each.name)) for each in places]),
            tag(
                "div",
                tag("button", "Pass", name="what", value="pass"),
                tag("button", "Offer", name="what", value="offer"),
                tag("button", "Accept", name="what", value="accept") if pending else None,
                tag("button", "Release", name="what", value="release", formnovalidate=True) if active else None,
                class_="row",
            ),
            class_="control",
        ),
    )


async def control(visit: Visit) -> Response:
    """Pass, offer, accept or release control."""
    said, id = await visit.form(), visit.path("conversation_id")
    actions, whom = visit.client.switchboard_actions, text(said, "whom")
    match text(said, "what"):
        case "pass":
            await actions.pass_control(id, PassControlBody(switchboard_integration=whom))
        case "offer":
            await actions.offer_control(id, OfferControlBody(switchboard_integration=whom))
        case "accept":
            await actions.accept_control(id, AcceptControlBody())
        case _:
            await actions.release_control(id, ReleaseControlBody())
    return await panel(visit) if visit.wants_piece else go(visit.at("conversations", id))


async def read(visit: Visit) -> Response:
    """The business has seen what there is."""
    await visit.form()
    seen = ActivityPost(author=Author(type="business"), type="conversation:read")
    await visit.client.activities.post(visit.path("conversation_id"), seen)
    return piece()


async def typing(visit: Visit) -> Response:
    """The business is writing, or has stopped."""
    said = await visit.form()
    stopped = text(said, "what") == "stop"
    what = ActivityPost(author=Author(type="business"), type="typing:stop" if stopped else "typing:start")
    await visit.client.activities.post(visit.path("conversation_id"), what)
    return piece()


async def delete(visit: Visit) -> Response:
    """Delete one message."""
    await visit.form()
    id = visit.path("conversation_id")
    await visit.client.messages.delete(id, visit.path("message_id"))
    return piece() if visit.wants_piece else go(visit.at("conversations", id))


async def delete_all(visit: Visit) -> Response:
    """Delete what was said."""
    await visit.form()
    id = visit.path("conversation_id")
    await visit.client.messages.delete_all(id)
    return go(visit.at("conversations", id))
