"""One question to the database, put to its driver itself."""

from contextlib import closing
from functools import lru_cache
from typing import Any

from sqlalchemy import Select
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import await_only, greenlet_spawn


class Reader:
    """Asks the driver one question in one step; to open a session, ask it and close it takes four times as long."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.sync_engine

    async def first(self, statement: Select[Any], parameters: dict[str, str | float]) -> list[Any] | None:
        """The first row of the answer; the statement is one that is put together once, for what became of it is kept.

        Raises what a session raises, only that all errors of a driver are OperationalErrors.
        """
        return await greenlet_spawn(self._ask, _question(statement, self._engine.dialect), parameters)

    def _ask(self, question: "_Question", parameters: dict[str, str | float]) -> list[Any] | None:
        try:
            with closing(self._engine.raw_connection()) as connection:
                return await_only(question.put_to(connection.driver_connection, parameters))
        except (SQLAlchemyError, OSError):  # OSError: also TimeoutError, of whoever waits for a server that hangs
            raise
        except Exception as error:
            raise OperationalError(None, None, error) from error


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
