"""What programs look for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.people import Person


async def test_a_password_manager_finds_the_form(ada: Person, grace: Person) -> None:
    page = await ada.visit("/.well-known/change-password")
    assert page.location == "/account/manage/change-password"
    await grace.log_in()
    form = await grace.follow(await grace.visit("/.well-known/change-password"))
    assert form.soup.select_one("input[name=new_password][autocomplete=new-password]")


async def test_whoever_finds_a_hole_finds_whom_to_tell(ada: Person, tell: Callable[..., None]) -> None:
    tell(SECURITY_CONTACT="mailto:security@acme.example")
    page = await ada.visit("/.well-known/security.txt")
    assert page.headers["Content-Type"] == "text/plain; charset=utf-8"
    told = dict(line.split(": ", 1) for line in page.text.splitlines())
    assert told["Contact"] == "mailto:security@acme.example"
    assert told["Canonical"] == "http://localhost/.well-known/security.txt"
    left = datetime.fromisoformat(told["Expires"]) - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)


async def test_nobody_is_named_unless_that_is_set(ada: Person) -> None:
    assert (await ada.visit("/.well-known/security.txt")).status == 404


async def test_robots_are_kept_from_what_is_personal(ada: Person) -> None:
    page = await ada.visit("/robots.txt")
    assert page.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert page.text == "User-agent: *\nDisallow: /account/\nDisallow: /admin/\n"
    assert "Set-Cookie" not in page.headers
