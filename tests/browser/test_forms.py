"""What scripts add to forms: passwords that can be shown, and how strong they are."""

import pytest
from playwright.async_api import expect

from tests.browser.window import Window
from tests.people import Person

pytestmark = pytest.mark.browser


async def test_a_password_is_shown_and_hidden_again_before_it_is_sent(window: Window, grace: Person) -> None:
    await window.visit("/account/login")
    password = window.field("Password")
    await password.fill("guessed")
    await expect(password).to_have_attribute("type", "password")
    await window.button("Show password").click()
    await expect(password).to_have_attribute("type", "text")
    await window.page.evaluate(
        "document.querySelector('main form').addEventListener('submit', e => e.preventDefault())"
    )
    await window.button("Log in").click()
    await expect(password).to_have_attribute("type", "password")


async def test_how_strong_a_password_is_is_shown_and_said_aloud(window: Window) -> None:
    await window.visit("/account/register")
    await window.fill({"First name": "Ada", "Last name": "Lovelace"})
    said = window.main.locator("[aria-live=polite]").filter(has_text="Strength")
    await expect(said).to_have_count(1)
    meter = window.main.locator("meter")
    await expect(meter).to_be_hidden()
    strengths = []
    for password in ("password", "lovelace", "difference engine no. 2"):
        await window.fill({"Password": password})
        await expect(meter).to_be_visible()
        strengths.append(await said.text_content())
    assert strengths == ["Strength: Bad", "Strength: Bad", "Strength: Strong"]
    assert await meter.evaluate("meter => meter.value") == 4


async def test_without_scripts_nothing_of_that_is_in_the_way(window: Window) -> None:
    await window.page.route("**/*.js", lambda route: route.abort())
    await window.visit("/account/register")
    await expect(window.main.locator("meter")).to_be_hidden()
    await expect(window.button("Register")).to_be_enabled()
    await expect(window.button("Show password")).to_have_count(0)
    window.complaints.clear()  # of scripts that we kept from it ourselves
