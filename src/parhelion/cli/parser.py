"""What can be said on the command line: commands, their options, and what each is for."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import __version__
from . import commands, reading, settings
from .settings import word


def parser() -> argparse.ArgumentParser:
    """For `parhelion`. What is asked for is called `run`, and is given all that was said."""
    whole = argparse.ArgumentParser(
        prog="parhelion",
        description="A server that speaks the Sunshine Conversations v2 API.",
        epilog="Start with `parhelion demo`: a server with something in it, and lines to paste.",
    )
    whole.add_argument("--version", action="version", version=f"parhelion {__version__}")
    kinds = whole.add_subparsers(required=True, metavar="COMMAND")

    serve = kinds.add_parser("serve", help="run the server", description="Run the server until it is interrupted.")
    settings.add_options(serve)
    serve.add_argument(
        "--testing",
        action="store_true",
        help="for test suites: keep everything in memory, lose it at the end, and answer controls under "
        "/parhelion/v1/testing that make apps, move the clock, add faults and reset it all. It takes no store",
    )
    serve.set_defaults(run=commands.serve)

    dispatch = kinds.add_parser(
        "dispatch",
        help="send to webhooks, without answering requests",
        description="Do what comes after commits for all servers on a store, until it is interrupted: send to webhooks "
        "what is due, and clear away what is kept no longer. Any number may run, and share the work.",
    )
    settings.add_options(dispatch, of_store=True)
    for name in ("bus", "allow_targets", "audit_days", "log_format", "traces"):
        settings.add_option(dispatch, name)
    dispatch.set_defaults(run=commands.dispatch)

    demo = kinds.add_parser(
        "demo",
        help="run a server with a sample app in it",
        description="Run a server on a fresh data folder holding an app, a user and a conversation with one message "
        "of each kind, and print credentials and lines to paste.",
    )
    for name in ("host", "port"):
        settings.add_option(demo, name)
    demo.add_argument("--data", type=Path, metavar="DIR", help="keep the demo here instead of in a temporary folder")
    demo.set_defaults(run=commands.demo)

    _listening(
        kinds.add_parser(
            "listen",
            help="show events as they happen, and forward them",
            description="Show an app's events as they happen, and post them to a program on this machine with what its "
            "webhook would send: same body, same headers, same signature. Each is posted once, whatever is answered; "
            "a webhook would try again. The server may be anywhere.",
        )
    )

    _searching(
        kinds.add_parser(
            "search",
            help="find what was said",
            description="Show the messages of an app that have every one of these words, newest first. A word finds "
            "all that begin with it. The server may be anywhere.",
        )
    )

    _webhook(kinds.add_parser("webhook", help="see what webhooks got and what not, send it again, send a test"))

    app = kinds.add_parser("app", help="create apps").add_subparsers(required=True, metavar="COMMAND")
    create = app.add_parser(
        "create",
        help="create an app with a key",
        description="Create an app and a key for it, whether or not a server runs on the data folder.",
    )
    settings.add_options(create, of_store=True)
    create.add_argument("--name", required=True, help="what people call the app, 1 to 100 characters")
    create.add_argument("--json", action="store_true", help='print {"appId", "keyId", "secret"} and nothing else')
    create.set_defaults(run=commands.app_create)

    account = kinds.add_parser("account", help="create keys that may create apps")
    key = account.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "key",
        help="create an account key",
        description="Create a key of account scope: it may create apps and their keys, and reach every app.",
    )
    settings.add_options(key, of_store=True)
    key.add_argument("--name", default="account", help="what people call the key")
    key.add_argument("--json", action="store_true", help='print {"keyId", "secret"} and nothing else')
    key.set_defaults(run=commands.account_key)
    config = kinds.add_parser("config", help="look at the settings").add_subparsers(required=True, metavar="COMMAND")
    check = config.add_parser(
        "check",
        help="show all settings, and try what they name",
        description="Show each setting with its value and where that comes from, and try what they name: the database, "
        "the bucket, the master key. Nothing in the store is changed. Ends with 1 when something is wrong.",
    )
    settings.add_options(check)
    check.set_defaults(run=commands.config_check)
    _oauth(kinds.add_parser("oauth", help="register partners whose programs people may let into their apps"))

    migrate = kinds.add_parser(
        "migrate",
        help="bring a store up to date",
        description="Change a store into what this program needs, while servers of the version before go on serving "
        "it. Run again it does nothing, or goes on where it was interrupted. Then start the new servers, and stop the "
        "old ones.",
    )
    settings.add_options(migrate, of_store=True)
    migrate.add_argument("--dry-run", action="store_true", help="change nothing; say what there is to do")
    migrate.set_defaults(run=commands.migrate)

    _auditing(kinds.add_parser("audit", help="see who changed what, and that nobody has changed that"))
    _checking(kinds.add_parser("check", help="look whether a store is as it should be, and mend what can be"))
    _exporting(kinds.add_parser("export", help="write an app down in a file"))
    _importing(kinds.add_parser("import", help="take in what an export wrote down"))
    _copying(kinds.add_parser("copy", help="move a store to another database, or attachments to another place"))
    _backing_up(kinds.add_parser("backup", help="back up a store while it is served"))
    _restoring(kinds.add_parser("restore", help="take a store out of a backup"))
    _vacuuming(kinds.add_parser("vacuum", help="take what was deleted out of the files of a store"))
    _pulling(kinds.add_parser("pull", help="copy a hosted account into a file, for `parhelion import`"))
    return whole


def _backing_up(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Write all that is in a store into a folder, while it is served: messages and all else that is no file as they "
        "are at one moment, and each attachment once, however many backups have it. What was written is checked. With "
        "a PostgreSQL it is the attachments alone: back the rows up first, by its own tools."
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder; made if it is not there")
    settings.add_options(parser, of_store=True)
    parser.add_argument(
        "--keep", type=word(reading.several), default=7, metavar="N", help="keep the newest N backups (default: 7)"
    )
    parser.add_argument(
        "--with-key",
        action="store_true",
        help="put the master key into the backup, too. Whoever gets at both can be anybody",
    )
    parser.add_argument(
        "--verify-all",
        action="store_true",
        help="read and compare also the attachments that earlier backups have, and write those again that differ",
    )
    parser.set_defaults(run=commands.backup)


def _restoring(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Take a store out of a backup into a new folder (--data). Each byte is compared with its checksum, and nothing "
        "that is there is written over. Interrupted, it is run again; no server takes what is not finished."
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder that `parhelion backup` wrote")
    parser.add_argument("--list", action="store_true", help="show the backups that are there, and restore none")
    parser.add_argument("--at", metavar="BACKUP", help="which one, by the name that --list shows (default: the newest)")
    parser.add_argument(
        "--master-key", type=Path, metavar="FILE", help="the master key of the store, to be put into the new folder"
    )
    settings.add_options(parser, of_store=True)
    parser.set_defaults(run=commands.restore)


def _checking(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Look whether a store is as it should be: its file, its rows, its attachments, its index of words. Servers may "
        "go on serving it: nothing is changed, and nobody waits. Ends with 1 when something is wrong."
    )
    settings.add_options(parser, of_store=True)
    parser.add_argument("--repair", action="store_true", help="say what can be mended, ask, and do it")
    parser.add_argument("--yes", action="store_true", help="with --repair: do not ask")
    parser.add_argument("--json", action="store_true", help="print what was found as one JSON object, and nothing else")
    parser.set_defaults(run=commands.check)


def _exporting(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Write all of an app into a file, an object a line: the app, users, attachments, conversations, messages. "
        "Servers may be at work. Interrupted, it is run again with the same file, and goes on after the last whole "
        "line. Keys, webhooks, integrations and the switchboard are not in it."
    )
    settings.add_options(parser, of_store=True)
    parser.add_argument("--app", required=True, metavar="ID", help="which app")
    parser.add_argument("--to", default="-", metavar="FILE", help="into this file (default: -, standard output)")
    files = parser.add_mutually_exclusive_group()
    files.add_argument(
        "--embed",
        dest="files",
        action="store_const",
        const="embedded",
        default="beside",
        help="put what is in the attachments between the lines (default: into the folder FILE.media)",
    )
    files.add_argument(
        "--no-files",
        dest="files",
        action="store_const",
        const="none",
        help="only name the attachments (default on standard output)",
    )
    parser.set_defaults(run=commands.export)


def _importing(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Take in the lines of an export, each thing under the id and at the time it had, while servers may be at "
        "work. What is there already is left as it is: run again, it goes on. What cannot be taken in is told with "
        "its line and the reason. Nothing is told to webhooks or listeners."
    )
    settings.add_options(parser, of_store=True)
    settings.add_option(parser, "public_url")
    parser.add_argument("file", metavar="FILE", help="what was exported")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--app", metavar="ID", help="into this app (default: the one it was, made where it is not there)"
    )
    where.add_argument("--into-new-app", action="store_true", help="into an app with a new id, which is told")
    parser.add_argument("--refused", metavar="FILE", help="tell what is refused here (default: on standard error)")
    parser.set_defaults(run=commands.import_)


def _pulling(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Copy users, their conversations, messages and files from a hosted account, through its public API, into a "
        "file that `parhelion import` reads. The API has no list of all users, so a file names them. Interrupted, "
        "it is run again, and goes on where it was. Ends with 1 when something could not be read; FILE.report.jsonl "
        "says what, and why."
    )
    parser.add_argument(
        "--from",
        dest="source",
        type=word(reading.url),
        required=True,
        metavar="URL",
        help="the account, such as https://NAME.zendesk.com/sc",
    )
    parser.add_argument(
        "--users",
        type=Path,
        required=True,
        metavar="FILE",
        help="whom: ids or external ids, one a line, or CSV or JSON lines with id, userId or externalId",
    )
    parser.add_argument(
        "--to",
        dest="target",
        type=Path,
        required=True,
        metavar="FILE",
        help="the file to write; files go to FILE.media",
    )
    _key(parser)
    parser.add_argument(
        "--rate",
        type=word(reading.rate),
        metavar="N",
        help="ask at most so often, such as 10 (a second) or 300/min (default: as often as the account allows)",
    )
    parser.add_argument(
        "--media-host",
        action="append",
        type=word(reading.media_host),
        metavar="HOST",
        help="fetch files from this host too, without the key; may be given several times",
    )
    parser.add_argument(
        "--max-file",
        type=word(reading.several),
        default=100,
        metavar="MIB",
        help="fetch no file that is larger than so many MiB (default: 100)",
    )
    parser.add_argument(
        "--retries",
        type=word(reading.attempts),
        default=7,
        metavar="N",
        help="send a request that fails again so many times, with growing pauses (default: 7)",
    )
    parser.set_defaults(run=commands.pull)


def _copying(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Copy a whole store into an empty database, and compare it by count and checksum. No server may be serving "
        "either of them. Interrupted, it is run again, and goes on where it was. An address is sqlite:DIR, where DIR "
        "is a data folder, or postgresql://USER@HOST/DATABASE; a password is better in ~/.pgpass, where others do not "
        "see it."
    )
    store, place = word(reading.store), word(reading.place)
    parser.add_argument("--from", dest="source", type=store, required=True, metavar="ADDRESS", help="the store")
    parser.add_argument("--to", dest="target", type=store, metavar="ADDRESS", help="where its rows are to be")
    for end, what in (("from", "where the attachments are"), ("to", "where they are to be")):
        parser.add_argument(
            f"--media-{end}",
            type=place,
            metavar="PLACE",
            help=f"{what}: the folder `media` of a data folder, or s3://BUCKET/PREFIX?endpoint=...",
        )
    parser.set_defaults(run=commands.copy)


def _vacuuming(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Write a store anew, without what was deleted: databases leave that in their files until something else takes "
        "its place. It may be served meanwhile, but what would change something waits, and is refused after ten "
        "seconds. Ends with 1 when deletions of the last minutes are still being carried out: run it again then."
    )
    settings.add_options(parser, of_store=True)
    parser.set_defaults(run=commands.vacuum)


def _listening(parser: argparse.ArgumentParser) -> None:
    _credentials(parser)
    parser.add_argument(
        "--forward-to",
        type=word(reading.target),
        metavar="URL",
        help="post each event there, once, such as http://localhost:3000/hook",
    )
    parser.add_argument(
        "--after",
        type=word(reading.header),
        metavar="TOKEN",
        help="go on from there without a gap: the token that Ctrl-C shows. It holds for seven days (default: now)",
    )
    parser.add_argument(
        "--trigger",
        action="append",
        metavar="TRIGGER",
        help="only these, such as conversation:message; may be given several times (default: all)",
    )
    parser.add_argument("--conversation", metavar="ID", help="only what happens in this conversation")
    parser.add_argument("--include-full-user", action="store_true", help="with all fields of users")
    parser.add_argument("--include-full-source", action="store_true", help="with the client and the device it came by")
    parser.add_argument(
        "--webhook-secret",
        type=word(reading.header),
        metavar="SECRET",
        help="what the receiver knows us by: X-API-Key, and the key of the signature (default: a new one, printed)",
    )
    parser.add_argument("--json", action="store_true", help="print each event as JSON on a line, and nothing else")
    parser.set_defaults(run=commands.listen)


def _searching(parser: argparse.ArgumentParser) -> None:
    _credentials(parser)
    parser.add_argument("words", nargs="+", metavar="WORD", help="what they have in them")
    parser.add_argument("--conversation", metavar="ID", help="only those of this conversation")
    parser.add_argument(
        "--limit", type=word(reading.several), default=25, metavar="N", help="show at most so many (default: 25)"
    )
    parser.add_argument("--json", action="store_true", help="print each as JSON on a line, and nothing else")
    parser.set_defaults(run=commands.search)


def _auditing(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(required=True, metavar="COMMAND")
    show = kinds.add_parser(
        "list",
        help="show who changed what",
        description="Show lines of the audit log, newest first. With a key of the account those of all apps. The "
        "server may be anywhere.",
    )
    _credentials(show)
    show.add_argument("--app", metavar="ID", help="only what was done in this app")
    show.add_argument("--key", metavar="ID", help="only what was done with this key; operator: on the command line")
    show.add_argument("--operation", metavar="NAME", help="only this operation, such as DeleteUser")
    show.add_argument("--object", metavar="KIND/ID", help="only what was done to this, or to what belongs to it")
    for name, what in (("since", "not before"), ("until", "before")):
        show.add_argument(
            f"--{name}", type=word(reading.moment), metavar="TIME", help=f"only what was done {what} this moment"
        )
    show.add_argument(
        "--limit", type=word(reading.several), default=25, metavar="N", help="show at most so many (default: 25)"
    )
    show.add_argument("--json", action="store_true", help="print each as JSON on a line, and nothing else")
    show.set_defaults(run=commands.audit_list)

    export = kinds.add_parser(
        "export",
        help="write it to a file",
        description="Write the whole audit log to a file as JSON Lines, with its seals, whether or not a server runs. "
        "The file can be verified anywhere where the master key is.",
    )
    settings.add_options(export, of_store=True)
    export.add_argument("--to", type=Path, required=True, metavar="FILE", help="the file, which is not there yet")
    export.set_defaults(run=commands.audit_export)

    verify = kinds.add_parser(
        "verify",
        help="find lines that were altered, added or taken away",
        description="Verify that the audit log of a store, or of an exported file, is as it was written, and say which "
        "lines are not. Nothing is changed. Ends with 1 when something was found.",
    )
    settings.add_options(verify, of_store=True)
    verify.add_argument("file", nargs="?", type=Path, metavar="FILE", help="an export (default: the store)")
    verify.add_argument(
        "--head", metavar="HEAD", help="a head that was noted earlier: it has to be met, or the end was cut off"
    )
    verify.set_defaults(run=commands.audit_verify)


def _webhook(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(required=True, metavar="COMMAND")
    show = kinds.add_parser(
        "list",
        help="show the app's webhooks",
        description="Show the webhooks of an app, and how much each has not got.",
    )
    _credentials(show)
    show.set_defaults(run=commands.webhook_list)

    deliveries = kinds.add_parser(
        "deliveries",
        help="show what a webhook got, and what not",
        description="Show what a webhook was sent, is still to be sent, and could not be sent: the newest first.",
    )
    _credentials(deliveries)
    deliveries.add_argument("id", metavar="WEBHOOK", help="the webhook's id")
    deliveries.add_argument("--state", choices=("pending", "failed", "delivered"), help="only those in one state")
    deliveries.add_argument("--json", action="store_true", help="print each as JSON on a line, and nothing else")
    deliveries.set_defaults(run=commands.webhook_deliveries)

    replay = kinds.add_parser(
        "replay",
        help="send again what a webhook has not got",
        description="Send one event to a webhook, whatever became of it, or all that has failed there.",
    )
    _credentials(replay)
    replay.add_argument("id", metavar="WEBHOOK", help="the webhook's id")
    which = replay.add_mutually_exclusive_group(required=True)
    which.add_argument("--event", metavar="ID", help="this event")
    which.add_argument("--failed", action="store_true", help="all that has failed")
    replay.add_argument(
        "--since",
        type=word(reading.moment),
        metavar="TIME",
        help="with --failed: only what has failed since then, such as 2026-01-31T12:00:00Z",
    )
    replay.set_defaults(run=commands.webhook_replay)

    test = kinds.add_parser(
        "test",
        help="send a made-up event to a webhook",
        description="Send a made-up event to a webhook, and to nobody else.",
    )
    _credentials(test)
    test.add_argument("id", metavar="WEBHOOK", help="the webhook's id")
    test.add_argument(
        "--trigger", metavar="TRIGGER", help="of what, such as conversation:message (default: its first trigger)"
    )
    test.set_defaults(run=commands.webhook_test)


def _credentials(parser: argparse.ArgumentParser) -> None:
    """Where a server is and who asks, for commands that are clients."""
    parser.add_argument("--url", help="the server's address (default: PARHELION_URL)")
    _key(parser)


def _key(parser: argparse.ArgumentParser) -> None:
    """Who asks, and for which app."""
    parser.add_argument("--app-id", metavar="ID", help="the app (default: PARHELION_APP_ID)")
    parser.add_argument("--key-id", metavar="ID", help="the id of a key (default: PARHELION_KEY_ID)")
    parser.add_argument("--secret", help="its secret; others may see it here, so PARHELION_SECRET is better")


def _oauth(parser: argparse.ArgumentParser) -> None:
    client = parser.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "client", help="create, list and delete"
    )
    kinds = client.add_subparsers(required=True, metavar="COMMAND")
    create = kinds.add_parser(
        "create",
        help="register an OAuth client",
        description="Register a partner. Its program may then ask people to let it into their apps.",
    )
    settings.add_options(create, of_store=True)
    create.add_argument("--name", required=True, help="what people call it, 1 to 100 characters: they are shown it")
    create.add_argument(
        "--redirect-uri",
        required=True,
        action="append",
        metavar="URI",
        help="where browsers are sent back to, letter by letter; may be given up to ten times, the usual one first",
    )
    create.add_argument(
        "--json", action="store_true", help='print {"clientId", "clientSecret", "redirectUris"} and nothing else'
    )
    create.set_defaults(run=commands.oauth_create)
    show = kinds.add_parser("list", help="show the OAuth clients", description="Show who is registered.")
    settings.add_options(show, of_store=True)
    show.add_argument("--json", action="store_true", help="print an array of them and nothing else; no secrets")
    show.set_defaults(run=commands.oauth_list)
    delete = kinds.add_parser(
        "delete",
        help="delete an OAuth client",
        description="Take a partner off the register, and its integrations with their webhooks out of every app.",
    )
    settings.add_options(delete, of_store=True)
    delete.add_argument("id", metavar="ID", help="its client_id")
    delete.set_defaults(run=commands.oauth_delete)
