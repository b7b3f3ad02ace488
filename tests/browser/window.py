"""A window of a real browser, used by what stands on the page: roles, labels and names, never classes."""

import asyncio
from collections.abc import Mapping
from re import Pattern

from playwright.async_api import ConsoleMessage, Locator, Page, Request, Response, WebError, expect

from tests.people import Person
from tests.servers import eventually

REFUSED = "Failed to load resource: the server responded with a status of"

Fields = Mapping[str, str | bool]


class Window:
    """One window with cookies of its own, which notes what no page of ours may do."""

    def __init__(self, page: Page, site: str, *, has_scripts: bool) -> None:
        self.page, self.site, self.has_scripts = page, site, has_scripts
        self.complaints: list[str] = []
        self._documents: set[str] = set()
        page.on("response", self._on_response)
        page.on("request", self._on_request)
        page.on("console", self._on_console)
        page.context.on("weberror", self._on_error)

    @property
    def main(self) -> Locator:
        """What somebody is busy with: the page's main part, or the dialog over it."""
        return self.page.locator("main, dialog[open]")

    def field(self, label: str) -> Locator:
        return self.main.get_by_label(label, exact=True)

    def button(self, name: str) -> Locator:
        return self.main.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.main.get_by_role("link", name=name, exact=True)

    def row(self, text: str) -> Locator:
        """The row of a table that has this in it."""
        return self.main.get_by_role("row").filter(has_text=text)

    async def visit(self, path: str) -> Response:
        response = await self.page.goto(path)
        assert response is not None
        return response

    async def fill(self, fields: Fields) -> None:
        for label, value in fields.items():
            field = self.field(label)
            if isinstance(value, bool):
                await field.set_checked(value)
            elif await field.evaluate("field => field.tagName") == "SELECT":
                await field.select_option(label=value)
            else:
                await field.fill(value)

    async def submit(self, button: str, fields: Fields | None = None) -> None:
        """Fill in what stands beside these labels, and press the button."""
        await self.fill(fields or {})
        await self.button(button).click()

    async def log_in(self, person: Person) -> None:
        await self.visit("/account/login")
        await self.submit("Log in", {"Email": person.email, "Password": person.password})
        await self.hears("You are now logged in. Welcome back!")

    async def sees(self, heading: str | Pattern[str]) -> None:
        """Wait for the page with this heading."""
        await expect(self.main.get_by_role("heading", level=1, name=heading)).to_be_visible()

    async def hears(self, message: str) -> None:
        """Wait for a message that a screen reader says aloud, too."""
        spoken = self.page.get_by_role("status").or_(self.page.get_by_role("alert"))
        await expect(spoken.filter(has_text=message).first).to_be_visible()

    async def wait_for(self, what: Locator) -> None:
        """Wait until the page shows it: with JavaScript it does so by itself, without once it is loaded again."""
        if self.has_scripts:
            await expect(what).to_be_visible()
        else:
            async with asyncio.timeout(10):
                while not await what.count():
                    await self.page.reload()

    async def open_mail(self, person: Person, subject: str) -> None:
        """Wait for the mail that has this in its subject, and follow its link."""
        await eventually(lambda: person.mails(subject))
        await self.visit(person.link(subject))

    def _on_response(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._documents.add(response.url)

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.site}/", "data:", "blob:")):
            self.complaints.append(f"{self.page.url} loads {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        # Chromium logs every answer of 400 and more, which a page has a right to be.
        refused = message.text.startswith(REFUSED) and message.location["url"] in self._documents
        if message.type in {"error", "warning"} and not refused:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _on_error(self, error: WebError) -> None:
        self.complaints.append(f"{self.page.url}: {error.error}")
