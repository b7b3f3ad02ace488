"""How a database is connected to, and what is said of one that is not there."""

import asyncio

import pytest
from quart import Quart
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from app.database import transaction
from app.engine import create_engine
from app.settings import settings


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


async def test_a_connection_that_nobody_waits_for_any_more_is_not_left_open(app: Quart) -> None:
    for turn in range(60):  # from Python 3.13 on a file that is left open is an unraisable error, which fails this
        engine = create_engine(settings().database)
        opening = asyncio.create_task(engine.connect().start())
        await asyncio.sleep(turn / 100_000)
        opening.cancel()
        await asyncio.wait([opening])
        if not opening.cancelled():
            await opening.result().close()
        await engine.dispose()


async def test_errors_do_not_show_what_the_statement_was_about(app: Quart) -> None:
    with pytest.raises(DBAPIError) as raised:
        async with app.app_context(), transaction() as db:
            await db.execute(text("SELECT * FROM no_such_table WHERE email = :email"), {"email": "ada@example.com"})
    assert "ada@example.com" not in str(raised.value)
