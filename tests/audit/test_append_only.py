"""Nothing in the trail is changed, nor forgotten before its time: the database sees to it."""

import os
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.audit.purging import purge
from app.database import from_now, transaction
from tests.audit.events import add_events, all_events
from tests.conftest import another_app
from tests.servers import quart


@pytest.fixture
async def migrated(app: Quart, empty_database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Quart]:
    """An application whose database is as migrations leave it; that of all tests may forget."""
    told = {"DATABASE_URL": empty_database}
    subprocess.run(quart("migrate"), env=os.environ | told, check=True, capture_output=True)
    async with another_app(monkeypatch, **told) as migrated:
        yield migrated


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET outcome = 'refused'",
        "UPDATE audit_events SET created_at = '2020-01-01 00:00:00.000000'",
        "DELETE FROM audit_events",
        "INSERT OR REPLACE INTO audit_events (id, created_at, action, outcome, actor, target, details, ip, agent)"
        " SELECT id, created_at, 'x', outcome, actor, target, details, ip, agent FROM audit_events",
        "TRUNCATE audit_events",
    ],
)
async def test_history_is_not_rewritten(migrated: Quart, statement: str) -> None:
    await add_events(migrated, {"target": "about"})
    with pytest.raises(DBAPIError):  # that of the other database it does not even understand
        async with migrated.app_context(), transaction() as db:
            await db.execute(text(statement))
    [event] = await all_events(migrated)
    assert (event.action, event.target) == ("save page", "about")


async def test_what_is_older_than_the_retention_is_purged_and_nothing_else(migrated: Quart) -> None:
    for days in (400, 300, 0):
        await add_events(migrated, {"target": str(days), "created_at": from_now(timedelta(days=-days))})
    async with migrated.app_context():
        await purge()
    assert [event.target for event in await all_events(migrated)] == ["300", "0"]
