"""One question to the database, put to its driver itself."""

from contextlib import suppress
from functools import lru_cache
from typing import Any

from sqlalchemy import Select
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import MissingGreenlet, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import greenlet_spawn


class Reader:
    """Asks the driver one question in one step; to open a session, ask it and close it takes four times as long."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.sync_engine
        self._is_sqlite = engine.dialect.name == "sqlite"

    async def first(self, statement: Select[Any], parameters: dict[str, str | float]) -> list[Any] | None:
        """The first row of the answer; the statement is one that is put together once, for what became of it is kept.

        Raises what a session raises, only that all errors of a driver are OperationalErrors.
        """
        question = _question(statement, self._engine.dialect)
        try:
            connection = await self._connection()
            try:
                return await question.put_to(connection.driver_connection, parameters)
            finally:
                await self._give_back(connection)
        except (SQLAlchemyError, OSError):  # OSError: also TimeoutError, of whoever waits for a server that hangs
            raise
        except Exception as error:
            raise OperationalError(None, None, error) from error

    # SQLAlchemy waits in greenlets, and to make one takes longer than to take a connection that there is and to give it
    # back, for which nothing is waited for; only SQLite's are asked to roll back, in their thread.

    async def _connection(self) -> PoolProxiedConnection:
        if not self._is_sqlite and self._engine.pool.checkedin():  # type: ignore[attr-defined]  # of a pool with a queue
            with suppress(MissingGreenlet):  # it is closed, and another has to be opened
                return self._engine.raw_connection()
        return await greenlet_spawn(self._engine.raw_connection)

    async def _give_back(self, connection: PoolProxiedConnection) -> None:
        if self._is_sqlite:
            await greenlet_spawn(connection.close)
        else:
            connection.close()


class _Question:
    """A statement as its driver knows it."""

    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        types = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
        self._text, self._names, self._known = compiled.string, compiled.positiontup, compiled.params
        self._processors = [type_.result_processor(dialect, None) for type_ in types]
        self._fetch = _fetch_sqlite if dialect.name == "sqlite" else _fetch_postgresql

    async def put_to(self, driver: Any, parameters: dict[str, str | float]) -> list[Any] | None:
        told = self._known | parameters
        row = await self._fetch(driver, self._text, [told[name] for name in self._names])
        if row is None:
            return None
        return [process(value) if process else value for process, value in zip(self._processors, row, strict=True)]


_question = lru_cache(_Question)


async def _fetch_postgresql(driver: Any, text: str, values: list[Any]) -> Any:
    return await driver.fetchrow(text, *values)


async def _fetch_sqlite(driver: Any, text: str, values: list[Any]) -> Any:
    return next(iter(await driver.execute_fetchall(text, values)), None)
