"""What can be imported, and from where."""

import importlib
import inspect
import re
import subprocess
import sys

import pytest

import sunshine_conversations_client as s
from parhelion.operations import operations
from sunshine_conversations_client._apis import KINDS
from sunshine_conversations_client._shapes import snake


def test_every_class_has_a_module_of_its_own():
    for name in s.model.__all__:
        stem = snake(name)
        for package in ("model", "models"):
            module = importlib.import_module(f"sunshine_conversations_client.{package}.{stem}")
            assert getattr(module, name) is getattr(s, name) is getattr(getattr(s, package), name)


def test_every_operation_of_the_api_is_three_methods():
    found = {
        name: method
        for api in s.api.__all__
        for name, method in vars(getattr(s, api)).items()
        if inspect.isfunction(method)
    }
    assert len(found) == 3 * 68
    documented = [each for each in operations() if not each.path.startswith("/parhelion/")]
    assert {snake(each.operation_id) + kind for each in documented for kind in KINDS} == set(found)
    assert {"post_message", "post_message_with_http_info", "post_message_without_preload_content"} <= set(found)
    for name, method in found.items():
        assert method.__name__ == name


def test_help_shows_the_call_as_it_is_here():
    told = s.MessagesApi.post_message.__doc__
    assert "answer = MessagesApi(api_client).post_message(app_id, conversation_id, message_post)" in told
    assert "client.messages" not in told
    assert "`NotFoundException` (conversation_not_found)" in told
    told = s.MessagesApi.list_messages_with_http_info.__doc__
    assert "list_messages_with_http_info(app_id, conversation_id, page=page)" in told
    for api in s.api.__all__:
        for name, method in vars(getattr(s, api)).items():
            if inspect.isfunction(method):
                assert f"{api}(api_client).{name}(" in method.__doc__
                assert "Client(" not in method.__doc__.replace("parhelion.Client()", "")
                assert not re.search(r"`\w+NotFound`|`BadRequest`|\bclient\.\w+\.\w+\(", method.__doc__), name


def test_modules_as_programs_import_them():
    code = """
from sunshine_conversations_client.api.messages_api import MessagesApi
from sunshine_conversations_client.api import AttachmentsApi
from sunshine_conversations_client.api.app_keys_api import AppKeysApi
from sunshine_conversations_client.model.text_message import TextMessage
from sunshine_conversations_client.models.text_message import TextMessage as Same
from sunshine_conversations_client.models import MessagePost
from sunshine_conversations_client.rest import ApiException
from sunshine_conversations_client.exceptions import ApiException as Again, NotFoundException, ApiAttributeError
from sunshine_conversations_client.configuration import Configuration
from sunshine_conversations_client.api_client import ApiClient
from sunshine_conversations_client.api_response import ApiResponse
import sunshine_conversations_client.model.carousel_message
from sunshine_conversations_client.model.message_post import Author, Configuration, Content, Undefined
from sunshine_conversations_client.model.content import CONTENT_ONE_OF_SCHEMAS
from sunshine_conversations_client.api.messages_api import ApiClient as Client, MessagePost as Post, RequestSerialized
from sunshine_conversations_client.api_client import rest, ApiResponseT, NotFoundException as NotFound
from sunshine_conversations_client.configuration import HostSetting, JSON_SCHEMA_VALIDATION_KEYWORDS, ServerVariablesT
from sunshine_conversations_client.rest import is_socks_proxy_url, logger, RESTResponseType
from sunshine_conversations_client.undefined import Undefined as SameUndefined
assert Undefined is SameUndefined and Client is ApiClient and Post is MessagePost and NotFound is NotFoundException
assert "TextMessage" in CONTENT_ONE_OF_SCHEMAS and is_socks_proxy_url("socks5://p") and not is_socks_proxy_url("http://p")
from sunshine_conversations_client import *
assert TextMessage is Same and ApiException is Again

"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)


def test_importing_the_package_loads_neither_urllib3_nor_asyncio():
    code = (
        "import sys, sunshine_conversations_client; print({'urllib3', 'asyncio', 'ssl', 'logging'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "set()\n"


def test_what_does_not_exist_is_told():
    with pytest.raises(AttributeError, match="HologramsApi"):
        s.HologramsApi  # noqa: B018
    with pytest.raises(ImportError):
        importlib.import_module("sunshine_conversations_client.model.hologram")
    with pytest.raises(ImportError):
        importlib.import_module("sunshine_conversations_client.hologram")
    module = importlib.import_module("sunshine_conversations_client.model.message_post")
    with pytest.raises(AttributeError, match="Hologram"):
        module.Hologram  # noqa: B018


def test_arguments_are_as_they_were():
    def names(method):
        return [name for name in inspect.signature(method).parameters if name not in ("self", "kwargs")]

    assert names(s.MessagesApi.post_message) == ["app_id", "conversation_id", "message_post"]
    assert names(s.MessagesApi.list_messages) == ["app_id", "conversation_id", "page"]
    assert names(s.MessagesApi.delete_message) == ["app_id", "conversation_id", "message_id"]
    assert names(s.AttachmentsApi.upload_attachment) == ["app_id", "access", "source", "_for", "conversation_id"]
    assert names(s.AttachmentsApi.delete_attachment) == ["app_id", "attachment_delete_body"]
    assert names(s.UsersApi.create_user) == ["app_id", "user_create_body"]
    assert names(s.AppKeysApi.create_app_key) == ["app_id", "app_key_create_body"]
    assert names(s.AppsApi.create_app) == ["app_create_body"]
    assert names(s.UsersApi.list_users) == ["app_id", "filter", "brand_id"]
    assert names(s.ConversationsApi.list_conversations) == ["app_id", "filter", "page"]
