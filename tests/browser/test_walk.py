"""Every page, looked at closely: `var/axe.md` and `var/screenshots/index.html` tell what was seen."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route
from quart import Quart

from tests.browser import looking, places
from tests.browser.furniture import Furniture, furnish
from tests.browser.looking import SCREENSHOTS, Look
from tests.browser.places import PLACES, Place
from tests.browser.window import Window
from tests.conftest import another_app
from tests.servers import ROOT, MailServer, free_port, process, quart

pytestmark = pytest.mark.browser

NO_PAGES = {"static", "admin.live", "admin.export_events", "dev.reload"} | {
    f"main.{name}" for name in ("healthz", "readyz", "metrics", "robots_txt", "security_txt", "change_password")
}


@dataclass
class Walk:
    """What was seen on the way."""

    looks: list[Look] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    inline: dict[str, list[str]] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def maildir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the mails of development lie."""
    return tmp_path_factory.mktemp("sent") / "mail"


@pytest.fixture(scope="module")
async def development(app: object, environment: dict[str, str], maildir: Path) -> AsyncIterator[str]:
    """The address of the application as `just dev` runs it, which has pages of its own."""
    port = free_port()
    told = environment | {"QUART_CONFIG": "development", "DEV_DATABASE_URL": environment["DATABASE_URL"]}
    told |= {"PORT": str(port), "BASE_URL": f"http://localhost:{port}", "LOG_LEVEL": "info", "MAILDIR": str(maildir)}
    async with process(*quart("web"), environment=told, until="web.started"):
        yield told["BASE_URL"]


@pytest.fixture(scope="module")
async def walk(
    app: Quart,
    site: str,
    development: str,
    maildir: Path,
    mail_server: MailServer,
    chromium: Browser,
) -> Walk:
    """Everybody goes wherever they can."""
    furniture = await furnish(app, mail_server, maildir)
    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    SCREENSHOTS.mkdir(parents=True)
    seen = Walk()
    async with AsyncExitStack() as open_until_the_end:
        windows: dict[tuple[str, str], Window] = {}
        for place in PLACES:
            where = development if place.path.startswith("/dev/") else site
            if (place.who, where) not in windows:
                context = await chromium.new_context(base_url=where, reduced_motion="reduce")
                open_until_the_end.push_async_callback(context.close)
                await context.route("**/dev/mail/*/html", _without_policy)
                windows[place.who, where] = window = Window(await context.new_page(), where, has_scripts=True)
                if place.who != places.VISITOR:
                    await window.log_in(getattr(furniture, place.who))
            await _look(windows[place.who, where], place, furniture, seen)
        seen.complaints = [complaint for window in windows.values() for complaint in window.complaints]
    (SCREENSHOTS / "index.html").write_text(looking.sheet(seen.looks))
    (ROOT / "var/axe.md").write_text(looking.table(seen.looks))
    return seen


async def _look(window: Window, place: Place, furniture: Furniture, seen: Walk) -> None:
    path = place.path.format(**furniture.addresses)
    answer = await window.visit(path)
    seen.paths.append(path)
    if not path.endswith("/html"):  # a mail has its styles with it
        seen.inline[place.name] = looking.inline(await answer.text())
    if place.do:
        await place.do(window)
    seen.looks += [look async for look in looking.looks(window.page, place.name)]


async def _without_policy(route: Route) -> None:
    """Take a mail out of the box in which no script runs, not even axe."""
    answer = await route.fetch()
    headers = {name: value for name, value in answer.headers.items() if name != "content-security-policy"}
    await route.fulfill(response=answer, headers=headers)


async def test_every_page_is_walked(app: Quart, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with another_app(monkeypatch, QUART_CONFIG="development") as development:
        rules = development.url_map.bind("localhost")
        walked = {rules.match(path.partition("?")[0])[0] for path in walk.paths if not path.startswith("/fail")}
        pages = {rule.endpoint for rule in development.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - walked == NO_PAGES


def test_axe_finds_nothing_wrong(walk: Walk) -> None:
    assert [f"{look.picture}: {violation}" for look in walk.looks for violation in look.violations] == []


def test_no_page_has_a_script_or_a_style_inside(walk: Walk) -> None:
    assert {name: found for name, found in walk.inline.items() if found} == {}


def test_no_page_complains_breaks_the_policy_or_loads_from_elsewhere(walk: Walk) -> None:
    assert walk.complaints == []
