"""Every page that people can see, and how they come there; `test_walk.py` goes to all of them."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import expect

from app.mail.kinds import KINDS
from app.web import errors
from tests.browser.window import Window

VISITOR, UNCONFIRMED, MEMBER, ADMINISTRATOR = "visitor", "unconfirmed", "member", "administrator"

Do = Callable[[Window], Awaitable[None]]


@dataclass(frozen=True)
class Place:
    """A page as somebody sees it, perhaps once they have done something there."""

    who: str
    path: str
    state: str = ""
    do: Do | None = None

    @property
    def name(self) -> str:
        """What its pictures are called."""
        words = re.findall(r"[\w-]+", self.path.partition("?")[0])
        return "-".join([self.who, *(words or ["home"]), *([self.state] if self.state else [])])


def press(button: str, then: str, **fields: str | bool) -> Do:
    """Fill in the fields, press the button, and wait until the page says what is expected."""

    async def do(window: Window) -> None:
        await window.submit(button, fields)
        await expect(window.main.get_by_text(then).first).to_be_visible()

    return do


def click(link: str) -> Do:
    """Follow a link that opens a dialog."""

    async def do(window: Window) -> None:
        await window.link(link).click()
        await expect(window.page.get_by_role("dialog")).to_be_visible()

    return do


async def type_password(window: Window) -> None:
    await window.fill({"First name": "Ada", "Email": "ada@example.com", "Password": "difference engine"})
    await expect(window.main.locator("meter")).to_be_visible()


async def open_menu(window: Window) -> None:
    """Open the account's menu, which on a phone lies in the page's menu."""
    for summary in await window.page.get_by_role("navigation", name="Main").locator("summary").all():
        await summary.evaluate("summary => summary.parentElement.open = true")


async def save_too_late(window: Window) -> None:
    """Save a text that somebody else has changed meanwhile."""
    await window.page.locator("[name=started_from]").evaluate("field => field.value = 1")
    await window.submit("Save", {"Text": "Another text"})
    await expect(window.main.get_by_text("while you were editing it")).to_be_visible()


PLACES = [
    *[
        Place(VISITOR, path)
        for path in (
            "/",
            "/about",
            "/pages/opening-hours",
            "/account/login",
            "/account/register",
            "/account/reset-password",
            "/account/reset-password/{reset}",
            "/account/confirm-account/{confirm}",
            "/account/join-from-invite/{invited}/{invite}",
            "/dev/mail",
            "/dev/mail/{mail_confirm}",
            *(f"/dev/mail/{{mail_{name}}}/html" for name in KINDS),
        )
    ],
    Place(
        VISITOR, "/account/login", "refused", press("Log in", "Invalid email", Email="ada@example.com", Password="no")
    ),
    Place(VISITOR, "/account/register", "refused", press("Register", "Invalid email", Email="ada@", Password="no")),
    Place(VISITOR, "/account/register", "typing", type_password),
    Place(VISITOR, "/account/join-from-invite/{late}/{too_late}", "too-late"),
    *[Place(VISITOR, f"/fail/{code}") for code in errors.TITLES],
    *[Place(UNCONFIRMED, path) for path in ("/account/unconfirmed", "/account/confirm-account")],
    *[
        Place(MEMBER, path)
        for path in (
            "/",
            "/account/manage",
            "/account/manage/change-password",
            "/account/manage/change-email",
            "/account/manage/change-email/{change_email}",
            "/account/manage/sessions",
            "/account/manage/activity",
            "/account/reauthenticate",
            "/account/logout",
        )
    ],
    Place(MEMBER, "/account/manage", "refused", press("Update name", "is required", **{"First name": ""})),
    Place(MEMBER, "/account/manage", "saved", press("Update name", "has been updated")),
    Place(MEMBER, "/", "menu", open_menu),
    Place(MEMBER, "/account/manage", "dialog", click("Log out")),
    *[
        Place(ADMINISTRATOR, path)
        for path in (
            "/",
            "/about",
            "/admin/",
            "/admin/users",
            "/admin/new-user",
            "/admin/invite-user",
            "/admin/invitations",
            "/admin/user/{user}",
            "/admin/user/{user}/change-email",
            "/admin/user/{user}/change-account-type",
            "/admin/user/{user}/delete",
            "/admin/roles",
            "/admin/roles/new",
            "/admin/roles/{role}",
            "/admin/pages",
            "/admin/pages/about",
            "/admin/pages/opening-hours/delete",
            "/admin/pages/about/revisions",
            "/admin/pages/about/revisions/{revision}",
            "/admin/mail",
            "/admin/jobs",
            "/admin/audit",
        )
    ],
    Place(ADMINISTRATOR, "/admin/users?q=gra+hop", "found"),
    Place(ADMINISTRATOR, "/admin/users?q=nobody+like+that", "nobody"),
    Place(ADMINISTRATOR, "/admin/audit?who=nobody", "empty"),
    Place(ADMINISTRATOR, "/admin/mail?state=dead", "dead"),
    Place(ADMINISTRATOR, "/admin/jobs?state=discarded", "empty"),
    Place(ADMINISTRATOR, "/admin/roles/new", "refused", press("Save role", "is required")),
    Place(ADMINISTRATOR, "/admin/user/{user}", "dialog", click("Delete user")),
    Place(ADMINISTRATOR, "/admin/pages/about", "preview", press("Preview", "not saved yet")),
    Place(ADMINISTRATOR, "/admin/pages/about", "overtaken", save_too_late),
]
