"""The cookies, and how they travel."""

from collections.abc import AsyncIterator

import pytest
from quart import Quart

from tests.conftest import another_app
from tests.people import Person


@pytest.fixture
async def behind_tls(app: Quart, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Quart]:
    """Another application, which is told that it is reached by HTTPS only."""
    async with another_app(monkeypatch, SSL_DISABLE="False") as another:
        yield another


async def test_behind_tls_every_cookie_is_for_this_host_and_for_https_only(behind_tls: Quart, grace: Person) -> None:
    grace.browser = behind_tls.test_client()
    page = await grace.visit("/account/login", scheme="https")
    cookies = page.headers.getlist("Set-Cookie")
    cookies += (await grace.log_in_with(page.csrf_token, scheme="https")).headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-session", "__Host-auth", "__Host-device"}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie
    assert (await grace.visit("/account/manage", scheme="https")).status == 200
