"""What a page loads."""

import re
from base64 import b64encode
from hashlib import sha384

import pytest
from bs4 import Tag
from quart import Quart

from app.settings import ROOT
from tests.people import Page, Person

LOADED = "link[href], script[src], img[src], source[src], iframe[src]"


def loaded(page: Page) -> dict[str, Tag]:
    """The tags that load something, each under its address."""
    return {str(tag.get("href") or tag.get("src")): tag for tag in page.soup.select(LOADED)}


@pytest.mark.parametrize("path", ["/", "/account/login", "/account/register", "/no/such/page"])
async def test_everything_that_a_page_loads_comes_from_here_and_is_there(ada: Person, path: str) -> None:
    addresses = loaded(await ada.visit(path))
    assert any(address.endswith(".css") for address in addresses)
    for address in addresses:
        assert address.startswith("/static/")
        assert (await ada.visit(address)).status == 200


async def test_styles_and_scripts_are_named_by_their_content_and_tell_their_checksum(ada: Person) -> None:
    page = await ada.visit("/account/register")
    files = {address: tag for address, tag in loaded(page).items() if re.search(r"\.(css|js)$", address)}
    assert [re.sub(r".*/(\w+)-[A-Z0-9]{8}\.", r"\1.", file) for file in files] == ["app.css", "app.js", "password.js"]
    for address, tag in files.items():
        answer = await ada.browser.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert tag["integrity"] == f"sha384-{b64encode(sha384(await answer.get_data(as_text=False)).digest()).decode()}"


async def test_a_login_page_takes_four_requests_and_little_weight(ada: Person) -> None:
    page = await ada.visit("/account/login")
    weights = {}
    for address in ["/account/login", *loaded(page)]:
        answer = await ada.browser.get(address, headers={"Accept-Encoding": "br"})
        weights[address] = len(await answer.get_data(as_text=False))
    assert len(weights) == 4
    assert sum(weights.values()) < 60_000
    assert sum(weight for address, weight in weights.items() if address.endswith(".css")) < 25_000


@pytest.mark.parametrize("template", ["partials/_head.html", "mail/layout.html"])
def test_what_cannot_read_the_theme_repeats_its_colours(template: str) -> None:
    repeated = set(re.findall("#[0-9a-f]{6}", (ROOT / "templates" / template).read_text()))
    assert repeated
    assert repeated <= set(re.findall("#[0-9a-f]{6}", (ROOT / "assets/styles/_theme.scss").read_text()))


@pytest.mark.parametrize(
    ("theme", "attribute"), [("dark", "dark"), ("light", "light"), ("system", None), ('"><b>', None)]
)
async def test_a_page_comes_in_the_colours_that_were_chosen(ada: Person, theme: str, attribute: str | None) -> None:
    page = await ada.visit("/", headers={"Cookie": f"theme={theme}"})
    [html], [meta] = page.soup.select("html"), page.soup.select("meta[name=color-scheme]")
    assert html.get("data-bs-theme") == attribute
    assert meta["content"] == (attribute or "light dark")
    bars = page.soup.select("meta[name=theme-color]")
    both = ["(prefers-color-scheme: light)", "(prefers-color-scheme: dark)"]
    assert [tag.get("media") for tag in bars] == ([None] if attribute else both)
    assert "Cookie" in page.headers["Vary"]


async def test_behind_tls_the_colours_are_remembered_for_this_host_only(ada: Person, over_https: Quart) -> None:
    ada.browser = over_https.test_client()
    page = await ada.visit("/", headers={"Cookie": "__Host-theme=dark; theme=light", "X-Forwarded-Proto": "https"})
    html, themes = page.soup.find("html"), page.soup.select_one("[data-themes]")
    assert html is not None
    assert themes is not None
    assert (html.get("data-bs-theme"), themes["data-themes"]) == ("dark", "__Host-theme")
