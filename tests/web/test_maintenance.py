"""While something is mended, nobody comes in but those who mend it."""

from collections.abc import AsyncIterator

import pytest
from quart import Quart

from tests.conftest import another_app
from tests.people import Person


@pytest.fixture
async def closed(app: Quart, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Quart]:
    async with another_app(monkeypatch, MAINTENANCE="True") as another:
        yield another


def come_to(closed: Quart, person: Person) -> Person:
    person.browser = closed.test_client()
    return person


async def test_everybody_is_asked_to_come_back(closed: Quart, ada: Person, grace: Person) -> None:
    for person in (come_to(closed, ada), come_to(closed, grace)):
        for path in ("/", "/about", "/account/register", "/account/manage", "/admin/", "/no/such/page"):
            page = await person.visit(path)
            assert (page.status, page.headers["Retry-After"]) == (503, "300")
            assert "back soon" in page.text
    await grace.log_in()
    assert (await grace.visit("/account/manage")).status == 503


async def test_monitors_and_styles_are_answered(closed: Quart, ada: Person) -> None:
    come_to(closed, ada)
    for path in ("/healthz", "/readyz", "/static/logo.svg"):
        assert (await ada.visit(path)).status == 200


async def test_administrators_come_in_and_work(closed: Quart, root: Person) -> None:
    come_to(closed, root)
    await root.log_in()
    for path in ("/", "/admin/", "/admin/users"):
        assert (await root.visit(path)).status == 200


async def test_otherwise_everybody_comes_in(ada: Person) -> None:
    assert (await ada.visit("/")).status == 200
