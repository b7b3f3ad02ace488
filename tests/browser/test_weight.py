"""How much a page weighs, how often it asks, and whether it jumps; counts, since times would depend on the machine."""

from typing import Any

import pytest
from playwright.async_api import ViewportSize

from tests.browser.conftest import OpenWindow
from tests.browser.window import Window

pytestmark = pytest.mark.browser

SHIFTS = """new Promise(resolve => {
    let sum = 0;
    new PerformanceObserver(list => {
        for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) sum += value;
    }).observe({ type: 'layout-shift', buffered: true });
    setTimeout(() => resolve(sum), 300);
})"""


async def load(window: Window, path: str) -> dict[str, int]:
    """What a page asks the network for, and how many bytes come of it, heads included."""
    wire = await window.page.context.new_cdp_session(window.page)
    addresses: dict[str, str] = {}
    weights: dict[str, int] = {}

    def asked(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def came(event: dict[str, Any]) -> None:
        if weight := event["encodedDataLength"]:  # nothing comes of what the browser has kept
            weights[addresses[event["requestId"]].removeprefix(window.site)] = weight

    wire.on("Network.requestWillBeSent", asked)
    wire.on("Network.loadingFinished", came)
    await wire.send("Network.enable")
    await window.visit(path)
    await window.page.wait_for_load_state("networkidle")
    await wire.detach()
    return weights


@pytest.mark.parametrize("path", ["/", "/account/login"])
async def test_a_page_is_light(window: Window, path: str) -> None:
    weights = await load(window, path)
    styles = sum(weight for address, weight in weights.items() if address.endswith(".css"))
    print(weights)  # noqa: T201 (`just test-browser -s` shows it)
    assert len(weights) < 5, weights
    assert sum(weights.values()) < 60_000, weights
    assert 0 < styles < 25_000, weights


async def test_the_next_page_loads_only_itself(window: Window) -> None:
    await load(window, "/")
    assert list(await load(window, "/about")) == ["/about"]


@pytest.mark.parametrize("path", ["/", "/account/login", "/account/register"])
@pytest.mark.parametrize("screen", [(390, 844), (1280, 800)], ids=["phone", "desktop"])
async def test_nothing_jumps_while_a_page_loads(open_window: OpenWindow, path: str, screen: tuple[int, int]) -> None:
    window = await open_window(viewport=ViewportSize(width=screen[0], height=screen[1]))
    await window.visit(path)
    assert await window.page.evaluate(SHIFTS) < 0.001
