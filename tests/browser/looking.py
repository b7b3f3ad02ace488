"""Looking closely at a page: with axe, and with a camera, in both themes and on both sizes of screen."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bs4 import BeautifulSoup
from playwright.async_api import Page

from tests.servers import ROOT

SCREENSHOTS = ROOT / "var/screenshots"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SCREENS = {"phone": (390, 844), "desktop": (1280, 800)}


@dataclass(frozen=True)
class Look:
    """A page in one theme on one screen, and what axe has against it."""

    place: str
    theme: str
    screen: str
    violations: list[str]

    @property
    def picture(self) -> str:
        return f"{self.place}-{self.screen}-{self.theme}.png"


async def looks(page: Page, place: str) -> AsyncIterator[Look]:
    """Look at what is open, without loading it again."""
    await page.evaluate(AXE.read_text())
    for screen, (width, height) in SCREENS.items():
        await page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            await page.emulate_media(color_scheme=theme)
            look = Look(place, theme, screen, await _violations(page))
            await page.screenshot(path=SCREENSHOTS / look.picture, full_page=True)
            yield look


async def _violations(page: Page) -> list[str]:
    habits = [] if page.url.endswith("/html") else ["best-practice"]  # landmarks, which a mail has none of
    options = {"runOnly": WCAG + habits, "resultTypes": ["violations"], "iframes": False}
    async with asyncio.timeout(30):
        result = await page.evaluate("options => axe.run(options)", options)
    return [
        f"{rule['id']}: {node['target'][0]} ({node['failureSummary'].splitlines()[-1].strip()})"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]


def inline(document: str) -> list[str]:
    """The scripts and styles that stand in a page itself, where the policy forbids them."""
    soup = BeautifulSoup(document, "html.parser")
    forbidden = soup.select("script:not([src]), style, [style]")
    handlers = [tag for tag in soup.find_all() if any(name.startswith("on") for name in tag.attrs)]
    return [str(tag)[:80] for tag in [*forbidden, *handlers]]


def sheet(seen: list[Look]) -> str:
    """A page that shows all the pictures."""
    figures = "".join(
        f'<figure><a href="{look.picture}"><img src="{look.picture}" loading="lazy"></a>'
        f"<figcaption>{Path(look.picture).stem}</figcaption></figure>"
        for look in seen
    )
    style = (
        "body{font:14px system-ui;display:flex;flex-wrap:wrap;gap:1em}figure{margin:0}img{height:20em;border:1px solid}"
    )
    return f'<!doctype html><meta charset="utf-8"><title>Every page</title><style>{style}</style>{figures}\n'


def table(seen: list[Look]) -> str:
    """How many violations each page has, in each theme on each screen."""
    columns = [(screen, theme) for screen in SCREENS for theme in THEMES]
    found = {(look.place, look.screen, look.theme): look.violations for look in seen}
    head = " | ".join(f"{screen}, {theme}" for screen, theme in columns)
    lines = [f"| page | {head} |", "|---|" + "---|" * len(columns)]
    lines += [
        f"| {place} | {' | '.join(str(len(found[place, *column])) for column in columns)} |"
        for place in dict.fromkeys(look.place for look in seen)
    ]
    messages = sorted({f"- {look.place}: {violation}" for look in seen for violation in look.violations})
    return "\n".join([*lines, "", *messages, ""])
