"""The pages for everybody."""

import pytest

from tests.people import Person


async def test_the_process_says_that_it_is_alive_to_anybody(ada: Person) -> None:
    ada.browser.set_cookie("localhost", "auth", "nonsense")
    page = await ada.visit("/healthz")
    assert (page.status, page.text.strip()) == (200, '{"status":"ok"}')
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize("path", ["/", "/account/login", "/account/register", "/no/such/page"])
async def test_every_page_is_html_that_names_its_language_and_itself(ada: Person, path: str) -> None:
    page = await ada.visit(path)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    html, title = page.soup.find("html"), page.soup.find("title")
    assert html is not None
    assert title is not None
    assert html["lang"] == "en"
    assert "Quart-Base" in title.get_text()


async def test_the_about_page_says_something_before_anybody_has_written_it(ada: Person) -> None:
    page = await ada.visit("/about")
    assert (page.status, page.heading) == (200, "About")
    assert "This is Quart-Base." in page.text
    assert page.soup.select_one('nav a[href="/about"][aria-current="page"]')


@pytest.mark.parametrize("name", ["unknown", "About", "a b", "%00", "%ED%A0%80", "..", "a" * 101])
async def test_a_page_that_nobody_has_added_is_not_there(ada: Person, name: str) -> None:
    assert (await ada.visit(f"/pages/{name}")).status == 404


async def test_the_about_page_has_one_address(ada: Person) -> None:
    assert (await ada.visit("/pages/about")).location == "/about"


async def test_only_administrators_are_shown_the_way_to_edit(ada: Person, grace: Person, root: Person) -> None:
    for person, shown in ((ada, False), (grace, False), (root, True)):
        if person is not ada:
            await person.log_in()
        page = await person.visit("/about")
        assert bool(page.soup.select('a[href="/admin/pages/about"]')) is shown
