"""The engine, the models' base, one session per app context, and the only commit: `transaction()`."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from quart import Quart, current_app, g
from sqlalchemy import URL, DateTime, MetaData, event, literal, orm
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from app.settings import Settings

Callback = Callable[[], Awaitable[None]]

PAGE = 50  # rows of a list that goes on
WAIT = 2  # seconds, for a connection, and on SQLite for other processes that write
WRITES = "writes"  # the execution option of connections that do
OUTSIDE = "What writes stands inside `async with transaction() as db:`; session() is for reading."


class Moment(TypeDecorator[datetime]):
    """A datetime that is aware and in UTC on both databases; SQLite keeps no time zone of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


class from_now(FunctionElement[datetime]):  # noqa: N801 (reads as a function, as SQLAlchemy's own do)
    """The database's clock plus a duration: leases and expiries must not depend on a process's own clock."""

    type = Moment()
    inherit_cache = True

    def __init__(self, duration: timedelta = timedelta(0)) -> None:
        super().__init__(literal(duration.total_seconds()))


@compiles(from_now, "postgresql")
def _from_now_postgresql(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    return f"(clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **options)}))"


@compiles(from_now, "sqlite")
def _from_now_sqlite(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    # Milliseconds and three zeros are how SQLAlchemy itself writes a moment, so texts compare as times do.
    return f"(strftime('%Y-%m-%d %H:%M:%f', 'now', {seconds} || ' seconds') || '000')"


class Model(DeclarativeBase):
    """The base of all models."""

    # SQLite would give the id of a deleted row to the next one, and what was meant for the one reach the other.
    __table_args__: Any = {"sqlite_autoincrement": True}  # noqa: RUF012 (SQLAlchemy's name, and its form)

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Moment()}


class Strict(orm.Session):
    """Writes only inside transaction(): elsewhere PostgreSQL would commit each statement by itself."""


@event.listens_for(Strict, "before_flush")
def _refuse_to_flush(db: orm.Session, *_: object) -> None:
    if WRITES not in db.info:
        raise RuntimeError(OUTSIDE)


@event.listens_for(Strict, "do_orm_execute")
def _refuse_to_execute(statement: ORMExecuteState) -> None:
    if not statement.is_select and WRITES not in statement.session.info:
        raise RuntimeError(OUTSIDE)


class Session(AsyncSession):
    """Gives its connection back before it is cancelled; one that is broken off over that is lost to everybody."""

    sync_session_class = Strict

    async def commit(self) -> None:
        await self._finish(super().commit())

    async def close(self) -> None:
        await self._finish(super().close())

    async def _finish(self, last_step: Coroutine[Any, Any, None]) -> None:
        if WRITES not in self.info and self.get_bind().dialect.name == "postgresql":
            await last_step  # does not wait for anything: what was only read is nothing to tell PostgreSQL
        else:
            await _to_its_end(last_step)


async def _to_its_end(last_step: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(last_step)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


class Turns:
    """A queue for SQLite's one place to write: among those who wait inside it luck decides, and some wait for ever."""

    def __init__(self, patience: float) -> None:
        self._place, self._patience = asyncio.Lock(), patience

    async def __aenter__(self) -> None:
        async with asyncio.timeout(self._patience):
            await self._place.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._place.release()


def init_app(app: Quart, settings: Settings) -> None:
    """Give the application an engine; its connections open on first use and close with the server."""
    engine = create_engine(settings.database, pool_size=settings.database_pool_size, timeout=settings.database_timeout)
    app.extensions["engine"] = engine
    app.extensions["turns"] = Turns(settings.database_timeout) if engine.dialect.name == "sqlite" else nullcontext()
    app.extensions["sessions"] = async_sessionmaker(engine, class_=Session, expire_on_commit=False)
    app.teardown_appcontext(_close_session)
    app.after_serving(engine.dispose)


def create_engine(url: URL, *, pool_size: int = 5, timeout: float = 2.5) -> AsyncEngine:
    """An engine that waits so many seconds for a statement, so that trouble becomes a 503 while somebody still waits.

    Its errors do not show parameters: addresses and hashes are among them, and errors are logged.
    """
    if url.get_backend_name() == "sqlite":
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
        options = {"timeout": WAIT, "factory": _SQLite}
        engine = create_async_engine(url, pool_timeout=WAIT, hide_parameters=True, connect_args=options)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine
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
    try:
        return dialect.connect(*arguments, **options)
    except OSError as away:  # asyncpg lets it through, and it could be anything else's
        raise OperationalError(None, None, away) from away


def _refuse_closed(connection: Any, *_: object) -> None:
    # What pool_pre_ping asks the server at each use, asyncpg knows by itself: it sees the end of the connection.
    if connection.driver_connection.is_closed():
        raise DisconnectionError


class _SQLite(sqlite3.Connection):
    """Lets go of its lock when it closes; the cursor of a cancelled statement would keep it until that is collected."""

    def close(self) -> None:
        with suppress(sqlite3.Error):  # a disk that is full has rolled back already
            self.rollback()
        super().close()


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


def writing(dialect: Dialect) -> dict[str, Any]:
    """The execution options of a connection that writes: a real transaction, which begins as the database wants it."""
    return {WRITES: True} | ({"isolation_level": "READ COMMITTED"} if dialect.name == "postgresql" else {})


def session() -> AsyncSession:
    """The session of this app context, for reading; opened on first use."""
    if "db" not in g:
        g.db = current_app.extensions["sessions"]()
    db: AsyncSession = g.db
    return db


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    """Commit what is done inside as one step, or none of it; does not nest."""
    db = session()
    if WRITES in db.info:
        raise RuntimeError("transaction() inside a transaction() would commit half of the outer one.")
    await db.commit()  # ends what was only read: SQLite cannot turn a reader into a writer
    callbacks: list[Callback] = []
    db.info[WRITES] = callbacks
    try:
        async with current_app.extensions["turns"]:
            await db.connection(execution_options=writing(current_app.extensions["engine"].dialect))
            yield db
            await db.commit()
    except BaseException:
        await db.close()  # rolls back too, but leaves loaded objects readable for the error page
        raise
    finally:
        del db.info[WRITES]
    for callback in callbacks:
        await callback()


async def drop_tables(db: AsyncSession) -> list[str]:
    """Drop every table that is there, whether a model knows it or not, and name them."""

    def drop(connection: Connection) -> list[str]:
        if connection.dialect.name == "sqlite":
            virtual = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"
            for (name,) in connection.exec_driver_sql(virtual).all():
                connection.exec_driver_sql(f'DROP TABLE "{name}"')  # with those in which SQLite keeps it
        there = MetaData()
        there.reflect(connection)
        there.drop_all(connection)
        return list(there.tables)

    return await (await db.connection()).run_sync(drop)


def after_commit(db: AsyncSession, callback: Callback) -> None:
    """Call back once, when the surrounding transaction() is committed; the callback must not raise."""
    if callback not in db.info[WRITES]:
        db.info[WRITES].append(callback)


async def _close_session(_error: BaseException | None) -> None:
    if "db" in g:
        await g.db.close()
