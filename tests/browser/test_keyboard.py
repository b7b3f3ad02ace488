"""Everything works without a mouse, and says what happens to whoever cannot see it."""

import pytest
from playwright.async_api import Page, expect
from quart import Quart

from tests.browser.conftest import OpenWindow
from tests.browser.window import Window
from tests.conftest import user_of
from tests.people import Person

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


async def focused(page: Page) -> str:
    """What a screen reader would call the thing that has the focus."""
    return str(await page.evaluate("(document.activeElement.ariaLabel ?? document.activeElement.textContent).trim()"))


async def test_the_first_stop_leads_past_the_navigation(window: Window) -> None:
    await window.visit("/account/login")
    await window.page.keyboard.press("Tab")
    skip = window.page.get_by_role("link", name="Skip to the content")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await window.page.keyboard.press("Enter")
    await window.page.keyboard.press("Tab")
    await expect(window.field("Email")).to_be_focused()


async def test_the_stops_come_in_the_order_in_which_the_page_reads(window: Window) -> None:
    await window.visit("/account/login")
    await window.field("Email").focus()
    stops = ["Email", "Password", "Show password", "Keep me logged in", "Log in", "Forgot your password?"]
    for stop in stops:
        named = window.main.get_by_label(stop, exact=True).or_(window.main.get_by_text(stop, exact=True))
        await expect(named.and_(window.page.locator(":focus"))).to_have_count(1)
        await window.page.keyboard.press("Tab")


async def test_whatever_has_the_focus_shows_it(window: Window) -> None:
    await window.visit("/account/login")
    for _ in range(12):
        await window.page.keyboard.press("Tab")
        ring = await window.page.evaluate(
            "(({outlineStyle, boxShadow}) => outlineStyle !== 'none' || boxShadow !== 'none')"
            "(getComputedStyle(document.activeElement))"
        )
        assert ring, await focused(window.page)


async def test_the_menu_of_a_phone_opens_and_closes(open_window: OpenWindow) -> None:
    window = await open_window(viewport=PHONE)
    await window.visit("/")
    menu = window.page.get_by_role("navigation", name="Main")
    about = menu.get_by_role("link", name="About")
    await expect(about).to_be_hidden()
    await menu.get_by_text("Menu").focus()
    await window.page.keyboard.press("Enter")
    await expect(about).to_be_visible()
    await window.page.keyboard.press("Tab")
    await expect(about).to_be_focused()
    await menu.get_by_text("Menu").focus()
    await window.page.keyboard.press("Space")
    await expect(about).to_be_hidden()


async def test_the_account_menu_opens_by_enter_and_closes_by_escape(window: Window, grace: Person) -> None:
    await window.log_in(grace)
    menu = window.page.get_by_role("navigation", name="Main")
    button = menu.locator("summary").filter(has_text="Grace Hopper")
    account = menu.get_by_role("link", name="Your Account")
    await button.focus()
    await expect(account).to_be_hidden()
    await window.page.keyboard.press("Enter")
    await expect(account).to_be_visible()
    await window.page.keyboard.press("Tab")
    await expect(account).to_be_focused()
    await window.page.keyboard.press("Escape")
    await expect(account).to_be_hidden()
    await window.page.keyboard.press("Enter")
    await expect(account).to_be_visible()


async def test_a_question_is_asked_in_a_dialog_that_escape_closes(app: Quart, office: Window, grace: Person) -> None:
    user = await user_of(app, grace.email)
    assert user is not None
    await office.visit(f"/admin/user/{user.id}")
    delete = office.link("Delete user")
    await delete.focus()
    await office.page.keyboard.press("Enter")
    dialog = office.page.get_by_role("dialog", name="Delete Grace Hopper?")
    await expect(dialog).to_be_visible()
    await expect(dialog.locator(":focus")).to_have_count(1)
    await office.page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(delete).to_be_focused()
    assert office.page.url.endswith(f"/admin/user/{user.id}")


async def test_whoever_is_refused_goes_on_at_the_first_mistake(window: Window) -> None:
    await window.visit("/account/register")
    await window.submit("Register", {"First name": "Ada", "Email": "ada@"})
    await expect(window.field("Last name")).to_be_focused()


async def test_messages_are_said_aloud_and_can_be_closed(window: Window, grace: Person) -> None:
    await window.log_in(grace)
    message = window.page.get_by_role("status").filter(has_text="You are now logged in.")
    await message.get_by_role("button", name="Close").focus()
    await window.page.keyboard.press("Enter")
    await expect(message).to_have_count(0)
