"""How either database is connected to, and how what writes begins there."""

import asyncio
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DisconnectionError, MissingGreenlet, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only, greenlet_spawn
from sqlalchemy.util.concurrency import in_greenlet

WAIT = 2  # seconds, for a connection, and on SQLite for other processes that write
WRITES = "writes"  # the execution option of connections that do


def create_engine(url: URL, *, pool_size: int = 5, timeout: float = 2.5) -> AsyncEngine:
    """An engine that gives a statement `timeout` seconds, so that trouble becomes a 503 while somebody still waits.

    Its errors do not show parameters: addresses and hashes are among them, and errors are logged.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    return _postgresql(url, pool_size=pool_size, timeout=timeout)


def writing(dialect: Dialect) -> dict[str, Any]:
    """The execution options of a connection that writes: a real transaction, which begins as the database wants it."""
    return {WRITES: True} | ({"isolation_level": "READ COMMITTED"} if dialect.name == "postgresql" else {})


class Turns:
    """A queue for SQLite's one place to write: among those who wait inside it luck decides, and some wait for ever."""

    def __init__(self, patience: float) -> None:
        self._place, self._patience = asyncio.Lock(), patience

    async def __aenter__(self) -> None:
        async with asyncio.timeout(self._patience):
            await self._place.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._place.release()


def _sqlite(url: URL) -> AsyncEngine:
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    options = {"timeout": WAIT, "factory": _SQLite}
    engine = create_async_engine(url, pool_timeout=WAIT, hide_parameters=True, connect_args=options)
    event.listen(engine.sync_engine, "do_connect", _open_sqlite)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


class _SQLite(sqlite3.Connection):
    """Lets go of its lock when it closes; the cursor of a cancelled statement would keep it until that is collected."""

    def close(self) -> None:
        with suppress(sqlite3.Error):  # a disk that is full has rolled back already
            self.rollback()
        super().close()


def _open_sqlite(dialect: Dialect, _record: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
    return await_only(_opened(asyncio.create_task(greenlet_spawn(dialect.connect, *arguments, **options))))


async def _opened(opening: asyncio.Task[Any]) -> Any:
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        await asyncio.wait([opening])  # aiosqlite would leave it open, and nobody would know of it
        if not opening.exception():
            opening.result().driver_connection.stop()
        raise


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver would send its own BEGIN; _begin_sqlite does
    cursor = connection.cursor()
    # The cache in KiB: rows that follow each other in an index lie far apart in the table.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that starts to write fails at once with "database is locked", whatever the timeout.
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL, *, pool_size: int, timeout: float) -> AsyncEngine:
    engine = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=WAIT,
        pool_recycle=300,
        isolation_level="AUTOCOMMIT",  # for reading: no BEGIN and no ROLLBACK, which are two round trips a page
        connect_args={
            "timeout": timeout,
            "command_timeout": timeout,  # for a server that hangs; SQLAlchemy takes two seconds more to give it up
            "server_settings": {
                "statement_timeout": f"{timeout * 900:.0f}",  # milliseconds; a little before we lose patience
                "lock_timeout": "2000",
                "idle_in_transaction_session_timeout": "10000",
            },
        },
    )
    event.listen(engine.sync_engine, "do_connect", _connect)
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _connect(dialect: Dialect, _record: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
    if not in_greenlet():
        raise MissingGreenlet  # for whoever tries without one; SQLAlchemy would leave a coroutine behind
    try:
        return dialect.connect(*arguments, **options)
    except OSError as away:  # asyncpg lets it through, and it could be anything else's
        raise OperationalError(None, None, away) from away


def _refuse_closed(connection: Any, *_: object) -> None:
    # What pool_pre_ping asks the server at each use, asyncpg knows by itself: it sees the end of the connection.
    if connection.driver_connection.is_closed():
        raise DisconnectionError
