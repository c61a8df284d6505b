"""All that a program can touch of the official client is here too, or `docs/migration.md` says why it is not.

What there is, is read from the packages themselves, each installed in an environment of its own (`look.py` says what
counts); whether it is here is tried out, name by name. The reasons are those of the page's table "What is not there":
what is missing without one fails, and so does a reason for what is here after all.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from fnmatch import fnmatchcase, translate
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import urllib3

import sunshine_conversations_client as s
from parhelion.client import Response
from sunshine_conversations_client._shapes import snake
from tests.live import Live
from tests.official.environments import RELEASES, environment
from tests.official.tap import Tap

ROOT = s.__name__
PAGE = Path(__file__).parents[2] / "docs" / "migration.md"
NOBODY = "http://127.0.0.1:9"  # who is asked there cannot answer: a call that comes as far was understood


@cache
def rows(release: str) -> dict[tuple[str, str], Any]:
    """What the release has, and for orders what they are."""
    look = [str(environment(release)), str(Path(__file__).with_name("look.py"))]
    done = subprocess.run(look, capture_output=True, text=True, timeout=120, check=True)
    return {(kind, name): detail for (kind, name), detail in json.loads(done.stdout)}


def reasons() -> list[tuple[str, str]]:
    """Each release and each name, which may hold a `*`, of the page's table."""
    section = PAGE.read_text(encoding="utf-8").partition("\n## What is not there\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    assert rows, "docs/migration.md has no table of what is not there"
    assert all(len(row) == 3 and row[2].strip() for row in rows), "a name, its releases, and the reason"
    return [
        (release, name)
        for names, releases, _ in rows
        for release in re.findall(r"[\d.]+", releases)
        for name in re.findall(r"`([^`]+)`", names)
    ]


class Probe:
    """Tries out whether something is here."""

    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self._clients = {url: s.ApiClient(s.Configuration(host=url)) for url in (tap.url, NOBODY)}
        self._models = {snake(name) for name in s.model.__all__}
        answered = Response(200, {}, b"{}")
        urllib3s = urllib3.HTTPResponse(b"{}", status=200, preload_content=False)
        self._things: dict[str, Any] = {
            "ApiClient": self._clients[NOBODY],
            "Configuration": s.Configuration(),
            "ApiResponse": s.ApiResponse(status_code=200, data=None),
            "RESTResponse": s.rest.RESTResponse(answered),
            **{name: getattr(s, name)("m") for name in dir(s) if name.startswith("Api") and name.endswith("Error")},
        }
        assert s.rest.RESTResponse(urllib3s).data == b"{}"
        for name in dir(s.exceptions):
            kind = getattr(s.exceptions, name)
            if isinstance(kind, type) and issubclass(kind, s.ApiException):
                self._things[name] = kind(400, "m")
        self._how: dict[str, Callable[[str, Any], bool]] = {
            "modules": self._module,
            "names": self._name,
            "attributes of APIs": self._attribute_of_api,
            "methods of APIs": self._method,
            "arguments of methods": self._argument,
            "orders of arguments": self._order,
            "fields as arguments": self._field,
            "orders of fields": self._order_of_fields,
            "attributes of models": self._attribute,
            "words": self._word,
            "methods of models": self._method_of_model,
            "arguments of those": self._argument_of_those,
            "other members": self._other_member,
            "other arguments": self._other_argument,
            "orders of other arguments": self._other_order,
        }

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def here(self, kind: str, name: str, detail: Any) -> bool:
        try:
            return self._how[kind](name, detail)
        except (ImportError, AttributeError):
            return False

    def _module(self, name: str, _: Any) -> bool:
        return importlib.import_module(f"{ROOT}.{name}") is not None

    def _name(self, name: str, _: Any) -> bool:
        module, _, last = f"{ROOT}.{name}".rpartition(".")
        found = getattr(importlib.import_module(module), last)
        return found is getattr(s, last, found)  # the same, wherever it is taken from

    def _method(self, name: str, _: Any) -> bool:
        return callable(self._method_of(name, NOBODY))

    def _attribute_of_api(self, name: str, _: Any) -> bool:
        api, _, attribute = name.partition(".")
        return hasattr(getattr(s, api)(self._clients[NOBODY]), attribute)

    def _argument(self, name: str, needed: list[str]) -> bool:
        """It is given with all that the method needs, and the call comes as far as the network."""
        name, _, argument = name.removesuffix(")").partition("(")
        method = self._method_of(name, NOBODY)
        given = {each: self._value(each, ()) for each in (*needed, argument)}
        try:
            waiting = method(**given)
            if argument == "async_req":
                waiting.get()
        except s.ApiTypeError:
            return False
        except s.ApiException as error:
            return error.status == 0
        return False

    def _order(self, name: str, order: list[str]) -> bool:
        """Given by position they make the same request as given by name."""
        method, numbers = self._method_of(name.removesuffix("(...)"), self._tap.url), count()
        given = {each: self._value(each, numbers) for each in order}
        asked: list[Any] = []
        for args, kwargs in ((tuple(given.values()), {}), ((), given)):
            try:
                method(*args, **kwargs)
            except s.ApiTypeError:
                return False
            except s.ApiException as refused:
                if not refused.status:
                    raise
            one = self._tap.exchanges.pop()
            told = {key: value.partition("boundary")[0] for key, value in one.headers.items()}
            told.pop("idempotency-key", "")
            edge = one.body.partition(b"\r\n")[0] if b"form-data" in one.body else b"--"
            asked.append((one.method, one.target, one.body.replace(edge, b""), told))
        return asked[0] == asked[1]

    def _field(self, name: str, _: Any) -> bool:
        model, _, field = name.removesuffix(")").partition("(")
        try:
            getattr(s, model)(**{field: None})
        except TypeError:
            return False
        except ValueError:  # it is known, and something is asked of it
            return True
        return True

    def _order_of_fields(self, name: str, order: list[str]) -> bool:
        if name.endswith("AllOf(...)"):  # here it is the whole that it was a half of: no order is promised
            return False
        here = list(inspect.signature(getattr(s, name.removesuffix("(...)"))).parameters)
        return here[: len(order)] == order

    def _attribute(self, name: str, field: tuple[str, str | None] | None) -> bool:
        """It can be read; and a field written too, with the name on the wire, and the model in it, that it had."""
        model, _, attribute = name.partition(".")
        cls = getattr(s, model)
        made = cls.from_dict({}) if hasattr(cls, "from_dict") else cls
        value = getattr(made, attribute)
        if field is None:
            return True
        on_the_wire, held = field
        with suppress(ValueError):  # it is known, and something is asked of it
            setattr(made, attribute, value)
        bare = attribute.removeprefix("var_")
        if held and not hasattr(getattr(s, held), "allowable_values"):
            here = cls.openapi_types[bare].removeprefix("list[").removesuffix("]")
            if not getattr(s, held).attribute_map.items() <= getattr(s, here).attribute_map.items():
                return False
        return cls.attribute_map.get(bare) == on_the_wire

    def _word(self, name: str, said: str) -> bool:
        words, _, word = name.partition(".")
        return getattr(getattr(s, words), word) == said

    def _method_of_model(self, name: str, _: Any) -> bool:
        model, _, method = name.partition(".")
        return callable(getattr(getattr(s, model), method))

    def _argument_of_those(self, name: str, _: Any) -> bool:
        name, _, argument = name.removesuffix(")").partition("(")
        model, _, method = name.partition(".")
        return takes(getattr(getattr(s, model), method), argument)

    def _other_member(self, name: str, _: Any) -> bool:
        thing, _, member = name.partition(".")
        return hasattr(self._things[thing], member) if thing in self._things else False

    def _other_argument(self, name: str, _: Any) -> bool:
        name, _, argument = name.removesuffix(")").partition("(")
        if name == "ApiClient.call_api":
            return self._call_api_takes(argument)
        return takes(self._callable(name), argument)

    def _other_order(self, name: str, order: list[str]) -> bool:
        return list(inspect.signature(self._callable(name.removesuffix("(...)"))).parameters)[: len(order)] == order

    def _call_api_takes(self, argument: str) -> bool:
        """It is one of two methods, by what it is given."""
        new = {"method": "GET", "url": f"{NOBODY}/x"}
        old = {"resource_path": "/x", "method": "GET"}
        given = {"body": None, "_preload_content": True, "_request_timeout": 1, "async_req": False}
        tried: list[bool] = []
        for base in (old, new):
            try:
                self._clients[NOBODY].call_api(**{argument: given.get(argument)} | base)
            except s.ApiException:
                tried.append(True)
            except TypeError:
                tried.append(False)
        return any(tried)

    def _callable(self, name: str) -> Callable[..., Any]:
        owner, _, member = name.rpartition(".")
        if not owner:
            return getattr(next((each for each in (s, s.exceptions, s.rest) if hasattr(each, name)), s), name)
        if owner in ("rest", "exceptions"):
            return getattr(getattr(s, owner), member)
        return getattr(self._things.get(owner), member)

    def _method_of(self, name: str, url: str) -> Any:
        api, _, method = name.partition(".")
        return getattr(getattr(s, api)(self._clients[url]), method)

    def _value(self, argument: str, numbers: Any) -> Any:
        known: dict[str, Any] = {
            "async_req": True,
            "page": {"size": 5},
            "source": b"abc",
            "_preload_content": False,
            "_return_http_data_only": True,
            "_request_timeout": 5.0,
            "_request_auth": {"type": "basic", "in": "header", "key": "authorization", "value": "Basic eDp5"},
            "_content_type": "application/json",
            "_headers": {"x-mine": "1"},
            "_host_index": 0,
        }
        if argument in known:
            return known[argument]
        return {} if argument in self._models or argument == "filter" else f"x{next(iter(numbers), '')}"


def takes(function: Callable[..., Any], argument: str) -> bool:
    parameters = inspect.signature(function).parameters
    return argument in parameters or any(each.kind is each.VAR_KEYWORD for each in parameters.values())


@pytest.fixture(scope="module")
def probe(live: Live) -> Iterator[Probe]:
    with Tap(live.url) as tap:
        made = Probe(tap)
        yield made
        made.close()


def test_all_of_it_is_offered_or_explained(probe: Probe, capsys: pytest.CaptureFixture[str]):
    known = reasons()
    table: dict[str, dict[str, Counter[str]]] = {}
    unexplained: list[str] = []
    offered: list[tuple[str, str, str]] = []
    used: set[tuple[str, str, str]] = set()  # a release, a kind, and a reason's name
    for release in RELEASES:
        here = [each for where, each in known if where == release]
        explains = re.compile("|".join(map(translate, here))).match
        for (kind, name), detail in rows(release).items():
            found = [each for each in here if fnmatchcase(name, each)] if explains(name) else []
            if probe.here(kind, name, detail):
                state = "offered"
                offered += [(release, kind, each) for each in found]
            elif found:
                state = "explained"
                used |= {(release, kind, each) for each in found}
            else:
                state = "unexplained"
                unexplained.append(f"{release}: {kind} {name}")
            table.setdefault(kind, {}).setdefault(release, Counter())[state] += 1
    with capsys.disabled():
        print("", *printed(table), sep="\n")
    assert not unexplained, "\n".join(["", *unexplained])
    needed = {(release, name) for release, _, name in used}
    assert [each for each in known if each not in needed] == [], "reasons for what was never there, or is here"
    assert sorted(used & set(offered)) == [], "reasons for what is here"


def printed(table: dict[str, dict[str, Counter[str]]]) -> Iterator[str]:
    states = ("offered", "explained", "unexplained")
    yield "What a program can touch, release by release: offered / explained / unexplained"
    yield "".join([f"{'':28}", *(f"{release:>22}" for release in RELEASES)])
    whole = {release: Counter[str]() for release in RELEASES}
    for kind, by_release in table.items():
        for release, counts in by_release.items():
            whole[release] += counts
        yield line(kind, by_release, states)
    yield line("all", whole, states)


def line(name: str, by_release: dict[str, Counter[str]], states: tuple[str, ...]) -> str:
    cells = (" / ".join(str(by_release.get(each, Counter())[state]) for state in states) for each in RELEASES)
    return "".join([f"{name:28}", *(f"{cell:>22}" for cell in cells)])
