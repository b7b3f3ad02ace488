"""Who is asking, behind proxies."""

from typing import Any

import pytest
from quart import Quart
from sqlalchemy import select

from app.accounts.models import UserSession
from app.database import session
from tests.people import Person


async def seen(app: Quart, person: Person, headers: Any) -> str:
    """The address that the person's session was started from."""
    token = (await person.visit("/account/login")).csrf_token
    assert (await person.log_in_with(token, headers=headers)).status == 302
    async with app.app_context():
        ip: str = (await session().scalars(select(UserSession.ip).order_by(UserSession.id.desc()))).first() or ""
        return ip


@pytest.mark.parametrize(
    ("forwarded", "ip"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("10.9.8.7, 203.0.113.7", "203.0.113.7"),
        ("2001:db8::7", "2001:db8::7"),
        ('evil"<b>', "<local>"),
        ("", "<local>"),
    ],
)
async def test_the_word_of_our_own_proxy_counts_and_what_stands_before_it_does_not(
    behind_a_proxy: Quart, grace: Person, forwarded: str, ip: str
) -> None:
    grace.browser = behind_a_proxy.test_client()
    assert await seen(behind_a_proxy, grace, {"X-Forwarded-For": forwarded}) == ip


async def test_without_a_proxy_nobody_is_believed(app: Quart, grace: Person) -> None:
    assert await seen(app, grace, {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}) == "<local>"


async def test_a_forwarded_host_is_never_believed(behind_a_proxy: Quart, ada: Person) -> None:
    ada.browser = behind_a_proxy.test_client()
    page = await ada.visit("/admin", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in str(page.headers)
