"""The people in these tests, and the browsers that they come with."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bs4 import BeautifulSoup
from quart.typing import TestClientProtocol
from quart.wrappers import Response

from tests import secrecy
from tests.servers import MailServer

PASSWORD = "difference engine no. 2"


@dataclass
class Page:
    """What the browser shows."""

    status: int
    headers: Any
    text: str

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.text, "html.parser")

    @property
    def heading(self) -> str:
        found = self.soup.find("h1")
        return found.get_text(strip=True) if found else ""

    @property
    def messages(self) -> list[str]:
        """The flashes, the form's messages, and what is wrong with each field."""
        found = self.soup.select("p.alert, .alert li, .invalid-feedback")
        return [message.get_text(strip=True) for message in found]

    @property
    def csrf_token(self) -> str:
        found = re.search(r'name="csrf_token" value="(\w+)"', self.text)  # a hundred times as fast as asking the soup
        return found[1] if found else ""

    @property
    def location(self) -> str | None:
        location: str | None = self.headers.get("Location")
        return location


class Person:
    """Somebody with a name, an address, a password, and a browser of their own that keeps its cookies."""

    def __init__(self, browser: TestClientProtocol, mail_server: MailServer, first_name: str, last_name: str) -> None:
        self.first_name, self.last_name = first_name, last_name
        self.email = f"{first_name}@example.com".lower()
        self.password = PASSWORD
        self.browser = browser
        self._mail_server = mail_server

    async def visit(self, path: str, **options: Any) -> Page:
        """Open an address, without following where it sends us."""
        return await self._page(await self.browser.get(path, **options))

    async def post(self, path: str, form: dict[str, Any] | None = None, **options: Any) -> Page:
        """Send a form as it is given, with no token of its own."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | options.pop("headers", {})
        body = urlencode(form or {}, doseq=True)
        secrecy.keep_typed(form or {})
        return await self._page(await self.browser.post(path, data=body, headers=headers, **options))

    async def submit(self, path: str, **fields: Any) -> Page:
        """Open the page and send its form."""
        page = await self.visit(path)
        return await self.post(path, fields | {"csrf_token": page.csrf_token})

    async def follow(self, page: Page) -> Page:
        """Go where the page sends us."""
        assert page.location is not None, f"{page.status}: {page.messages}"
        return await self.visit(page.location)

    async def register(self, **other: Any) -> Page:
        fields = {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "email": self.email,
            "password": self.password,
            "password2": self.password,
        }
        return await self.submit("/account/register", **fields | other)

    async def log_in(self, path: str = "/account/login", **other: Any) -> Page:
        return await self.submit(path, **{"email": self.email, "password": self.password} | other)

    async def log_in_with(self, token: str, **options: Any) -> Page:
        """Send the login form with a token that we name."""
        form = {"email": self.email, "password": self.password, "csrf_token": token}
        return await self.post("/account/login", form, **options)

    def mails(self, subject: str = "") -> list[Any]:
        """What has arrived at our address, oldest first."""
        return [mail for mail in self._mail_server.to(self.email) if subject in mail["Subject"]]

    def forget_mails(self) -> None:
        """Throw away what has arrived, so that the next mail is the first."""
        self._mail_server.forget()

    def link(self, subject: str = "") -> str:
        """The path of the link in our latest mail that has this in its subject."""
        text = self.mails(subject)[-1].get_body(("plain",)).get_content()
        found = re.search(r"^http://[^/\s]+(/\S+)\s*$", text, re.MULTILINE)
        assert found, text
        secrecy.keep([found[1].rpartition("/")[2]])
        return found[1]

    async def _page(self, response: Response) -> Page:
        secrecy.keep_cookies({cookie.name: cookie.value or "" for cookie in self.browser.cookie_jar or ()})
        return Page(response.status_code, response.headers, await response.get_data(as_text=True))
