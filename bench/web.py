"""Web servers that are to be measured, and a browser that logs in there."""

import asyncio
import re
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from httpx2 import AsyncClient, TransportError

from bench.client import PATIENCE, Request
from bench.services import ADMIN_EMAIL, ADMIN_PASSWORD, Services, process
from tests.servers import free_port, quart


@asynccontextmanager
async def serving(services: Services, *command: str) -> AsyncIterator[tuple[str, Process]]:
    """A web server's address and process, from its first answer on; our own if no other is named."""
    port = free_port()
    environment = services.environment(PORT=str(port))
    async with process(*(command or quart("web")), environment=environment) as running:
        url = f"http://127.0.0.1:{port}"
        await first_answer(url)
        yield url, running


async def first_answer(url: str) -> None:
    """Wait until somebody answers there."""
    async with asyncio.timeout(PATIENCE), AsyncClient() as browser:
        while True:
            try:
                await browser.get(url)
            except TransportError:
                await asyncio.sleep(0.01)
            else:
                return


async def login_form(url: str) -> Request:
    """The administrator's login form, filled in; it may be sent many times, as if by many browsers.

    They have been logged in with before: of a browser that has not, the administrator would be told by mail.
    """
    async with AsyncClient(base_url=url) as browser:
        await browser.post("/account/login", data=await _filled_in(browser))
        await browser.post("/account/logout", data=await _filled_in(browser, "/account/logout"))
        form = await _filled_in(browser)
        return Request.post(f"{url}/account/login", form, cookies=_cookies(browser))


async def log_in(url: str) -> str:
    """The cookies of a browser in which the administrator is logged in, and has looked around."""
    async with AsyncClient(base_url=url) as browser:
        await browser.post("/account/login", data=await _filled_in(browser))
        await browser.get("/account/manage")  # with the first form comes a token, once
        return _cookies(browser)


async def _filled_in(browser: AsyncClient, form: str = "/account/login") -> dict[str, str]:
    page = await browser.get(form)
    found = re.search(r'name="csrf_token" value="(\w+)"', page.text)
    assert found, page.text
    return {"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD, "csrf_token": found[1]}


def _cookies(browser: AsyncClient) -> str:
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)
