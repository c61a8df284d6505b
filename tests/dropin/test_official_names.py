"""Every public name of the official packages, as they come from the package index, is here too.

What is not has its reason in a list, and an entry that is here after all fails.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import sunshine_conversations_client as s
from sunshine_conversations_client._shapes import snake
from tests.official.environments import Official

GONE = "the API has no such operation any more"
INNER = "a piece of the generated code that no documentation names"
LEFT_OUT: dict[str, str] = {
    "AttachmentMediaTokenBody": GONE,
    "AttachmentMediaTokenResponse": GONE,
    "AttachmentUploadBody": "a body that no method takes",
    "AttachmentsApi.generate_media_json_web_token": GONE,
    "AttachmentsApi.generate_media_json_web_token_with_http_info": GONE,
    "AttachmentsApi.set_cookie": GONE,
    "AttachmentsApi.set_cookie_with_http_info": GONE,
    "absolute_import": INNER,
    "undefined": INNER,
    "ApiClient.NATIVE_TYPES_MAPPING": INNER,
    "ApiClient.PRIMITIVE_TYPES": INNER,
    "ApiClient.files_parameters": INNER,
    "ApiClient.parameters_to_tuples": INNER,
    "ApiClient.parameters_to_url_query": INNER,
    "ApiClient.request": INNER,
    "ApiClient.rest_client": "Parhelion's own transport is in its place",
    "ApiClient.update_params_for_auth": INNER,
    "RESTClientObject": "Parhelion's own transport is in its place",
    "RESTResponseType": INNER,
}
# Positional arguments in an order of their own: that of 9, where 12 has another.
ORDERED_AS_IN_9 = {"Field"}

LOOK = """
import inspect, pkgutil
def classes_of(module):
    return {name: each for name, each in vars(module).items() if name[0] != "_" and inspect.isclass(each)}
import sunshine_conversations_client as s
def arguments(method):
    return [name for name, each in inspect.signature(method).parameters.items()
            if name[0] != "_" and name not in ("self", "async_req") and each.kind is each.POSITIONAL_OR_KEYWORD]
found = {name: getattr(s, name) for name in dir(s) if name[0] != "_"}
classes = {name: each for name, each in found.items() if inspect.isclass(each)}
apis = {name: each for name, each in classes.items() if name.endswith("Api")}
fields, order, wrappers = {}, {}, []
for name, model in classes.items():
    if hasattr(model, "model_fields") and name != "ApiResponse":
        if "actual_instance" in model.model_fields:
            wrappers.append(name)
        else:
            fields[name] = {each: of.alias or each for each, of in model.model_fields.items()}
    elif hasattr(model, "attribute_map"):
        fields[name] = model.attribute_map
        order[name] = [each for each in arguments(model) if each not in ("local_vars_configuration", "kwargs")]
client = s.ApiClient(s.Configuration())
answer = {
    "modules": [each.name for each in pkgutil.walk_packages(s.__path__, s.__name__ + ".")],
    "names": list(found),
    "methods": {api: {name: arguments(each) for name, each in vars(of).items() if name[0] != "_"}
                for api, of in apis.items()},
    "fields": fields,
    "order": order,
    "wrappers": wrappers,
    "words": {name: {each: getattr(of, each) for each in dir(of) if each.isupper()} for name, of in classes.items()
              if name in ("ClientType", "ConversationType", "Status")},
    "members": {of.__name__: [each for each in dir(of) if each[0] != "_"]
                for of in (client, s.Configuration(), s.ApiException(), s.rest.ApiException(), *classes.values())
                for of in [of if inspect.isclass(of) else type(of)]
                if of.__name__ in ("ApiClient", "Configuration", "ApiException")},
    "attributes": {"ApiClient": [each for each in vars(client) if each[0] != "_"],
                   "Configuration": [each for each in vars(s.Configuration()) if each[0] != "_"]},
    "exceptions": [name for name, each in classes_of(s.exceptions).items() if each.__module__ == s.exceptions.__name__],
    "rest": [name for name in classes_of(s.rest) if name.startswith(("Api", "REST"))],
}
"""


@pytest.fixture(scope="module", params=["12.8.0", "17.0.1"])
def theirs(request: pytest.FixtureRequest) -> Iterator[SimpleNamespace]:
    official = Official(request.param)
    yield SimpleNamespace(**official.run(LOOK))
    official.close()


def missing(names: dict[str, Any]) -> set[str]:
    """Those that are not here, by the name that LEFT_OUT has for them."""
    return {name for name, owner in names.items() if not hasattr(owner, name.rpartition(".")[2])}


def test_every_module_can_be_imported(theirs: SimpleNamespace):
    left_out = {snake(name) for name in LEFT_OUT}
    for name in theirs.modules:
        if name.rpartition(".")[2] not in left_out:
            importlib.import_module(name)


def test_every_class_is_in_the_package(theirs: SimpleNamespace):
    absent = {name for name in theirs.names if not hasattr(s, name)}
    assert absent <= set(LEFT_OUT)
    for name in set(theirs.names) - absent:
        if name[0].isupper() and not hasattr(s.exceptions, name) and name in dir(s.model):
            assert getattr(s.model, name) is getattr(s, name)
    assert all(hasattr(s.exceptions, name) for name in theirs.exceptions)
    assert {name for name in theirs.rest if not hasattr(s.rest, name)} <= set(LEFT_OUT)


def test_every_method_has_its_arguments_in_their_order(theirs: SimpleNamespace):
    assert len(theirs.methods) == 17
    for api, methods in theirs.methods.items():
        for name, expected in methods.items():
            if f"{api}.{name}" in LEFT_OUT:
                assert not hasattr(getattr(s, api), name)
                continue
            method = getattr(getattr(s, api), name)
            here = [each.removeprefix("_") for each in inspect.signature(method).parameters if each != "self"]
            meant = [{"inline_object": "get_token_request"}.get(each, each.removeprefix("var_")) for each in expected]
            assert here[: len(meant)] == meant, f"{api}.{name}"


def test_every_model_has_their_fields(theirs: SimpleNamespace):
    for name, fields in theirs.fields.items():
        if name in LEFT_OUT or name in theirs.words:
            continue
        model = getattr(s, name)
        here = model.attribute_map
        assert {key.removeprefix("var_"): wire for key, wire in fields.items()}.items() <= here.items(), name
    for name in theirs.wrappers:
        assert hasattr(getattr(s, name), "actual_instance"), name


def test_positional_arguments_of_models_are_in_their_order(theirs: SimpleNamespace):
    for name, order in theirs.order.items():
        if name in LEFT_OUT or name in theirs.words or name.endswith("AllOf"):
            continue
        here = list(getattr(s, name).attribute_map)[: len(order)]
        assert (here == order) is (name not in ORDERED_AS_IN_9), name


def test_words_are_the_same(theirs: SimpleNamespace):
    for name, words in theirs.words.items():
        for word, value in words.items():
            assert getattr(getattr(s, name), word) == value


def test_what_else_programs_touch_is_here(theirs: SimpleNamespace):
    with s.ApiClient(s.Configuration()) as client:
        ours = {"ApiClient": client, "Configuration": s.Configuration(), "ApiException": s.ApiException()}
        for owner, names in theirs.members.items():
            asked = {f"{owner}.{name}" for name in [*names, *theirs.attributes.get(owner, ())]}
            absent = missing(dict.fromkeys(asked, ours[owner]))
            assert absent <= set(LEFT_OUT), owner


def test_what_is_left_out_is_really_not_here():
    for name in LEFT_OUT:
        owner, _, member = name.rpartition(".")
        for place in (getattr(s, owner),) if owner else (s, s.rest):
            assert not hasattr(place, member), name
