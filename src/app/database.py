"""The models' base, one session per app context, and the only commit: `transaction()`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, ClassVar, TypeVar

from quart import Quart, current_app, g
from sqlalchemy import DateTime, MetaData, event, literal, orm
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from app.engine import WRITES, Turns, create_engine, writing
from app.reader import Reader
from app.settings import Settings

Callback = Callable[[], Awaitable[None]]

PAGE = 50  # rows of a list that goes on
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


M = TypeVar("M", bound=Model)


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
    """Finishes commit and close even when the request is cancelled meanwhile; the pool would lose the connection."""

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


def init_app(app: Quart, settings: Settings) -> None:
    """Give the application an engine; its connections open on first use and close with the server."""
    engine = create_engine(settings.database, pool_size=settings.database_pool_size, timeout=settings.database_timeout)
    app.extensions["engine"] = engine
    app.extensions["reader"] = Reader(engine)
    app.extensions["turns"] = Turns(settings.database_timeout) if engine.dialect.name == "sqlite" else nullcontext()
    app.extensions["sessions"] = async_sessionmaker(engine, class_=Session, expire_on_commit=False)
    app.teardown_appcontext(_close_session)
    app.after_serving(engine.dispose)


def session() -> AsyncSession:
    """The session of this app context, for reading; opened on first use."""
    if "db" not in g:
        g.db = current_app.extensions["sessions"]()
        g.db.add_all(g.get("adopted", ()))
    db: AsyncSession = g.db
    return db


def reader() -> Reader:
    """What asks one question; most pages have no other, and need no session."""
    found: Reader = current_app.extensions["reader"]
    return found


def adopt(found: Model) -> None:
    """Have the session know an object that `loaded` made, and what belongs to it, as soon as there is one."""
    g.adopted = [found]
    if "db" in g:
        g.db.add(found)


def loaded(model: type[M], values: Iterator[Any]) -> M:
    """The object that the session would make of the next values, which are those of all columns of its table."""
    found: M = model.__mapper__.class_manager.new_instance()
    vars(found).update(zip(_names(model), values, strict=False))  # more values may follow
    instance_state(found).key = model.__mapper__.identity_key_from_primary_key((vars(found)["id"],))
    return found


@cache
def _names(model: type[Model]) -> tuple[str, ...]:
    return tuple(model.__table__.c.keys())


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
