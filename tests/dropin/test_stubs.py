"""What editors and type checkers see of classes that are made while a program runs."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
from sunshine_conversations_client import ApiClient, ApiException, Configuration, Content, MessagesApi, Page
from sunshine_conversations_client import MessagePost
from sunshine_conversations_client.model.author import Author
from sunshine_conversations_client.model.text_message import TextMessage
from sunshine_conversations_client.models import Reply
from sunshine_conversations_client.api.attachments_api import AttachmentsApi
from sunshine_conversations_client import Custom, CustomAllOf, IntegrationUpdate, IntegrationsApi, OAuthEndpointsApi
from sunshine_conversations_client import ConversationMessageDeliveryFailureEventAllOfPayloadAllOfError as LongName
from sunshine_conversations_client import ConversationListFilter, ConversationsApi, UserUpdateBody, UsersApi, WebUpdate
from sunshine_conversations_client.model.inline_object import InlineObject
from sunshine_conversations_client.models import Integration, Profile, Webhook

with ApiClient(Configuration(host="https://e.org", username="u", password="p")) as client:
    reply = Reply(type="reply", text="Yes", payload="Y")
    text = TextMessage(type="text", text="Hi", actions=[reply])
    for content in (text, Content(text), Content("text", text="Hi"), Content(type="text", text="Hi"), {"type": "text"}):
        body = MessagePost(author=Author(type="business", displayName="Ada"), content=content)
        try:
            posted = MessagesApi(client).post_message("a", "c", body, _request_timeout=3)
        except ApiException as error:
            print(error.status, error.body)
        else:
            id: str | None = (posted.messages or [])[0].id
    hook = Webhook(target="https://e.org", triggers=["user:merge"])
    made: Integration = IntegrationsApi(client).create_integration("a", Custom(webhooks=[hook])).integration or Custom()
    if isinstance(made, CustomAllOf):
        secret: str | None = made.webhooks[0].secret
    IntegrationsApi(client).update_integration("a", made.id, IntegrationUpdate(WebUpdate(brand_color="fff")))
    UsersApi(client).update_user("a", "u", UserUpdateBody(profile=Profile(surname=None)))
    talks = ConversationsApi(client).list_conversations("a", ConversationListFilter(user_id="u"))
    for talk in talks.conversations or []:
        print(talk.active_switchboard_integration.name if talk.active_switchboard_integration else None)
    token = OAuthEndpointsApi(client).get_token(InlineObject("c", "authorization_code", "i", "s")).access_token
    print(LongName(code="x"), token)
    page = MessagesApi(client).list_messages("a", "c", page=Page(before="b"))
    wrong: int = page.messages
    url: str | None = AttachmentsApi(client).upload_attachment("a", "public", b"", _for="message").attachment.media_url
"""


def test_the_stubs_are_as_they_would_be_printed():
    done = subprocess.run([sys.executable, "dropin/stubs.py", "--check"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, f"run python dropin/stubs.py\n{done.stderr.decode()}"


def test_a_checker_sees_through_a_program(tmp_path: Path):
    (tmp_path / "program.py").write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "program.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    *errors, _ = done.stdout.splitlines()
    # Nothing but what is wrong in the last two lines.
    assert [error.rpartition("  ")[2] for error in errors] == ["[assignment]", "[union-attr]"], done.stdout
