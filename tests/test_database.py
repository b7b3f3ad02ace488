"""One session per app context, and the only commit."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from quart import Quart
from sqlalchemy import select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from app.accounts.models import Role, User
from app.database import after_commit, create_engine, from_now, session, transaction
from app.settings import settings
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


async def test_a_database_that_is_not_there_is_away_and_not_broken(app: Quart) -> None:
    for url in ("postgresql+asyncpg://u@127.0.0.1:1/x", "postgresql+asyncpg://u@/x?host=/nowhere"):
        engine = create_engine(make_url(url))
        with pytest.raises(OperationalError):
            await engine.connect()
        await engine.dispose()


async def test_a_connection_that_the_server_has_closed_is_given_to_nobody(app: Quart) -> None:
    url = settings().database
    if url.get_backend_name() == "sqlite":
        pytest.skip("SQLite has no server")
    engine = create_engine(url, pool_size=2)
    async with engine.connect() as one, engine.connect() as other:
        closed = await one.scalar(text("SELECT pg_backend_pid()"))
        await one.close()
        await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": closed})
        async with asyncio.timeout(5):
            while await other.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid"), {"pid": closed}):
                pass
        async with engine.connect() as another:
            assert await another.scalar(text("SELECT pg_backend_pid()")) != closed
    await engine.dispose()


async def test_errors_do_not_show_what_the_statement_was_about(app: Quart) -> None:
    with pytest.raises(DBAPIError) as raised:
        async with app.app_context(), transaction() as db:
            await db.execute(text("SELECT * FROM no_such_table WHERE email = :email"), {"email": "ada@example.com"})
    assert "ada@example.com" not in str(raised.value)
