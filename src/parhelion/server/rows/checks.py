"""What must hold of the rows of a store: each check is declared once, and all of them are in CHECKS. See checking.

A new table says here what must hold of it. A check that goes from row to row, such as of a chain, is one whose `judge`
remembers the row before: it is made anew for each time that the table is gone through, and rows come by their key.
"""

from __future__ import annotations

from collections.abc import Callable

from ..ports import Row, Step, Value, Write
from ..rules.checking import BODIES, hears, is_readable
from . import webhooks
from .checking import KEYS, WITHOUT_APP, Check, Judge, things

FAR = 2**62
RIGHT = "right by now"


def _is(table: str) -> str:
    """The row that a write is about."""
    return " and ".join(f"t.{column} = :{column}" for column in KEYS[table])


def _mending(table: str, *steps: Step | str) -> Callable[[Row], Write]:
    """What is done to a row: its first step says that it is wrong still."""
    kind = tuple(Step(step) if isinstance(step, str) else step for step in steps)
    names = KEYS[table]

    def mend(row: Row) -> Write:
        values: dict[str, Value] = dict(zip(names, row, strict=False))
        return Write(str(values.get("conversation_id", row[len(names) - 1])), kind, values)

    return mend


def _gone(table: str, *columns: str, of: str = "") -> str:
    """That a row of another table is not there. `columns`: mine = its."""
    where = " and ".join(f"o.{its} = t.{mine}" for mine, _, its in (each.partition("=") for each in columns))
    return f"not exists (select 1 from {table} o where {where}{of})"


_APP = "app_id=id"
_NO_CONVERSATION = (
    _gone("conversation", "app_id=app_id", "conversation_id=id")
    + " and "
    + _gone("conversation_gone", "app_id=app_id", "conversation_id=conversation_id")
)
_NO_USER = _gone("app_user", "app_id=app_id", "user_id=id")
_NO_WEBHOOK = (
    _gone("webhook", "app_id=app_id", "webhook_id=id")
    + " and "
    + _gone("webhook_gone", "app_id=app_id", "webhook_id=webhook_id")
)


def _take_away(table: str, wrong: str, *also: str) -> Callable[[Row], Write]:
    return _mending(table, Step(f"delete from {table} as t where {_is(table)} and {wrong}", RIGHT), *also)


def _set(table: str, change: str, wrong: str) -> Callable[[Row], Write]:
    """Held first, judged in the next step: see ports."""
    column = change.partition(" = ")[0]
    return _mending(
        table,
        Step(f"update {table} as t set {column} = {column} where {_is(table)}", RIGHT),
        Step(f"update {table} as t set {change} where {_is(table)} and ({wrong})", RIGHT),
    )


def _leave(table: str, into: str, columns: str, wrong: str) -> Callable[[Row], Write]:
    """To the server, which takes away in small steps what belonged to a thing that is gone."""
    chosen = f"select {columns} from {table} t where {_is(table)} and {wrong}"
    names = ", ".join(each.rpartition(" as ")[2].removeprefix("t.") for each in columns.split(", "))
    return _mending(table, Step(f"insert into {into} ({names}) {chosen} on conflict do nothing", RIGHT))


_REINDEX = (
    Step(f"update message as t set words = null where {_is('message')} and t.words = :words", RIGHT),
    Step(f"update message as t set words = :words where {_is('message')} and t.words is null", RIGHT),
)


def _telling(row: Row) -> Write:
    app, webhook, integration, body = str(row[0]), str(row[1]), str(row[2]), bytes(row[3])
    return webhooks.update(app, integration, webhook, body, body, hears(body) or ())


def _reindexed(row: Row) -> Write:
    return Write(str(row[1]), _REINDEX, dict(zip((*KEYS["message"], "words"), row, strict=True)))


def _is_deaf(row: Row) -> bool:
    wanted = hears(bytes(row[3]))
    return wanted is not None and wanted != tuple(sorted(str(row[4] or "").split(",") if row[4] else ()))


# -- conversations ------------------------------------------------------------------------------------------------

_ITS = "from message m where m.app_id = t.app_id and m.conversation_id = t.id"
_IN_SIGHT = f"(select count(*) {_ITS} and m.id > t.cleared_id)"
_MISCOUNTED = f"t.message_count <> {_IN_SIGHT}"
_NEWEST = f"(select max(m.id) {_ITS})"
_BELOW = f"t.last_message_id < coalesce({_NEWEST}, '')"
_AHEAD = "t.swept_id > t.cleared_id"
_FORGOTTEN = f"""exists (select 1 {_ITS} and m.id <= t.cleared_id) and not exists (
    select 1 from conversation_to_sweep o where o.app_id = t.app_id and o.conversation_id = t.id)"""
_NOBODYS = """t.is_default = 1 and not exists (
    select 1 from participant p join app_user u on u.app_id = p.app_id and u.id = p.user_id
    where p.app_id = t.app_id and p.conversation_id = t.id and u.default_conversation_id = t.id)"""
_NO_DEFAULT = """t.default_conversation_id <> '' and not exists (
    select 1 from conversation c
    where c.app_id = t.app_id and c.id = t.default_conversation_id and c.is_default = 1)"""
_NOWHERE = f"({_gone('conversation', 'app_id=app_id', 'conversation_id=id')} or {_NO_USER})"
_LAST = "(select c.last_message_id from conversation c where c.app_id = t.app_id and c.id = t.conversation_id)"

CONVERSATIONS = (
    Check(
        "counts of messages",
        "conversation",
        "say another number of messages than they have",
        _MISCOUNTED,
        mend=_set("conversation", f"message_count = {_IN_SIGHT}", _MISCOUNTED),
        will="count them anew",
    ),
    Check(
        "newest messages",
        "conversation",
        "have a message newer than what they say is their newest: ids might come twice",
        _BELOW,
        mend=_set("conversation", f"last_message_id = {_NEWEST}", _BELOW),
        will="set it to the newest that is there",
    ),
    Check(
        "marks of what was cleared",
        "conversation",
        "were cleared beyond their newest message, so what is posted next may be out of sight",
        "t.last_message_id < t.cleared_id",
    ),
    Check(
        "marks of what was swept",
        "conversation",
        "were swept beyond what was cleared",
        _AHEAD,
        mend=_set("conversation", "swept_id = t.cleared_id", _AHEAD),
        will="set it to where they were cleared",
    ),
    Check(
        "messages out of sight",
        "conversation",
        "have messages that were deleted all at once, and that nobody would ever take away",
        _FORGOTTEN,
        mend=_leave("conversation", "conversation_to_sweep", "t.app_id, t.id as conversation_id", f"({_FORGOTTEN})"),
        will="leave them to the server to take away: they were deleted, and nobody can read them",
    ),
    Check(
        "default conversations",
        "conversation",
        "are said to be somebody's default one and are nobody's, so they cannot be deleted",
        _NOBODYS,
        mend=_set("conversation", "is_default = 0", _NOBODYS),
        will="say that they are none",
    ),
    Check(
        "default conversations of users",
        "app_user",
        "have a default conversation that is none",
        _NO_DEFAULT,
        mend=_mending(
            "app_user",
            """update conversation set is_default = 1 where app_id = :app_id
            and id = (select default_conversation_id from app_user where app_id = :app_id and id = :id)""",
            f"update app_user as t set default_conversation_id = '' where {_is('app_user')} and ({_NO_DEFAULT})",
        ),
        will="make it a default one, or, where it is gone, say that they have none: their next personal one becomes it",
    ),
    Check(
        "participants",
        "participant",
        "take part in a conversation that is gone, or are a user who is gone",
        _NOWHERE,
        mend=_take_away(
            "participant",
            _NOWHERE,
            """delete from client_association where app_id = :app_id and conversation_id = :conversation_id
            and user_id = :user_id""",
        ),
        will="take them away",
    ),
    Check(
        "what participants have read",
        "participant",
        "have read further than there are messages",
        f"t.last_read_id > {_LAST}",
        mend=_set("participant", f"last_read_id = {_LAST}", f"t.last_read_id > {_LAST}"),
        will="say that they have read all there is",
    ),
    Check(
        "conversations of messages",
        "message",
        "are of a conversation that is gone, so nobody can read them",
        _NO_CONVERSATION,
        advice="restore a backup, which has the conversations",
    ),
    Check(
        "words of messages",
        "message",
        "are not found by their words",
        "t.words <> '' and not findable(t)",
        columns=("words",),
        mend=_reindexed,
        will="index them anew",
    ),
)

# -- files --------------------------------------------------------------------------------------------------------

_CONVERSATION_GONE = f"t.conversation_id <> '' and {_NO_CONVERSATION}"
_EMPTY = """ and not exists (
    select 1 from message m where m.app_id = t.app_id and m.conversation_id = t.conversation_id)"""
_NO_MESSAGE = _gone("message", "app_id=app_id", "conversation_id=conversation_id", "message_id=id")
_STILL_THERE = "exists (select 1 from attachment a where a.id = t.attachment_id)"

FILES = (
    Check(
        "conversations of attachments",
        "attachment",
        "belong to a conversation that is gone",
        _CONVERSATION_GONE,
        mend=_leave("attachment", "conversation_gone", "t.app_id, t.conversation_id", f"{_CONVERSATION_GONE}{_EMPTY}"),
        will="leave them to the server to remove, with their files, unless the conversation's messages are there",
    ),
    Check(
        "messages of attachments",
        "attachment_use",
        "are in a message that is gone",
        _NO_MESSAGE,
        mend=_take_away("attachment_use", _NO_MESSAGE),
        will="forget these places; files stay",
    ),
    Check(
        "files to be removed",
        "media_to_remove",
        "are of attachments that are still there",
        _STILL_THERE,
        mend=_take_away("media_to_remove", _STILL_THERE),
        will="keep the files",
        anywhere=True,
    ),
)

# -- apps, users, integrations -------------------------------------------------------------------------------------

_NO_OWNER = f"""t.scope <> 'account' and ({_gone("app", "app_id=id")} or (t.scope = 'integration'
    and {_gone("integration", "app_id=app_id", "integration_id=id")}))"""
_NO_INTEGRATION = _gone("integration", "app_id=app_id", "integration_id=id")
_ITS_INTEGRATION_GONE = f"t.integration_id <> '' and {_NO_INTEGRATION} and " + _gone(
    "integration_gone", "app_id=app_id", "integration_id=integration_id"
)
_NO_SUCH_WEBHOOK = _gone("webhook", "app_id=app_id", "webhook_id=id")
_UNTIED = f"""({_gone("client", "app_id=app_id", "user_id=user_id", "client_id=id")}
    or {_gone("participant", "app_id=app_id", "conversation_id=conversation_id", "user_id=user_id")})"""
_NO_MEMBER = (
    "t.{0} <> '' and not exists (select 1 from switchboard_integration o where o.app_id = t.app_id and o.id = t.{0})"
)
_DEFAULT_GONE, _NEXT_GONE = _NO_MEMBER.format("default_id"), _NO_MEMBER.format("next_id")
_NO_SWITCHBOARD = _gone("switchboard", "app_id=app_id", "switchboard_id=id")
_FEW = """(select string_agg(o.type, ',') from webhook_trigger o where o.app_id = t.app_id and o.webhook_id = t.id)"""

OTHERS = (
    Check(
        "owners of keys",
        "api_key",
        "are of an app or an integration that is gone",
        _NO_OWNER,
        mend=_take_away("api_key", _NO_OWNER),
        will="delete them",
        anywhere=True,
    ),
    Check(
        "users of clients",
        "client",
        "are of a user who is gone",
        _NO_USER,
        mend=_take_away(
            "client",
            _NO_USER,
            "delete from client_association where app_id = :app_id and user_id = :user_id and client_id = :id",
        ),
        will="take them away",
    ),
    Check(
        "integrations of clients",
        "client",
        "are of an integration that is gone",
        _ITS_INTEGRATION_GONE,
        mend=_leave("client", "integration_gone", "t.app_id, t.integration_id", _ITS_INTEGRATION_GONE),
        will="leave them to the server to take away, as when an integration is deleted",
    ),
    Check(
        "clients in conversations",
        "client_association",
        "are of a client that is gone, or of somebody who takes no part",
        _UNTIED,
        mend=_take_away("client_association", _UNTIED),
        will="take them away",
    ),
    Check(
        "users of devices",
        "device",
        "are of a user who is gone",
        _NO_USER,
        mend=_take_away("device", _NO_USER),
        will="take them away",
    ),
    Check(
        "integrations of webhooks",
        "webhook",
        "are of an integration that is gone",
        _NO_INTEGRATION,
        mend=_mending(
            "webhook",
            Step(
                f"""
            insert into webhook_gone (app_id, webhook_id)
            select t.app_id, t.id from webhook t where {_is("webhook")} and {_NO_INTEGRATION} on conflict do nothing""",
                RIGHT,
            ),
            f"delete from webhook as t where {_is('webhook')}",
            "delete from webhook_trigger where app_id = :app_id and webhook_id = :id",
        ),
        will="delete them, with what was to be sent to them",
    ),
    Check(
        "what webhooks hear of",
        "webhook",
        "are not told what they say they want to hear of, or more than that",
        columns=("integration_id", "body", _FEW),
        judge=lambda: _is_deaf,
        mend=_telling,
        will="tell them from now on what they say",
    ),
    Check(
        "webhooks of triggers",
        "webhook_trigger",
        "are of a webhook that is gone",
        _NO_SUCH_WEBHOOK,
        mend=_take_away("webhook_trigger", _NO_SUCH_WEBHOOK),
        will="take them away",
    ),
    Check(
        "defaults of switchboards",
        "switchboard",
        "have a default switchboard integration that is gone",
        _DEFAULT_GONE,
        mend=_set("switchboard", "default_id = '', enabled = 0", _DEFAULT_GONE),
        will="switch them off, as when it is deleted: choose a default and switch them on again",
    ),
    Check(
        "switchboards of switchboard integrations",
        "switchboard_integration",
        "are of a switchboard that is gone",
        _NO_SWITCHBOARD,
        mend=_take_away("switchboard_integration", _NO_SWITCHBOARD),
        will="delete them",
    ),
    Check(
        "successors of switchboard integrations",
        "switchboard_integration",
        "name a next one that is gone",
        _NEXT_GONE,
        mend=_set("switchboard_integration", "next_id = ''", _NEXT_GONE),
        will="say that they have none",
    ),
    Check(
        "integrations of switchboard integrations",
        "switchboard_integration",
        "are of an integration that is gone",
        f"t.integration_id <> '' and {_NO_INTEGRATION}",
        advice="delete them by the API (DELETE .../switchboardIntegrations/ID), or restore a backup",
    ),
)

# -- events and deliveries ------------------------------------------------------------------------------------------

_LATELY = "exists (select 1 from event e where e.position = t.position and e.created_at > :old)"
_TO_NOBODY = f"{_NO_WEBHOOK} and not {_LATELY}"
_NO_EVENT = f"""{_gone("event", "position=position")}
    and t.position > coalesce((select min(e.position) from event e), {FAR})"""
_STRAYED = """((t.failed_at > 0 and t.lane <> t.webhook_id) or (t.failed_at = 0 and exists (
    select 1 from event e where e.position = t.position and t.lane <> t.webhook_id || e.lane)))"""
_ITS_LANE = """case when t.failed_at > 0 then t.webhook_id
    else (select t.webhook_id || e.lane from event e where e.position = t.position) end"""

DELIVERIES = (
    Check(
        "webhooks of deliveries",
        "delivery",
        "are for a webhook that is gone",
        _TO_NOBODY,
        mend=_leave("delivery", "webhook_gone", "t.app_id, t.webhook_id", _NO_WEBHOOK),
        will="leave them to the server to take away: there is nowhere to send them",
    ),
    Check(
        "events of deliveries",
        "delivery",
        "are of an event that is not there, and should be",
        _NO_EVENT,
        mend=_take_away("delivery", _NO_EVENT),
        will="take them away: there is nothing to send",
    ),
    Check(
        "lanes of deliveries",
        "delivery",
        "are in a lane that is not theirs, so they would be sent out of order, or not be listed",
        _STRAYED,
        mend=_set("delivery", f"lane = {_ITS_LANE}", _STRAYED),
        will="put them into theirs",
    ),
    Check(
        "webhooks of arrivals",
        "arrival",
        "were sent to a webhook that is gone",
        f"{_NO_WEBHOOK} and t.arrived_at < :old",
        mend=_leave("arrival", "webhook_gone", "t.app_id, t.webhook_id", _NO_WEBHOOK),
        will="leave them to the server to take away",
    ),
)


def _body(table: str) -> Check:
    def judge() -> Judge:
        place = len(KEYS[table])
        return lambda row: not is_readable(table, str(row[place]), bytes(row[place + 1]))

    return Check(
        f"{things(table)} as they are answered",
        table,
        "cannot be read as what they are",
        columns=("id", "body"),
        judge=judge,
        anywhere=True,
    )


_LEFT = _gone("app", _APP) + " and " + _gone("app_gone", "app_id=app_id")
_NOTHING_SAID = " and not exists (select 1 from message m where m.app_id = t.app_id)"


def _left(table: str) -> Check:
    return Check(
        f"apps of {things(table)}",
        table,
        "are of an app that is gone",
        _LEFT,
        mend=_leave(table, "app_gone", "t.app_id", f"{_LEFT}{_NOTHING_SAID}"),
        will="leave them to the server to remove, with all that is left of the app, unless there are messages in it: "
        "those may be missed",
        anywhere=True,
    )


# The one list: what is to be checked of the rows is put into it.
CHECKS: tuple[Check, ...] = (
    *CONVERSATIONS,
    *FILES,
    *OTHERS,
    *DELIVERIES,
    *map(_body, BODIES),
    *(_left(table) for table in KEYS if table not in WITHOUT_APP),
)


def of(table: str) -> list[Check]:
    return [each for each in CHECKS if each.table == table]
