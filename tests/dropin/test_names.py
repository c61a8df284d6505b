"""What can be imported, and from where."""

import importlib
import inspect
import subprocess
import sys

import pytest

import sunshine_conversations_client as s
from parhelion.operations import operations


def test_every_class_has_a_module_of_its_own():
    for name in s.model.__all__:
        stem = getattr(s, name).__module__.rpartition(".")[2]
        for package in ("model", "models"):
            module = importlib.import_module(f"sunshine_conversations_client.{package}.{stem}")
            assert getattr(module, name) is getattr(s, name) is getattr(getattr(s, package), name)


def test_every_declared_operation_is_three_methods():
    found = {
        name: method
        for api in s.api.__all__
        for name, method in vars(getattr(s, api)).items()
        if inspect.isfunction(method)
    }
    assert len(found) == 3 * len(operations())
    assert {"post_message", "post_message_with_http_info", "post_message_without_preload_content"} <= set(found)
    for name, method in found.items():
        assert method.__name__ == name
        assert method.__doc__


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
