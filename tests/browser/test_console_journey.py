"""Somebody answers people at the console, in a real browser and with a real server."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from parhelion import ActivityPost, Author, Client, Item, ListMessage, MessagePost, Postback, TextMessage
from parhelion.cli.demo import sun_dogs
from tests.browser.chromium import Look, looking
from tests.browser.console import path, sign_in
from tests.browser.guard import Guard
from tests.browser.hooks import Hooks
from tests.browser.population import SIGN, Populated
from tests.live import Caller, Live
from tests.workers import until

MANY = 500
ALL_AT_ONCE = 40  # messages in a piece
LARGE = 6_000_000  # bytes


@pytest.fixture
def client(app: Caller) -> Iterator[Client]:
    with Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as made:
        yield made


@pytest.fixture
def ada(app: Caller) -> str:
    """Somebody who asks."""
    return app.user(externalId="ada", profile={"givenName": "Ada", "surname": "Lovelace"})


@pytest.fixture
def chat(app: Caller, ada: str) -> str:
    """Their conversation."""
    return app.conversation(ada, type="personal")


@pytest.fixture
def at_desk(page: Page, app: Caller, chat: str) -> Page:
    """Signed in, with the conversation open, and live."""
    sign_in(page, app, here(app, chat))
    connected(page)
    return page


def here(app: Caller, chat: str) -> str:
    return f"/console/apps/{app.app_id}/conversations/{chat}"


def connected(page: Page) -> None:
    expect(page.locator("html[data-connected]")).to_be_attached(timeout=10_000)


def says(client: Client, chat: str, user: str, text: str) -> str:
    return client.messages.post(chat, text, author=Author(type="user", user_id=user)).messages[0].id


def said(client: Client, chat: str) -> list[str]:
    return [str(getattr(each.content, "text", "") or each.content.type) for each in client.messages.list(chat).messages]


def bubbles(page: Page) -> Locator:
    return page.locator("#messages .bubble")


def answer(page: Page) -> Locator:
    return page.get_by_label("Your answer")


def question(page: Page, button: str) -> None:
    """Answer what is asked before something goes."""
    page.get_by_role("dialog").get_by_role("button", name=button).click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_somebody_signs_in_and_out(page: Page, guard: Guard, app: Caller) -> None:
    guard.expect("401")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in_wrongly = Caller(app.url, app.key_id, "x" * 40)
    page.get_by_label("Key ID").fill(sign_in_wrongly.key_id)
    page.get_by_label("Secret").fill(sign_in_wrongly.secret)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.get_by_label("Key ID")).to_have_value(app.key_id)
    sign_in(page, app)
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto(f"/console/apps/{app.app_id}/webhooks")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_label("Key ID").fill(app.key_id)
    page.get_by_label("Secret").fill(app.secret)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Webhooks")


def test_a_conversation_is_found_by_its_user_by_its_id_and_by_a_word(
    page: Page, app: Caller, populated: Populated
) -> None:
    sign_in(page, app, f"/console/apps/{app.app_id}/conversations")
    maria = populated.conversations["maria"]
    for words, name in (("maria", "Maria Mitchell"), (maria, ""), (populated.users["maria"], "Maria Mitchell")):
        page.get_by_role("searchbox").fill(words)
        page.keyboard.press("Enter")
        found = page.locator(f'#list a[href$="{maria}"]')
        expect(found).to_contain_text(name)
    page.get_by_role("searchbox").fill("sextant")
    page.keyboard.press("Enter")
    expect(page.locator("#list mark")).to_have_text("sextant")
    page.locator("#list a", has_text="sextant").click()
    expect(page.locator(".message.found")).to_contain_text("And I the sextant.")
    expect(page.locator(".message.found")).to_be_in_viewport()
    page.get_by_role("searchbox").fill("nothing says this")
    page.keyboard.press("Enter")
    expect(page.locator("#list")).to_contain_text("Nothing was found.")


def test_an_answer_is_written_with_markdown_and_quick_replies(at_desk: Page, client: Client, chat: str) -> None:
    page = at_desk
    answer(page).fill("We have *two* left. Which one?")
    page.get_by_label("Markdown").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_label("Preview", exact=True).locator("em")).to_have_text("two")
    page.get_by_text("Quick replies").click()
    page.get_by_label("One on each line").fill("The long one\nThe short one")
    answer(page).press("Control+Enter")
    expect(bubbles(page).locator("em")).to_have_text("two")
    expect(bubbles(page).get_by_role("button")).to_have_text(["The long one", "The short one"])
    expect(answer(page)).to_have_value("")
    expect(answer(page)).to_be_focused()
    page.keyboard.type("Tell us.")
    page.get_by_role("button", name="Send").click()
    expect(bubbles(page)).to_have_count(2)
    [first, _] = client.messages.list(chat).messages
    assert isinstance(first.content, TextMessage)
    assert [each.text for each in first.content.actions or []] == ["The long one", "The short one"]


def test_an_empty_answer_is_refused_in_words(at_desk: Page, guard: Guard) -> None:
    guard.expect("400")
    at_desk.get_by_role("button", name="Send").click()
    expect(at_desk.get_by_role("alert")).to_contain_text("nothing to send")


def test_a_picture_is_dropped_and_another_pasted_and_a_file_chosen(
    at_desk: Page, context: BrowserContext, client: Client, chat: str, tmp_path: Path
) -> None:
    page = at_desk
    dropped, chosen = tmp_path / "sun dogs.png", tmp_path / "guide.txt"
    dropped.write_bytes(sun_dogs())
    chosen.write_text("Look up.")
    drop(page, dropped)
    expect(page.locator("#files img")).to_have_count(1)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        """async (from) => {
            const picture = await (await fetch(from)).blob();
            await navigator.clipboard.write([new ClipboardItem({"image/png": picture})]);
        }""",
        page.locator("#files img").get_attribute("src"),
    )
    answer(page).focus()
    page.keyboard.press("Control+v")
    expect(page.locator("#files img")).to_have_count(2)
    with page.expect_file_chooser() as asked:
        page.get_by_role("button", name="Attach files").click()
    asked.value.set_files(chosen)
    expect(page.locator("#files figcaption")).to_have_text(["sun dogs.png", "image.png", "guide.txt"])
    answer(page).fill("Three suns")
    answer(page).press("Control+Enter")
    expect(bubbles(page)).to_have_count(4)
    expect(page.locator("#files figure")).to_have_count(0)
    shown = page.locator("#messages img")
    expect(shown).to_have_count(2)
    until(lambda: all(each.evaluate("(img) => img.naturalWidth > 100") for each in shown.all()), "pictures are seen")
    assert [each.content.type for each in client.messages.list(chat).messages] == ["image", "image", "file", "text"]


def drop(page: Page, file: Path) -> None:
    """What a browser tells of a hand that carries a file over the conversation, and lets go of it."""
    carried = page.evaluate_handle(
        """({name, bytes}) => {
            const carried = new DataTransfer();
            const whole = Uint8Array.from(atob(bytes), (each) => each.charCodeAt(0));
            carried.items.add(new File([whole], name, {type: "image/png"}));
            return carried;
        }""",
        {"name": file.name, "bytes": base64.b64encode(file.read_bytes()).decode()},
    )
    page.dispatch_event("#messages", "dragover", {"dataTransfer": carried})
    expect(page.locator(".chat.over-it")).to_be_visible()
    page.dispatch_event("#messages", "drop", {"dataTransfer": carried})
    expect(page.locator(".chat.over-it")).to_have_count(0)


def test_an_upload_shows_how_far_it_is_and_cancelled_leaves_nothing_behind(
    at_desk: Page, live: Live, client: Client, chat: str
) -> None:
    page = at_desk
    before = kept(live)
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    bandwidth = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": LARGE / 10}
    slow.send("Network.emulateNetworkConditions", {"offline": False, **bandwidth})
    page.locator("#file").set_input_files({"name": "large.bin", "mimeType": "", "buffer": bytes(LARGE)})
    bar = page.get_by_role("progressbar", name="Sending large.bin")
    until(lambda: 0.1 < float(bar.evaluate("(bar) => bar.value")) < 0.9, "some of it is sent")
    answer(page).fill("Here it comes")
    answer(page).press("Control+Enter")
    expect(page.locator("#refused")).to_contain_text("still on its way")
    page.get_by_role("button", name="Cancel large.bin").click()
    expect(page.locator("#files figure")).to_have_count(0)
    until(lambda: kept(live) == before, "what was sent is cleared away")
    slow.send("Network.emulateNetworkConditions", {"offline": False, **bandwidth, "uploadThroughput": -1})
    answer(page).press("Control+Enter")
    expect(bubbles(page)).to_have_count(1)
    assert said(client, chat) == ["Here it comes"]


def test_a_file_that_is_taken_back_is_kept_no_longer(at_desk: Page, live: Live) -> None:
    page = at_desk
    before = kept(live)
    page.locator("#file").set_input_files({"name": "secret.txt", "mimeType": "text/plain", "buffer": b"hush"})
    page.get_by_role("button", name="Remove secret.txt").click()
    expect(page.locator("#files figure")).to_have_count(0)
    until(lambda: kept(live) == before, "it is cleared away")


def kept(live: Live) -> set[Path]:
    """The files of attachments, whole or begun."""
    return {each for each in (live.data / "media").rglob("*") if each.is_file()}


def test_what_a_user_says_and_does_is_seen_live(at_desk: Page, client: Client, chat: str, ada: str) -> None:
    page, user = at_desk, Author(type="user", user_id=ada)
    began = time.monotonic()
    says(client, chat, ada, "Is anybody there?")
    expect(bubbles(page)).to_have_text(["Is anybody there?"])
    assert time.monotonic() - began < 1.5
    expect(page.locator("#list")).to_contain_text("Is anybody there?")
    until(lambda: client.conversations.get(chat).conversation.business_last_read is not None, "it is told as read")
    answer(page).fill("We are.")
    answer(page).press("Control+Enter")
    expect(bubbles(page)).to_have_count(2)
    client.activities.post(chat, ActivityPost(author=user, type="conversation:read"))
    expect(page.locator(".message.business .read")).to_have_text("Read by Ada Lovelace")


def test_who_writes_tells_so_and_when_they_stop(at_desk: Page) -> None:
    with at_desk.expect_request("**/typing") as asked:
        answer(at_desk).press_sequentially("Well")
    assert "what=start" in str(asked.value.post_data)
    with at_desk.expect_request("**/typing") as asked:
        answer(at_desk).press("Control+Enter")
    assert "what=stop" in str(asked.value.post_data)


def test_buttons_are_pressed_as_the_user(at_desk: Page, client: Client, chat: str) -> None:
    page = at_desk
    button = Postback(text="Order", payload="ORDER")
    menu = ListMessage(items=[Item(title="Telescope", actions=[button])])
    client.messages.post(chat, MessagePost(author=Author(type="business"), content=menu))
    answer(page).fill("Or shall we call you?")
    page.get_by_text("Quick replies").click()
    page.get_by_label("One on each line").fill("Call me")
    answer(page).press("Control+Enter")
    order, call = (page.locator("#messages").get_by_role("button", name=name) for name in ("Order", "Call me"))
    expect(order).to_be_disabled()
    page.get_by_label("Who speaks").select_option(label="Ada Lovelace (a test)")
    order.click()
    expect(page.locator("#announce")).to_have_text("Pressed")
    call.click()
    expect(page.locator(".message.user .bubble")).to_have_text("Call me")
    assert said(client, chat)[-1] == "Call me"


def test_messages_are_deleted_after_a_question(at_desk: Page, client: Client, chat: str, ada: str) -> None:
    page = at_desk
    for text in ("one", "two", "three"):
        says(client, chat, ada, text)
    expect(bubbles(page)).to_have_count(3)
    second = page.locator(".message", has_text="two")
    second.locator("summary").click()
    for reply, left in (("Cancel", 3), ("Yes", 2)):
        second.get_by_role("button", name="Delete").click()
        expect(page.get_by_role("dialog")).to_contain_text("Delete this message?")
        question(page, reply)
        expect(bubbles(page)).to_have_count(left)
        assert len(said(client, chat)) == left
    for reply, left in (("Cancel", 2), ("Yes", 0)):
        page.get_by_role("button", name="Delete all messages").click()
        expect(page.get_by_role("dialog")).to_contain_text("Delete all messages of this conversation")
        question(page, reply)
        expect(bubbles(page)).to_have_count(left)
        assert len(said(client, chat)) == left


def test_scrolling_up_to_the_first_of_many_messages_never_jumps(
    page: Page, app: Caller, client: Client, chat: str, ada: str
) -> None:
    for number in range(MANY):
        says(client, chat, ada, f"This is message {number}." + " And it is a long one." * (number % 7))
    held: list[Route] = []
    page.route("**/older?*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    sign_in(page, app, here(app, chat))
    expect(page.locator(".message").last).to_be_in_viewport()
    while page.locator(".older").count():
        page.locator("#messages").evaluate("(list) => { list.scrollTop = 300; }")
        count = page.locator(".message").count()
        until(lambda: page.evaluate("1") and held, "what is above is asked for")
        top = page.locator(".message").first
        kept_place = page.locator(f"#{top.get_attribute('id')}")
        place = position(kept_place)
        held.pop().continue_()
        expect(page.locator(".message")).to_have_count(min(MANY, count + ALL_AT_ONCE))
        assert abs(position(kept_place) - place) <= 1
    page.locator("#messages").evaluate("(list) => { list.scrollTop = 0; }")
    expect(page.locator(".message").first).to_be_in_viewport()
    numbers = [text.split(".")[0] for text in bubbles(page).all_inner_texts()]
    assert numbers == [f"This is message {number}" for number in range(MANY)]


def position(message: Locator) -> float:
    return float(message.evaluate("(each) => each.getBoundingClientRect().top"))


def test_two_windows_show_the_same(at_desk: Page, context: BrowserContext, app: Caller, chat: str) -> None:
    other = context.new_page()
    other.goto(here(app, chat))
    connected(other)
    answer(at_desk).fill("Seen everywhere")
    answer(at_desk).press("Control+Enter")
    for each in (at_desk, other):
        expect(bubbles(each)).to_have_text(["Seen everywhere"])
    message = other.locator(".message")
    message.locator("summary").click()
    message.get_by_role("button", name="Delete").click()
    question(other, "Yes")
    expect(bubbles(other)).to_have_count(0)


def test_nothing_is_missed_when_the_server_starts_again(browser: Browser, serve: Callable[..., Live]) -> None:
    server = serve()
    app = server.app()
    user = app.user(externalId="ada")
    chat = app.conversation(user, type="personal")
    context = looking(browser, server.url, Look())
    guard = Guard(context, server.url)
    guard.expect("ERR_")
    page = context.new_page()
    sign_in(page, app, here(app, chat))
    connected(page)
    server.kill()
    expect(page.locator("html[data-connected]")).not_to_be_attached()
    serve("--port", server.url.rpartition(":")[2])
    with Client(app.url, app_id=app.app_id, key_id=app.key_id, secret=app.secret) as client:
        says(client, chat, user, "Said while nobody listened")
    expect(bubbles(page)).to_have_text(["Said while nobody listened"], timeout=15_000)
    guard.check()
    context.close()


def test_a_page_that_nobody_looks_at_lets_go_of_its_stream_and_misses_nothing(
    at_desk: Page, client: Client, chat: str, ada: str
) -> None:
    page = at_desk
    with page.expect_event("requestfailed", lambda request: "/live" in request.url):
        look_away(page, True)
    says(client, chat, ada, "Hello? Anybody?")
    with page.expect_request("**/live?after=*"):
        look_away(page, False)
    expect(bubbles(page)).to_have_text(["Hello? Anybody?"])


def look_away(page: Page, away: bool) -> None:
    """Playwright shows every page, so the page is told."""
    page.evaluate(
        """(away) => {
            Object.defineProperty(document, "hidden", {value: away, configurable: true});
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        away,
    )


def test_a_failing_webhook_is_watched_mended_and_replayed(
    page: Page, app: Caller, client: Client, populated: Populated, hooks: Hooks
) -> None:
    sign_in(page, app, f"/console/apps/{app.app_id}/webhooks")
    page.get_by_role("link", name=f"{hooks.url}{SIGN}").click()
    rows = page.locator("#deliveries tbody tr")
    before = rows.count()
    says(client, populated.conversations["tycho"], populated.users["tycho"], "Still no screws.")
    expect(rows).to_have_count(before + 1, timeout=10_000)
    newest = rows.first
    expect(newest).to_contain_text("failed", timeout=10_000)
    expect(newest).to_contain_text("404")
    newest.get_by_role("link").click()
    expect(page.locator("main")).to_contain_text("Status 404")
    expect(page.get_by_label("Body").first).to_contain_text("Still no screws.")
    expect(page.get_by_label("Body").last).to_contain_text('"received": true')
    hooks.answers[SIGN] = 200
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_role("status")).to_have_text("It is sent once more.")
    expect(rows.filter(has_text="delivered")).to_have_count(1, timeout=10_000)
    page.get_by_role("button", name="Replay all failed").click()
    question(page, "Yes")
    expect(page.get_by_role("status")).to_have_text("All that failed are sent once more.")
    expect(rows.filter(has_text="delivered")).to_have_count(before + 1, timeout=10_000)
    page.get_by_label("Send a test event").select_option("conversation:read")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("A test is on its way.")
    expect(rows.filter(has_text="delivered")).to_have_count(before + 2, timeout=10_000)
    page.get_by_role("navigation", name="State").get_by_role("link", name="Failed").click()
    expect(page.locator("#deliveries")).to_contain_text("Nothing here.")


def test_an_app_is_set_up_from_integration_to_control(
    page: Page, app: Caller, account: Caller, client: Client, chat: str, hooks: Hooks
) -> None:
    sign_in(page, account, f"/console/apps/{app.app_id}/integrations")
    page.get_by_role("link", name="New integration").click()
    page.get_by_label("Name").fill("Answering machine")
    page.get_by_label("Target").fill(f"{hooks.url}/machine")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Answering machine")
    page.get_by_label("Name of a new key").fill("its own")
    page.get_by_role("button", name="Create key").click()
    page.get_by_text("Show the secret").click()
    expect(page.locator(".reveal code")).to_be_visible()
    ways = page.get_by_role("navigation", name="App")
    ways.get_by_role("link", name="Keys").click()
    page.get_by_label("Name of a new key").fill("night shift")
    page.get_by_role("button", name="Create key").click()
    key = page.locator(".key", has_text="night shift")
    key.get_by_role("button", name="Delete").click()
    question(page, "Yes")
    expect(key).to_have_count(0)
    ways.get_by_role("link", name="Switchboard").click()
    page.get_by_role("button", name="Create a switchboard").click()
    for name in ("machine", "people"):
        page.get_by_label("Name", exact=True).last.fill(name)
        page.get_by_role("button", name="Add").click()
        expect(page.locator("summary", has_text=name)).to_be_visible()
    page.get_by_label("Enabled").check()
    page.get_by_label("Who answers first").select_option(label="machine")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_label("Enabled")).to_be_checked()
    page.goto(here(app, chat))
    control = page.locator("#panel")
    for press, active in (("Pass", "people"), ("Offer", "people"), ("Accept", "machine"), ("Release", "Nobody")):
        if press in ("Pass", "Offer"):
            control.get_by_label("To whom").select_option(label="people" if press == "Pass" else "machine")
        control.get_by_role("button", name=press).click()
        expect(control.locator(".mark.good")).to_have_text(active)
        if press == "Offer":
            expect(control).to_contain_text("Offered to machine")
    assert client.conversations.get(chat).conversation.active_switchboard_integration is None


@pytest.mark.parametrize("look", [Look(scheme="light"), Look(scheme="dark")], ids=str)
def test_light_and_dark_are_as_the_system_has_it_until_somebody_chooses(at_desk: Page, look: Look) -> None:
    def is_dark() -> bool:
        return bool(
            at_desk.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).every((x) => x < 99)")
        )

    seen = [is_dark()]
    for _ in range(3):
        at_desk.get_by_role("button", name="Light or dark").click()
        at_desk.wait_for_load_state()
        seen.append(is_dark())
    assert seen == [look.scheme == "dark", False, True, look.scheme == "dark"]


@pytest.mark.parametrize("look", [Look("phone")], ids=str)
def test_on_a_phone_the_list_leads_to_a_conversation_and_back(page: Page, app: Caller, populated: Populated) -> None:
    sign_in(page, app, f"/console/apps/{app.app_id}/conversations")
    page.locator("#list a", has_text="Maria Mitchell").tap()
    expect(page.locator("#list")).to_be_hidden()
    expect(page.locator(".message").last).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Send")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="About").tap()
    expect(page.get_by_role("heading", name="Who takes part")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="About").tap()
    expect(page.get_by_role("heading", name="Who takes part")).to_be_hidden()
    page.get_by_role("link", name="All", exact=True).tap()
    expect(page.locator("#list a", has_text="Ada Lovelace")).to_be_in_viewport()


def test_all_of_it_goes_by_keyboard(page: Page, app: Caller, chat: str, client: Client) -> None:
    page.set_viewport_size({"width": 1100, "height": 800})
    page.goto(f"/console/sign-in?back=/console/apps/{app.app_id}/conversations")
    tab_to(page, page.get_by_label("Key ID"))
    page.keyboard.type(app.key_id)
    tab_to(page, page.get_by_label("Secret"))
    page.keyboard.type(app.secret)
    page.keyboard.press("Enter")
    tab_to(page, page.locator(f'#list a[href$="{chat}"]'))
    page.keyboard.press("Enter")
    about = page.get_by_role("button", name="About")
    tab_to(page, about)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who takes part")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Who takes part")).to_be_hidden()
    expect(about).to_be_focused()
    tab_to(page, answer(page))
    page.keyboard.type("By keys alone")
    page.keyboard.press("Control+Enter")
    expect(bubbles(page)).to_have_text(["By keys alone"])
    assert said(client, chat) == ["By keys alone"]


def tab_to(page: Page, wanted: Locator) -> None:
    """By Tab, as often as it takes; and where it leads can be seen."""
    expect(wanted).to_be_visible()
    for _ in range(40):
        if wanted.evaluate("(each) => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {wanted}")


def test_without_a_script_it_is_read_and_answered(
    browser: Browser, app: Caller, client: Client, chat: str, ada: str
) -> None:
    for number in range(ALL_AT_ONCE + 5):
        says(client, chat, ada, f"message {number}")
    context = browser.new_context(base_url=app.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, app, here(app, chat))
    expect(bubbles(page)).to_have_count(ALL_AT_ONCE)
    page.get_by_role("link", name="Earlier messages").click()
    expect(bubbles(page)).to_have_text([f"message {number}" for number in range(5)])
    page.get_by_role("link", name="Back to the newest").click()
    answer(page).fill("Without a script")
    page.get_by_role("button", name="Send").click()
    expect(bubbles(page).last).to_have_text("Without a script")
    page.locator(".message").last.locator("summary").click()
    page.locator(".message").last.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Delete this message?")
    page.get_by_role("button", name="Yes").click()
    expect(bubbles(page).last).to_have_text("message 44")
    context.close()


def test_a_bots_view_is_that_of_who_has_control(page: Page, app: Caller, populated: Populated) -> None:
    """The list tells what is unread, and the conversation who has it and to whom it is offered."""
    sign_in(page, app, f"/console/apps/{app.app_id}/conversations")
    row = page.locator("#list a", has_text="Maria Mitchell")
    expect(row).to_contain_text("3 unread")
    page.goto(path("conversation", app, populated))
    expect(page.locator("#panel .mark.good")).to_have_text("bot")
    expect(page.locator("#panel")).to_contain_text("Offered to agents")
    expect(row.locator(".unread")).to_have_count(0)
