"""Light, dark, or as the system says."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.window import Window

pytestmark = pytest.mark.browser

DARKEST, LIGHTEST = 80, 200


async def brightness(window: Window) -> float:
    """How bright the page's background is, from 0 to 255, once it has come to rest."""
    drawn = await window.page.screenshot(clip={"x": 0, "y": 400, "width": 4, "height": 4}, animations="disabled")
    script = """async picture => {
        const canvas = new OffscreenCanvas(4, 4).getContext('2d');
        canvas.drawImage(await createImageBitmap(new Blob([new Uint8Array(picture)])), 0, 0);
        return canvas.getImageData(0, 0, 4, 4).data.slice(0, 3).reduce((sum, part) => sum + part) / 3;
    }"""
    found: float = await window.page.evaluate(script, list(drawn))
    return found


async def choose(window: Window, theme: str) -> None:
    await window.page.get_by_role("button", name=theme, exact=True).click()


async def test_a_page_follows_the_system_until_somebody_chooses(window: Window) -> None:
    await window.visit("/")
    await window.page.emulate_media(color_scheme="dark")
    assert await brightness(window) < DARKEST
    await window.page.emulate_media(color_scheme="light")
    assert await brightness(window) > LIGHTEST
    await choose(window, "Dark")
    assert await brightness(window) < DARKEST
    await choose(window, "System")
    assert await brightness(window) > LIGHTEST


async def test_what_was_chosen_holds_from_the_first_byte_of_the_next_page_on(open_window: OpenWindow) -> None:
    window = await open_window(color_scheme="light")
    await window.visit("/")
    await choose(window, "Dark")
    await window.page.route("**/*.js", lambda route: route.abort())
    await window.visit("/account/login")
    assert await brightness(window) < DARKEST, "although no script has run"
    window.complaints.clear()  # of scripts that we kept from it ourselves
    await window.page.unroute("**/*.js")
    await window.visit("/account/login")
    chosen = window.page.get_by_role("button", name="Dark", exact=True)
    await expect(chosen).to_have_attribute("aria-pressed", "true")
