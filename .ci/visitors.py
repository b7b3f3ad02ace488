"""Those who come to the site that is deployed."""

import asyncio
import re
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trustme
from httpx2 import AsyncClient, Limits, Request

from tests.people import PASSWORD
from tests.servers import MailServer, eventually

NAME = "www.rehearsal.example"
RATE = 25  # requests a second; a machine with two cores that does all of this has no more to spare for a cold dyno


class Visitors:
    """People, each in a browser of their own, and all those who only look around; over HTTPS."""

    def __init__(self, port: int, authority: trustme.CA, mail_server: MailServer) -> None:
        self._url, self._mail_server = f"https://127.0.0.1:{port}", mail_server
        self._tls = ssl.create_default_context()
        authority.configure_trust(self._tls)
        self.answers: Counter[str] = Counter()
        self.signed_up: list[str] = []

    def browser(self, **options: object) -> AsyncClient:
        async def say_the_name(request: Request) -> None:
            request.extensions["sni_hostname"] = NAME

        headers = {"Host": self.host, "Origin": f"https://{self.host}"}
        hooks = {"request": [say_the_name]}
        return AsyncClient(
            base_url=self._url, verify=self._tls, headers=headers, event_hooks=hooks, timeout=35, **options
        )

    @property
    def host(self) -> str:
        return self._url.replace("https://127.0.0.1", NAME)

    async def sign_up(self, email: str) -> None:
        names = {"first_name": "Ada", "last_name": "Lovelace", "email": email}
        async with self.browser() as browser:
            await self._submit(browser, "/account/register", **names, password=PASSWORD, password2=PASSWORD)
        self.signed_up.append(email)

    async def confirm_and_log_in(self, email: str) -> None:
        await eventually(lambda: self._mail_server.to(email), within=20)
        text = self._mail_server.to(email)[0].get_body(("plain",)).get_content()
        link = re.search(rf"^https://{re.escape(self.host)}(/account/confirm-account/\S+)\s*$", text, re.MULTILINE)
        assert link, text
        async with self.browser() as browser:
            await self._submit(browser, link[1])
            await self._submit(browser, "/account/login", email=email, password=PASSWORD)
            page = await browser.get("/account/manage")
            assert page.is_success, page.status_code
            assert all(cookie.name.startswith("__Host-") for cookie in browser.cookies.jar)

    async def keep_signing_up(self, domain: str) -> None:
        for number in range(10):
            await self.sign_up(f"visitor{number}@{domain}")
            await asyncio.sleep(0.2)

    @asynccontextmanager
    async def looking_around(self) -> AsyncIterator[None]:
        """Ask so many times a second, from a little before what is done inside until a little after it."""
        stop = asyncio.Event()
        looking = asyncio.create_task(self._look_around(stop))
        await asyncio.sleep(1)
        yield
        await asyncio.sleep(1)
        stop.set()
        await looking

    async def _look_around(self, stop: asyncio.Event) -> None:
        async with self.browser(limits=Limits(max_keepalive_connections=0)) as browser, asyncio.TaskGroup() as group:
            while not stop.is_set():
                group.create_task(self._look(browser, "/" if self.answers.total() % 2 else "/about"))
                await asyncio.sleep(1 / RATE)

    async def _look(self, browser: AsyncClient, path: str) -> None:
        try:
            answer = await browser.get(path)
            self.answers[str(answer.status_code)] += 1
        except Exception as error:
            self.answers[repr(error)] += 1

    async def _submit(self, browser: AsyncClient, path: str, **fields: str) -> None:
        page = await browser.get(path)
        token, *_ = re.findall(r'name="csrf_token" value="(\w+)"', page.text)
        answer = await browser.post(path, data=fields | {"csrf_token": token})
        assert not answer.is_error, f"{path}: {answer.status_code}\n{answer.text}"
