"""The conversations of an app: the list beside a conversation, and what finds one in it."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from ...wire import (
    ApiError,
    BadRequest,
    Conversation,
    ConversationCreateBody,
    ConversationListFilter,
    ConversationUser,
    NotFound,
    Page,
    ParticipantSub,
    Profile,
    RecentConversation,
    User,
    UserCreateBody,
    UserNotFound,
)
from ..html import Html, tag
from .drawing import moment, words_of
from .forms import field, form
from .frame import icon, page, piece, told
from .plain import plain
from .visit import Visit, go, text

FEW = 25
SEARCH = "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14m5 12 5 5"


async def show(visit: Visit) -> Response:
    """The list alone. On a desk, the place beside it says what to do next."""
    if visit.wants_piece:
        return piece(*await listed(visit))
    hint = tag("p", "Choose a conversation, or ", tag("a", "begin one", href=visit.at("conversations", "new")), ".")
    beside = tag("section", hint, class_="empty beside")
    return await page(
        visit,
        "Conversations",
        await aside(visit),
        beside,
        way="conversations",
        scripts=("chat.js",),
        full=True,
    )


async def aside(visit: Visit, here: str = "") -> Html:
    """The list, as it stands beside a conversation. `here`: the one that is open."""
    found = visit.asked("find")
    return tag(
        "aside",
        tag(
            "div",
            tag("h1", "Conversations") if not here else tag("h2", "Conversations"),
            tag("a", "New", href=visit.at("conversations", "new"), class_="button"),
            class_="head",
        ),
        tag(
            "form",
            tag("label", "Find a user, a conversation or a word", for_="find", class_="seen"),
            tag(
                "input",
                id="find",
                name="find",
                type="search",
                value=found or None,
                placeholder="Find a person, an ID, a word",
                maxlength="200",
            ),
            tag("button", icon(SEARCH), class_="quiet", aria_label="Find"),
            role="search",
            action=visit.at("conversations"),
            class_="find",
        ),
        tag(
            "div",
            *(await _found(visit, found) if found else await listed(visit, here)),
            id="list",
            data_from=None if found else visit.at("conversations", here=here),
        ),
        class_="list",
    )


async def listed(visit: Visit, here: str = "") -> list[Html]:
    """A page of the conversations, most recent first."""
    here = here or visit.asked("here")
    after = visit.asked("after") or None
    recent = await visit.client.conversations.recent(page=Page(size=FEW, after=after))
    if not recent.conversations and not after:
        return [tag("p", "No conversation yet.", class_="empty")]
    rows = tag("ul", *(_row(visit, each, here) for each in recent.conversations), class_="rows")
    cursor = recent.meta.after_cursor if recent.meta else None
    if not cursor:
        return [rows]
    more = tag("a", "Earlier ones", href=visit.at("conversations", after=cursor, here=here), class_="button earlier")
    return [rows, more]


def title_of(conversation: Conversation, users: Sequence[User | ConversationUser]) -> str:
    """What people call it."""
    return plain(conversation.display_name) or ", ".join(map(name_of, users)) or f"Conversation {conversation.id[-6:]}"


def name_of(user: User | ConversationUser) -> str:
    """What people call them."""
    known = user if isinstance(user, ConversationUser) else user.profile or Profile()
    name = " ".join(filter(None, (known.given_name, known.surname)))
    return plain(name or user.external_id or f"User {user.id[-6:]}")


def _row(visit: Visit, summary: RecentConversation, here: str) -> Html:
    conversation, last = summary.conversation, summary.last_message
    unread = summary.unread_count
    who = "You: " if last is not None and last.author.type != "user" else None
    said = tag("bdi", words_of(last)) if last is not None else "No message"
    marks = tag("span", "99+" if unread > 99 else str(unread), tag("span", " unread", class_="seen"), class_="unread")
    return tag(
        "li",
        tag(
            "a",
            tag("b", title_of(conversation, summary.users), class_="cut"),
            moment(last.received if last is not None else conversation.created_at),
            tag("span", who, said, class_="cut soft"),
            marks if unread else None,
            href=visit.at("conversations", conversation.id),
            aria_current="true" if conversation.id == here else None,
        ),
    )


async def _found(visit: Visit, words: str) -> list[Html]:
    """Whom and what the words mean: an id, a user, or messages that say them."""
    pieces: list[Html] = []
    rows: list[Html] = []
    for conversation, name in [*await _by_id(visit, words), *await _of_user(visit, words)]:
        inside = (tag("b", name, class_="cut"), moment(conversation.last_updated_at))
        rows.append(tag("li", tag("a", *inside, href=visit.at("conversations", conversation.id))))
    if rows:
        pieces += [tag("h3", "Conversations"), tag("ul", *rows, class_="rows")]
    try:
        results = (await visit.client.search.messages(words, page=Page(size=FEW))).results
    except ApiError as error:
        return [*pieces, told(error)]
    said = [
        tag(
            "li",
            tag(
                "a",
                tag("b", plain(each.message.author.display_name) or each.message.author.type, class_="cut"),
                moment(each.message.received),
                tag("span", *(tag("mark", part.text) if part.matched else part.text for part in each.highlight)),
                href=visit.at("conversations", each.conversation_id, around=each.message.id) + f"#m-{each.message.id}",
            ),
        )
        for each in results
    ]
    if said:
        pieces += [tag("h3", "Messages"), tag("ul", *said, class_="rows")]
    back = tag("a", "All conversations", href=visit.at("conversations"), class_="button earlier")
    return [*(pieces or [tag("p", "Nothing was found.", class_="empty")]), back]


async def _by_id(visit: Visit, words: str) -> list[tuple[Conversation, str]]:
    if len(words) != 24 or not words.isalnum():
        return []
    try:
        conversation = (await visit.client.conversations.get(words)).conversation
    except NotFound:
        return []
    return [(conversation, title_of(conversation, ()))]


async def _of_user(visit: Visit, words: str) -> list[tuple[Conversation, str]]:
    try:
        user = (await visit.client.users.get(words)).user
        theirs = await visit.client.conversations.list(ConversationListFilter(user_id=user.id))
    except (NotFound, BadRequest, ValueError):  # nobody's id, or what cannot be one
        return []
    return [(each, title_of(each, (user,))) for each in theirs.conversations]


async def new(visit: Visit) -> Response:
    """With whom?"""
    return await _new(visit)


async def _new(visit: Visit, wrong: Html | None = None, status: int = 200) -> Response:
    return await page(
        visit,
        "New conversation",
        form(
            visit,
            visit.at("conversations", "new"),
            tag("h1", "New conversation"),
            tag("p", "With a user of the app. One that is not there yet is made.", class_="soft"),
            wrong,
            field("External ID of the user", "external", required=True, maxlength="1024"),
            field("Their name, if they are new", "name", maxlength="100"),
            tag("p", tag("button", "Begin", class_="main")),
            class_="card narrow",
        ),
        way="conversations",
        status=status,
    )


async def begin(visit: Visit) -> Response:
    """Make the conversation, and the user where there is none."""
    said = await visit.form()
    external, name = text(said, "external"), text(said, "name")
    client = visit.client
    try:
        try:
            user = (await client.users.get(external)).user
        except UserNotFound:
            profile = Profile(given_name=name) if name else None
            user = (await client.users.create(UserCreateBody(external_id=external, profile=profile))).user
        body = ConversationCreateBody(type="personal", participants=[ParticipantSub(user_id=user.id)])
        made = (await client.conversations.create(body)).conversation
    except ApiError as error:
        return await _new(visit, told(error), error.status)
    return go(visit.at("conversations", made.id))
