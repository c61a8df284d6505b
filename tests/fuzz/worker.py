"""One of the processes that fuzz: `python -m tests.fuzz.worker SHARE SHARES REQUESTS SEED` prints what it found.

For each operation, schemathesis draws requests from /openapi.json: good ones and broken ones, with ids that exist or
ids that it makes up. Each answer is held to the document: its status, its headers, its schema; and none is a 5xx.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed as seeded, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.everything import thing_in
from tests.fuzz.asked import BASE, Asked, asked

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# What stands under these names in a body or in a query is, more often than not, the id of something that exists.
IDS = {
    "userId": ["userId", "otherUserId"],
    "userExternalId": ["externalId"],
    "participantId": ["participantId"],
    "conversationId": ["conversationId", "defaultConversationId"],
    "messageId": ["messageId"],
    "payload": ["payload"],
    "integrationId": ["integrationId", "channelId"],
    "switchboardIntegration": ["switchboardIntegrationId", "activeSwitchboardIntegrationId"],
    "nextSwitchboardIntegrationId": ["switchboardIntegrationId", "activeSwitchboardIntegrationId"],
    "defaultSwitchboardIntegrationId": ["switchboardIntegrationId", "activeSwitchboardIntegrationId"],
    "defaultResponderId": ["switchboardIntegrationId"],
    "mediaUrl": ["mediaUrl"],
    "before": ["userId", "conversationId", "messageId"],
    "after": ["userId", "conversationId", "messageId"],
    "identities.email": ["email"],
    **{each: [each] for each in ("client_id", "client_secret", "redirect_uri", "code")},
}
SKIPPED = {"Connection", "Accept-Encoding", "Content-Length", "User-Agent", "Accept", "X-Schemathesis-TestCaseId"}
# What a schema cannot say, so that what is drawn from it contradicts itself. Of these fields only one may stand:
ONE_OF = [
    {"userId", "userExternalId", "participantId"},
    {"integrationId", "integrationType"},
    {"messenger", "instagram", "whatsapp"},
    {"before", "after"},
]
# With these fields, by what the object is called and by its type:
ALSO: dict[str, dict[str, Any]] = {
    "author user": {"userId": ""},
    "participants None": {"userId": ""},
    "content text": {"text": "drawn"},
    "actions buy": {"amount": 100, "currency": "cad"},
    "matchCriteria mailgun": {"address": "ada@example.org"},
    "matchCriteria twilio": {"phoneNumber": "+12125550000"},
    "matchCriteria whatsapp": {"type": "twilio", "phoneNumber": "+12125550000"},  # of which there is an integration
}
# And without these:
WITHOUT = {
    "author business": ["userId", "userExternalId", "brandId"],
    "author user": ["subtypes", "brandId"],
    "confirmation immediate": ["message"],
    " None": ["schema", "destination", "override"],
}
ADDRESSES = ("Url", "uri", "fallback", "target")  # names that end so are those of addresses
# What goes well once only, beside all that deletes.
ONCE = {"AcceptControl", "CreateClient", "CreateSwitchboard", "DeleteAttachment", "GetToken", "LeaveConversation"}
TIMES = 3  # how often a drawn request is asked
REAL = 0.85  # the share of ids that exist


@dataclass
class Found:
    """What a worker has to tell."""

    requests: int = 0
    seconds: float = 0.0
    answers: dict[str, dict[str, int]] = field(default_factory=dict)  # operation -> status -> how often
    faults: dict[str, str] = field(default_factory=dict)  # what is wrong -> the shortest request that shows it

    def fault(self, what: str, shown: str) -> None:
        if what not in self.faults or len(shown) < len(self.faults[what]):
            self.faults[what] = shown


def with_ids(value: Any, asker: Asked, key: str = "") -> Any:
    """The value, with ids that exist in many of the places where ids stand, and with fewer contradictions."""
    dice = asker.dice
    if isinstance(value, list):
        return [with_ids(each, asker, key) for each in value]
    if isinstance(value, dict):
        left = agreeing(key, value, asker) if dice.random() < REAL else value
        return {name: with_ids(each, asker, name) for name, each in left.items()}
    if not isinstance(value, str | None) or dice.random() > REAL:
        return value
    if key in IDS:
        return asker.things[dice.choice(IDS[key])]
    return "https://example.org/drawn" if value is not None and key.endswith(ADDRESSES) else value


def agreeing(key: str, value: dict[str, Any], asker: Asked) -> dict[str, Any]:
    """The same without what its rules forbid, and with what they want."""
    kind = f"{key} {value.get('type')}"
    left = {name: each for name, each in value.items() if name not in WITHOUT.get(kind, ())} | ALSO.get(kind, {})
    for several in ONE_OF:
        there = sorted(several & left.keys())
        for name in asker.dice.sample(there, max(0, len(there) - 1)):
            del left[name]
    return left


def query_with_ids(query: dict[str, Any], asker: Asked) -> dict[str, Any]:
    """The same for a query, where `filter[userId]` stands for a field of an object."""
    names = {name.partition("[")[2].removesuffix("]") or name: name for name in query}
    left = with_ids({inner: query[name] for inner, name in names.items()}, asker, "query")
    return {names[inner]: value for inner, value in left.items()}


def path_with_ids(template: str, path: dict[str, Any], asker: Asked) -> dict[str, Any]:
    """A path's parameters, many of them ids that exist; the app nearly always, and now and then a bare one."""
    things, dice, found = asker.things, asker.dice, dict(path)
    for name in path:
        thing, cast = thing_in(name, template), dice.random()
        if name == "appId" and cast < 0.05:
            thing = "bareAppId"
        if thing in things and cast < (0.97 if name == "appId" else REAL):
            found[name] = things[thing]
    return found


class Way(NamedTuple):
    """How one operation is asked: with good or with broken data, under ids that exist or under drawn ones."""

    operation: Any
    mode: GenerationMode
    drawn_path: bool
    share: float


def ways(operation: Any) -> Iterator[Way]:
    if not operation.body and not operation.query.items:  # whatever stands in a path is a good path
        yield Way(operation, GenerationMode.POSITIVE, drawn_path=True, share=0.5)
        return
    for mode, share in ((GenerationMode.POSITIVE, 0.6), (GenerationMode.NEGATIVE, 0.4)):
        yield Way(operation, mode, drawn_path=False, share=share * 0.8)
        yield Way(operation, mode, drawn_path=True, share=share * 0.2)


def fuzz(asker: Asked, share: int, shares: int, most: int, seed: int) -> Found:
    found, started = Found(), time.perf_counter()
    document = json.loads(asker.send("GET", f"{BASE}/openapi.json", {}, b"").body)
    # Credentials are ours to give: made-up ones would be refused at the door.
    config = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})
    every = [each.ok() for each in schemathesis.openapi.from_dict(document, config=config).get_all_operations()]
    mine = [way for operation in every[share::shares] for way in ways(operation)]
    whole = sum(way.share for way in mine)
    for turn in count():  # a way with little to say is exhausted early: the others take over its share
        missing = most - found.requests
        for way in mine:
            if turn and found.requests >= most:
                found.seconds = time.perf_counter() - started
                return found
            run(way, max(3, round(missing * way.share / whole / TIMES)), asker, found, seed + turn)
    raise AssertionError


def run(way: Way, several: int, asker: Asked, found: Found, seed: int) -> None:
    things = asker.fresh()
    known = {each.name: things[thing_in(each.name, way.operation.path)] for each in way.operation.path_parameters}
    strategy = way.operation.as_strategy(way.mode, path_parameters=None if way.drawn_path else known)
    one_alone = not (known or way.operation.query.items or way.operation.body)  # only one request can be drawn

    @seeded(seed)
    @settings(
        max_examples=several,
        phases=[Phase.generate],  # nothing is raised, so nothing is shrunk: the shortest request met is told
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def each(case: Case) -> None:
        drawn = dict(case.path_parameters), case.query, case.body
        for _ in range(several if one_alone else TIMES):  # drawing costs more than asking, and the ids are others
            one(case, *drawn, asker, found)

    each()


def one(case: Case, path: Any, query: Any, body: Any, asker: Asked, found: Found) -> None:
    """One request, and what is wrong with its answer."""
    asker.fresh()
    case.path_parameters = path_with_ids(case.operation.path, path, asker)
    case.query, case.body = query_with_ids(query, asker), with_ids(body, asker)
    prepared = requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
    headers = {name.lower(): value for name, value in prepared.headers.items() if name not in SKIPPED}
    headers |= asker.authorization()
    if asker.dice.random() < REAL:  # else nearly every POST would be a repetition
        headers.pop("idempotency-key", None)
    raw = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
    answer = asker.send(prepared.method, prepared.url, headers, raw)
    found.requests += 1
    name = case.operation.definition.raw["operationId"]
    statuses = found.answers.setdefault(name, {})
    statuses[str(answer.status)] = statuses.get(str(answer.status), 0) + 1
    if answer.status < 300 and (case.method == "DELETE" or name in ONCE):
        asker.gone = True
    wrong: list[object] = []
    try:
        case.validate_response(Response(*answer, prepared, 0.0, verify=True), checks=CHECKS)
    except FailureGroup as group:
        wrong += group.exceptions
    if b":null" in answer.body and says_null(json.loads(answer.body)):
        wrong.append("null is answered, and not left out")
    headers.pop("authorization", None)
    for each in wrong:
        said = f"{prepared.method} {prepared.url} {headers} {raw!r} -> {answer.status} {answer.body[:500]!r}"
        found.fault(f"{name} {answer.status}: {each}"[:600], said)


# What is somebody's own, and comes back as it was said: null in it, too.
FREE = ("template", "payload", "raw", "info")


def says_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(says_null(each) for key, each in value.items() if key not in FREE)
    return any(map(says_null, value)) if isinstance(value, list) else value is None


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder, asked(Path(folder), numbers[3]) as asker:
        print(json.dumps(asdict(fuzz(asker, *numbers))))
