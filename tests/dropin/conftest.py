"""A live server's app, as the drop-in sees it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import sunshine_conversations_client as s
from tests.live import Caller


@pytest.fixture
def configuration(app: Caller) -> s.Configuration:
    return s.Configuration(host=app.url, username=app.key_id, password=app.secret)


@pytest.fixture
def api_client(configuration: s.Configuration) -> Iterator[s.ApiClient]:
    with s.ApiClient(configuration) as client:
        yield client


@pytest.fixture
def messages(api_client: s.ApiClient) -> s.MessagesApi:
    return s.MessagesApi(api_client)


@pytest.fixture
def attachments(api_client: s.ApiClient) -> s.AttachmentsApi:
    return s.AttachmentsApi(api_client)
