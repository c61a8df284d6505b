"""Who speaks, and to whom: which parts of a post go with which."""

from __future__ import annotations

from collections.abc import Iterator

from ...wire import Author, Destination, MessagePost, TemplateMessage, TextMessage
from ...wire.reading import Fault
from .addresses import web_faults


def faults(post: MessagePost) -> Iterator[Fault]:
    """The faults of a post around its content."""
    yield from author_faults(post.author, "author")
    if post.destination is None and post.override is None and post.schema is None and type(post.content) is TextMessage:
        return  # nearly all
    for said, place in ((post.destination, "destination"), (post.override, "override")):
        if said is not None and post.author.type != "business":
            yield Fault(place, "should be given for a business author only")
    if post.destination is not None:
        yield from _destination_faults(post.destination)
    if (post.schema == "whatsapp") != isinstance(post.content, TemplateMessage):
        yield Fault("schema", 'should be "whatsapp" for a template, and for nothing else')


def author_faults(author: Author, place: str) -> Iterator[Fault]:
    """A business has no user; a user is one, named in one way."""
    if author.type == "business":
        if author.user_id is not None:
            yield Fault(f"{place}.userId", "should not be given for a business")
        if author.user_external_id is not None:
            yield Fault(f"{place}.userExternalId", "should not be given for a business")
    else:
        if (author.user_id is None) == (author.user_external_id is None):
            yield Fault(place, "should have exactly one of userId and userExternalId")
        if author.subtypes is not None:
            yield Fault(f"{place}.subtypes", "should be given for a business only")
    if author.brand_id is not None and author.user_external_id is None:
        yield Fault(f"{place}.brandId", "should be given with userExternalId only")
    if author.avatar_url is not None:
        yield from web_faults(author.avatar_url, f"{place}.avatarUrl")


def _destination_faults(destination: Destination) -> Iterator[Fault]:
    if (destination.integration_id is None) == (destination.integration_type is None):
        yield Fault("destination", "should have exactly one of integrationId and integrationType")
