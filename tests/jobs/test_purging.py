"""What is over is forgotten, and nothing else."""

from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import func, select, update

from app.accounts import links, sessions
from app.accounts.models import Link, User, UserSession
from app.database import Model, from_now, session, transaction
from app.jobs import purging
from app.jobs.models import State
from app.jobs.registry import Declared
from tests.jobs.labour import all_jobs, change_jobs, note, promise
from tests.people import Person

LONG_AGO = -timedelta(days=31)


async def do(app: Quart, declared: Declared) -> None:
    async with app.app_context():
        await declared()


@pytest.mark.parametrize("state", list(State))
async def test_a_job_is_forgotten_a_month_after_its_end_unless_it_has_failed(app: Quart, state: State) -> None:
    ended = state not in {State.PENDING, State.RUNNING}
    await promise(app, note, text="hello")
    await change_jobs(app, state=state, finished_at=from_now(-timedelta(days=29)) if ended else None)
    await do(app, purging.purge)
    assert len(await all_jobs(app)) == 1
    await change_jobs(app, created_at=from_now(LONG_AGO), finished_at=from_now(LONG_AGO) if ended else None)
    await do(app, purging.purge)
    assert len(await all_jobs(app)) == int(not ended or state is State.DEAD)


async def test_more_than_a_thousand_are_forgotten_as_well(app: Quart, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        await promise(app, note, text="hello")
    await change_jobs(app, state=State.DONE, finished_at=from_now(LONG_AGO))
    monkeypatch.setattr(purging, "BATCH", 2)
    await do(app, purging.purge)
    assert await all_jobs(app) == []


@pytest.mark.parametrize(("model", "purge"), [(Link, links.purge), (UserSession, sessions.purge)])
async def test_links_and_sessions_are_forgotten_a_month_after_they_expired(
    app: Quart, ada: Person, grace: Person, model: type[Link] | type[UserSession], purge: Declared
) -> None:
    async def count(counted: type[Model]) -> int:
        return (await session().scalars(select(func.count()).select_from(counted))).one()

    await ada.register()
    await grace.log_in()
    for ago, left in ((-timedelta(days=29), 1), (LONG_AGO, 0)):
        async with app.app_context(), transaction() as db:
            await db.execute(update(model).values(expires_at=from_now(ago)))
        await do(app, purge)
        async with app.app_context():
            assert await count(model) == left
            assert await count(User) == 2
