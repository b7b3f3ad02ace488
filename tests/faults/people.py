"""The clients: people whose browsers speak HTTP to the web process, and who remember what they were told."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from http.cookiejar import CookieJar
from typing import Any, cast

from httpx2 import AsyncClient, TransportError
from quart.typing import TestClientProtocol
from quart.wrappers import Response
from werkzeug.datastructures import Headers

from tests.faults.ledger import CONFIRM, RESET, Answer, Ledger, Promise
from tests.people import Page, Person
from tests.servers import MailServer

Newcomer = Callable[[], "Visitor"]


class Browser:
    """Keeps cookies, and writes every answer into the ledger."""

    def __init__(self, client: AsyncClient, ledger: Ledger) -> None:
        self._client, self._ledger = client, ledger

    @property
    def cookie_jar(self) -> CookieJar:
        return self._client.cookies.jar

    async def get(self, path: str, **options: Any) -> Response:
        return await self._send("GET", path, **options)

    async def post(self, path: str, *, data: str, **options: Any) -> Response:
        return await self._send("POST", path, content=data, **options)

    async def _send(self, method: str, path: str, **options: Any) -> Response:
        started = time.monotonic()
        try:
            answer = await self._client.request(method, path, **options)
        except TransportError:
            self._ledger.unanswered += 1
            raise
        seconds = time.monotonic() - started
        self._ledger.answers.append(Answer(f"{method} {path}", answer.status_code, seconds))
        return Response(answer.text, answer.status_code, Headers(answer.headers.multi_items()))


class Visitor(Person):
    """Somebody who notes what was accepted."""

    def __init__(self, client: AsyncClient, mail_server: MailServer, ledger: Ledger, email: str) -> None:
        super().__init__(cast(TestClientProtocol, Browser(client, ledger)), mail_server, "Ada", "Lovelace")
        self.email = email
        self._client, self._ledger = client, ledger

    @property
    def cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._client.cookies.items())

    async def submit(self, path: str, **fields: Any) -> Page:
        page = await self.visit(path)
        if page.status != 200:
            return page  # there is no form on it
        return await self.post(path, fields | {"csrf_token": page.csrf_token})

    async def register(self, **other: Any) -> Page:
        return self._note(CONFIRM, await super().register(**other))

    async def forget_password(self) -> Page:
        return self._note(RESET, await self.submit("/account/reset-password", email=self.email))

    async def press(self, label: str, *, on: Page) -> Page:
        """Press a button of a form in which nothing else is filled in."""
        button = on.soup.find("button", string=label)
        assert button is not None, on.text
        form = button.find_parent("form")
        assert form is not None
        return await self.post(
            str(form["action"]), {str(button["name"]): str(button["value"]), "csrf_token": on.csrf_token}
        )

    def has_been_promised(self, subject: str) -> bool:
        return Promise(self.email, subject) in self._ledger.promises

    def _note(self, subject: str, page: Page) -> Page:
        if page.status == 302:
            self._ledger.promises.append(Promise(self.email, subject))
        return page


@asynccontextmanager
async def people_registering(newcomer: Newcomer, *, at_once: int = 8) -> AsyncIterator[list[Visitor]]:
    """One after the other somebody registers, so many at the same time, as long as the block lasts."""
    came: list[Visitor] = []
    over = asyncio.Event()

    async def keep_coming() -> None:
        while not over.is_set():
            came.append(newcomer())
            with suppress(TransportError):
                await came[-1].register()
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as crowd:
        for _ in range(at_once):
            crowd.create_task(keep_coming())
        try:
            yield came
        finally:
            over.set()


async def register(newcomer: Newcomer, number: int, *, at_once: int = 10) -> list[Visitor]:
    """Let so many people register; who is asked to come again does so, a few times."""
    people = [newcomer() for _ in range(number)]
    places = asyncio.Semaphore(at_once)

    async def come(visitor: Visitor) -> None:
        async with places:
            for _ in range(5):
                page = await visitor.register()
                if page.status != 503:
                    break
            assert page.status == 302, page.messages

    async with asyncio.TaskGroup() as crowd:
        for visitor in people:
            crowd.create_task(come(visitor))
    return people
