"""One session per app context, and the only commit."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from quart import Quart
from sqlalchemy import select, text, update
from sqlalchemy.orm import joinedload

from app.accounts.models import Role, User
from app.accounts.rows import ROLES, USERS, user_in
from app.database import adopt, after_commit, from_now, reader, session, transaction
from tests.people import Person

# Counts for a few tenths of a second.
LONG = text("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 500000) SELECT max(i) FROM n")


async def test_an_error_undoes_the_whole_transaction(app: Quart, grace: Person) -> None:
    with pytest.raises(ZeroDivisionError):
        async with app.app_context(), transaction() as db:
            await db.execute(update(User).values(first_name="Nobody"))
            raise ZeroDivisionError
    async with app.app_context():
        assert await session().scalar(select(User.first_name)) == "Grace"


async def test_outside_a_transaction_nothing_is_written(app: Quart, grace: Person) -> None:
    async with app.app_context():
        (await session().scalars(select(User))).one().first_name = "Nobody"
        with pytest.raises(RuntimeError, match="inside"):
            await session().flush()
        with pytest.raises(RuntimeError, match="inside"):
            await session().execute(update(User).values(first_name="Nobody"))
    async with app.app_context():
        assert await session().scalar(select(User.first_name)) == "Grace"


async def test_what_was_loaded_before_an_error_can_still_be_read_after_it(app: Quart, grace: Person) -> None:
    async with app.app_context():
        user = (await session().scalars(select(User))).one()
        with pytest.raises(ZeroDivisionError):
            async with transaction():
                raise ZeroDivisionError
        assert user.first_name == "Grace"


async def test_a_transaction_inside_a_transaction_is_refused(app: Quart) -> None:
    async with app.app_context(), transaction():
        with pytest.raises(RuntimeError, match="half of the outer one"):
            async with transaction():
                pass


async def test_callbacks_wait_for_the_commit_and_are_forgotten_without_one(app: Quart) -> None:
    called = []

    async def call() -> None:
        called.append("called")

    async with app.app_context():
        with pytest.raises(ZeroDivisionError):
            async with transaction() as db:
                after_commit(db, call)
                raise ZeroDivisionError
        async with transaction() as db:
            after_commit(db, call)
            assert called == []
        assert called == ["called"]


async def test_fifty_writers_at_once_lose_nothing(app: Quart, grace: Person) -> None:
    async def count_up() -> None:
        async with app.app_context(), transaction() as db:
            user = (await db.scalars(select(User).with_for_update())).one()
            user.last_name = str(int(user.last_name) + 1)

    async with app.app_context(), transaction() as db:
        await db.execute(update(User).values(last_name="0"))
    for _ in range(2):  # PostgreSQL's pool has five places, and nobody waits for one longer than two seconds
        await asyncio.gather(*(count_up() for _ in range(25)))
    async with app.app_context():
        assert await session().scalar(select(User.last_name)) == "50"


async def test_a_write_that_is_cancelled_in_the_middle_of_a_statement_keeps_no_lock(app: Quart, grace: Person) -> None:
    async def rename() -> None:
        async with app.app_context(), transaction() as db:
            await db.execute(update(User).values(first_name="Nobody"))
            renamed.set()
            await db.execute(LONG)

    renamed = asyncio.Event()
    cancelled = asyncio.create_task(rename())
    await renamed.wait()
    await asyncio.sleep(0.03)  # until the long statement is under way
    cancelled.cancel()
    with pytest.raises(asyncio.CancelledError) as _keeping_what_it_had_in_hand:
        await cancelled
    async with app.app_context(), transaction() as db:
        await db.execute(update(User).values(last_name="Murray"))
    async with app.app_context():
        assert (await session().scalars(select(User))).one().full_name() == "Grace Murray"


async def test_the_database_keeps_the_time_in_utc(app: Quart) -> None:
    async with app.app_context(), transaction() as db:
        now, later = (await db.execute(select(from_now(), from_now(timedelta(minutes=-90))))).one()
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)
    assert abs(now - later - timedelta(minutes=90)) < timedelta(seconds=1)


async def test_a_relationship_that_was_not_loaded_is_an_error_and_not_a_query(app: Quart, grace: Person) -> None:
    async with app.app_context():
        user = (await session().scalars(select(User))).one()
        with pytest.raises(Exception, match="lazy='raise'"):
            _ = user.role
        assert await session().get(Role, user.role_id) is not None


async def find_grace() -> User:
    question = select(*USERS, *ROLES).join_from(User.__table__, Role.__table__)
    row = await reader().first(question, {})
    assert row is not None
    return user_in(iter(row))


async def test_what_is_found_without_a_session_is_what_a_session_finds(app: Quart, grace: Person) -> None:
    async with app.app_context():
        found = await find_grace()
        loaded = (await session().scalars(select(User).options(joinedload(User.role)))).one()
        assert found is not loaded
        for one, other, columns in ((found, loaded, USERS), (found.role, loaded.role, ROLES)):
            assert all(getattr(one, name) == getattr(other, name) for name in columns.keys())  # noqa: SIM118 (no dict)


@pytest.mark.parametrize("session_first", [True, False])
async def test_what_was_found_without_a_session_belongs_to_the_one_that_there_is(
    app: Quart, grace: Person, session_first: bool
) -> None:
    async with app.app_context():
        if session_first:
            await session().scalar(select(User.id))
        found = await find_grace()
        adopt(found)
        assert (await session().scalars(select(User))).one() is found
        async with transaction():
            found.first_name = "Amazing"
    async with app.app_context():
        assert await session().scalar(select(User.first_name)) == "Amazing"
