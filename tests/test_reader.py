"""One question to the database, put to its driver itself."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from quart import Quart
from sqlalchemy import Integer, bindparam, column, func, literal, select, table, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.engine import create_engine
from app.reader import Reader
from app.settings import settings

DOUBLE: Any = select(bindparam("number", type_=Integer) * 2, literal(None), literal(True))
COUNTING = text(
    "(WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 3e5) SELECT max(i) FROM n)"
)
SLOW: Any = {"postgresql": select(func.pg_sleep(5)), "sqlite": select(COUNTING)}


@pytest.fixture
async def engine(app: Quart) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(settings().database, pool_size=1, timeout=0.5)
    yield engine
    await engine.dispose()


async def test_the_answer_is_a_row_or_nothing(engine: AsyncEngine) -> None:
    assert await Reader(engine).first(DOUBLE, {"number": 21}) == [42, None, True]
    assert await Reader(engine).first(DOUBLE, {"number": 4}) == [8, None, True]
    assert await Reader(engine).first(DOUBLE.where(text("1 = 2")), {"number": 4}) is None


async def test_what_a_driver_refuses_is_an_error_of_the_database_and_the_next_question_is_answered(
    engine: AsyncEngine,
) -> None:
    with pytest.raises(OperationalError) as refused:
        await Reader(engine).first(select(column("nothing")).select_from(table("nowhere")), {})
    assert isinstance(refused.value.orig, asyncpg.PostgresError | sqlite3.Error)
    assert await Reader(engine).first(DOUBLE, {"number": 21}) == [42, None, True]


async def test_a_question_that_takes_too_long_is_an_error_of_the_database(engine: AsyncEngine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no server")
    with pytest.raises(OperationalError, match="statement timeout"):
        await Reader(engine).first(SLOW["postgresql"], {})
    assert await Reader(engine).first(DOUBLE, {"number": 21}) == [42, None, True]


async def test_a_connection_that_the_server_has_closed_is_replaced(engine: AsyncEngine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no server")
    whose = select(func.pg_backend_pid())
    closed = await Reader(engine).first(whose, {})
    assert closed is not None
    another = create_engine(settings().database)
    async with another.connect() as other, asyncio.timeout(5):
        await other.execute(select(func.pg_terminate_backend(closed[0])))
        living = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
        while await other.scalar(living, {"pid": closed[0]}):
            pass
    await another.dispose()
    assert await Reader(engine).first(whose, {}) not in (None, closed)
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_a_question_that_nobody_waits_for_any_more_gives_its_connection_back(engine: AsyncEngine) -> None:
    for wait in (0, 0.0005, 0.001, 0.002, 0.02):
        asking = asyncio.create_task(Reader(engine).first(SLOW[engine.dialect.name], {}))
        await asyncio.sleep(wait)
        asking.cancel()
        await asyncio.wait([asking])
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # of a pool with a queue
    assert await Reader(engine).first(DOUBLE, {"number": 21}) == [42, None, True]
