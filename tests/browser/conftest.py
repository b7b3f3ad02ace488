"""The whole stack, and a real browser before it: `quart web`, `quart worker`, SQLite, Valkey, SMTP, and Chromium."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright

from app.settings import Settings
from tests.browser import chromium as program
from tests.browser.window import Window
from tests.people import Person
from tests.servers import ROOT, free_port, process, quart

OpenWindow = Callable[..., Awaitable[Window]]


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One database will do: what differs between them, no browser sees."""
    return f"sqlite:///{tmp_path_factory.mktemp('database')}/browser.sqlite"


@pytest.fixture(scope="session")
async def site(app: object, environment: dict[str, str]) -> AsyncIterator[str]:
    """The address of the application, whose worker is at work."""
    port = free_port()
    told = environment | {
        "QUART_APP": "tests.failing",
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "BASE_URL": f"http://localhost:{port}",
        "LOG_LEVEL": "info",
        "LIVE_FOR": "60",
        "JOBS_BEAT": "1",
    }
    told |= {name.upper(): "1000/second" for name in Settings.__struct_fields__ if name.startswith("limit_")}
    async with (
        process(*quart("web"), environment=told, until="web.started"),
        process(*quart("worker"), environment=told, until="worker.started"),
    ):
        yield told["BASE_URL"]


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    found = program.find()
    assert found, program.MISSING
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found)
        yield browser
        await browser.close()


@pytest.fixture
def scripts() -> bool:
    """Whether JavaScript is on; tests of what people do have it both ways."""
    return True


@pytest.fixture
async def open_window(chromium: Browser, site: str, scripts: bool) -> AsyncIterator[OpenWindow]:
    """Open a window in a browser that nobody has used yet; none of its pages may complain about anything."""
    opened: list[Window] = []

    async def open_window(**options: Any) -> Window:
        context = await chromium.new_context(base_url=site, java_script_enabled=scripts, **options)
        context.set_default_timeout(10_000)
        opened.append(Window(await context.new_page(), site, has_scripts=scripts))
        return opened[-1]

    yield open_window
    for window in opened:
        await window.page.context.close()
    assert [complaint for window in opened for complaint in window.complaints] == []


@pytest.fixture
async def window(open_window: OpenWindow) -> Window:
    return await open_window()


@pytest.fixture
async def office(open_window: OpenWindow, root: Person) -> Window:
    """The window of an administrator who has logged in."""
    office = await open_window()
    await office.log_in(root)
    return office
