"""How long a mailed link is good for."""

from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import select

from app.accounts import links
from app.accounts.models import User
from app.database import transaction
from app.settings import settings
from tests.people import Person

LIFETIMES = {
    links.CONFIRM: timedelta(seconds=604_800),
    links.RESET: timedelta(seconds=3600),
    links.CHANGE_EMAIL: timedelta(seconds=3600),
    links.INVITE: timedelta(seconds=604_800),
}


async def lifetime(app: Quart, purpose: str) -> timedelta:
    async with app.app_context(), transaction() as db:
        link = await links.issue(db, (await db.scalars(select(User))).one(), purpose)
        await db.refresh(link)
    return link.expires_at - link.created_at


@pytest.mark.parametrize("purpose", LIFETIMES)
async def test_a_link_lives_as_long_as_flask_bases_token_unless_it_is_told_otherwise(
    app: Quart, grace: Person, monkeypatch: pytest.MonkeyPatch, purpose: str
) -> None:
    a_moment = timedelta(seconds=1)
    assert abs(await lifetime(app, purpose) - LIFETIMES[purpose]) < a_moment
    with monkeypatch.context() as patch:
        patch.setenv(f"{purpose.replace('-', '_')}_lifetime".upper(), "PT10M")
        settings.cache_clear()
        assert abs(await lifetime(app, purpose) - timedelta(minutes=10)) < a_moment
    settings.cache_clear()
