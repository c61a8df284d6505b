"""Who may ask what: every operation times every credential, each cell asked of a live server over a socket."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from parhelion.client import KeyJWT
from tests.everything import TABLE, Things, request
from tests.live import Caller
from tests.server.asking import app_key, integration_key, send

# wrong: the id of an account's key with another secret. expired: that account's JWT, of an hour ago. other: the key of
# another app. Where a right is refused there is nothing behind it: 403 comes before 404 and 400.
EXPECTED = """
operation                             none       wrong     expired       other integration         app     account
CreateApp                              401         401         401         403         403         403         201
ListApps                               401         401         401         403         403         403         200
GetApp                                 401         401         401         403         403         200         200
UpdateApp                              401         401         401         403         403         200         200
DeleteApp                              401         401         401         403         403         403         200
CreateAppKey                           401         401         401         403         403         403         201
ListAppKeys                            401         401         401         403         403         403         200
GetAppKey                              401         401         401         403         403         403         200
DeleteAppKey                           401         401         401         403         403         403         200
SearchMessages                         401         401         401         403         200         200         200
UploadAttachment                       401         401         401         403         201         201         201
DeleteAttachment                       401         401         401         403         200         200         200
CreateConversation                     401         401         401         403         201         201         201
ListConversations                      401         401         401         403         200         200         200
GetConversation                        401         401         401         403         200         200         200
UpdateConversation                     401         401         401         403         200         200         200
DeleteConversation                     401         401         401         403         200         200         200
DownloadMessageRef                     401         401         401         403         400         400         400
PostConversionEvents                   401         401         401         403         400         400         400
JoinConversation                       401         401         401         403         201         201         201
ListParticipants                       401         401         401         403         200         200         200
LeaveConversation                      401         401         401         403         200         200         200
PostMessage                            401         401         401         403         201         201         201
ListMessages                           401         401         401         403         200         200         200
DeleteAllMessages                      401         401         401         403         200         200         200
DeleteMessage                          401         401         401         403         200         200         200
PostActivity                           401         401         401         403         200         200         200
PostPostback                           401         401         401         403         201         201         201
PassControl                            401         401         401         403         200         200         200
ReleaseControl                         401         401         401         403         200         200         200
OfferControl                           401         401         401         403         200         200         200
AcceptControl                          401         401         401         403         200         200         200
CreateIntegration                      401         401         401         403         403         201         201
ListIntegrations                       401         401         401         403         403         200         200
GetIntegration                         401         401         401         403         403         200         200
UpdateIntegration                      401         401         401         403         403         200         200
DeleteIntegration                      401         401         401         403         403         200         200
CreateCustomIntegrationKey             401         401         401         403         403         201         201
ListCustomIntegrationKeys              401         401         401         403         403         200         200
GetCustomIntegrationKey                401         401         401         403         403         200         200
DeleteCustomIntegrationKey             401         401         401         403         403         200         200
CreateWebhook                          401         401         401         403         201         201         201
ListWebhooks                           401         401         401         403         200         200         200
GetWebhook                             401         401         401         403         200         200         200
UpdateWebhook                          401         401         401         403         200         200         200
DeleteWebhook                          401         401         401         403         200         200         200
ListDeliveries                         401         401         401         403         403         200         200
GetDelivery                            401         401         401         403         403         200         200
ReplayDelivery                         401         401         401         403         403         201         201
ReplayDeliveries                       401         401         401         403         403         201         201
SendTestEvent                          401         401         401         403         403         201         201
ListAppConversations                   401         401         401         403         200         200         200
GetStatistics                          401         401         401         403         403         200         200
ListAuditLines                         401         401         401         200         403         200         200
ListenEvents                           401         401         401         403         403         400         400
ExportApp                              401         401         401         403         403         400         400
CreateSwitchboard                      401         401         401         403         403         201         201
ListSwitchboards                       401         401         401         403         403         200         200
UpdateSwitchboard                      401         401         401         403         403         200         200
DeleteSwitchboard                      401         401         401         403         403         200         200
CreateSwitchboardIntegration           401         401         401         403         403         201         201
ListSwitchboardIntegrations            401         401         401         403         403         200         200
UpdateSwitchboardIntegration           401         401         401         403         403         200         200
DeleteSwitchboardIntegration           401         401         401         403         403         200         200
CreateUser                             401         401         401         403         201         201         201
ListUsers                              401         401         401         403         200         200         200
GetUser                                401         401         401         403         200         200         200
UpdateUser                             401         401         401         403         200         200         200
DeleteUser                             401         401         401         403         200         200         200
DeleteUserPersonalInformation          401         401         401         403         200         200         200
SyncUser                               401         401         401         403         404         404         404
CreateClient                           401         401         401         403         201         201         201
ListClients                            401         401         401         403         200         200         200
RemoveClient                           401         401         401         403         200         200         200
ListDevices                            401         401         401         403         200         200         200
GetDevice                              401         401         401         403         200         200         200
GetTokenInfo                           401         401         401         200         200         200         403
Authorize                              200         200         200         200         200         200         200
GetToken                               400         400         400         400         400         400         400
RevokeAccess                           401         401         401         403         200         403         403
"""
(_, *COLUMNS), *LINES = map(str.split, EXPECTED.strip().splitlines())
ROWS = {name: list(map(int, cells)) for name, *cells in LINES}


def authorization(column: str, account: Caller, ours: Things, theirs: Things) -> str | None:
    """What stands in the header, by the column."""
    an_hour_ago = time.time() - 3600
    return {
        "none": lambda: None,
        "wrong": lambda: Caller(account.url, account.key_id, "not the secret").basic(),
        "expired": lambda: KeyJWT(account.key_id, account.secret, lifetime=60).authorization(an_hour_ago),
        "other": lambda: app_key(account, theirs).basic(),
        "integration": lambda: integration_key(account, ours).basic(),
        "app": lambda: app_key(account, ours).basic(),
        "account": account.basic,
    }[column]()


def test_every_operation_has_its_row() -> None:
    assert set(ROWS) == set(TABLE)
    assert all(len(row) == len(COLUMNS) for row in ROWS.values())


def prepare(name: str, account: Caller, things: Things) -> None:
    """What has to be the case before an operation can be granted at all."""
    steps = {
        "CreateSwitchboard": [("DeleteSwitchboard", things)],
        "AcceptControl": [
            ("PassControl", things),
            ("OfferControl", things | {"switchboardIntegrationId": things["activeSwitchboardIntegrationId"]}),
        ],
    }
    for step, given in steps.get(name, ()):
        assert send(account, *request(step, given)).status == 200


@pytest.mark.parametrize("name", ROWS)
def test_who_may_ask(name: str, account: Caller, make: Callable[[], Things], ours: Things, theirs: Things) -> None:
    answered: list[int] = []
    for column, expected in zip(COLUMNS, ROWS[name], strict=True):
        # What succeeds changes something: it gets an app of its own.
        things = make() if expected < 300 and TABLE[name].method != "GET" else ours
        if things is not ours:
            prepare(name, account, things)
        header = authorization(column, account, things, theirs)
        answer = send(account, *request(name, things), authorization=header)
        answered.append(answer.status)
        if answer.status in (401, 403):
            assert answer.codes == ["unauthorized" if answer.status == 401 else "forbidden"]
            assert ("www-authenticate" in answer.headers) == (answer.status == 401)
    assert dict(zip(COLUMNS, answered, strict=True)) == dict(zip(COLUMNS, ROWS[name], strict=True))
