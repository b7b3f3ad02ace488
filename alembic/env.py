"""How Alembic finds the models and reaches the database."""

import asyncio
from typing import Any, Literal

from alembic import context
from sqlalchemy import Column, Connection, event, text

import app.wiring  # noqa: F401 (with it come all models)
from app.accounts import trigrams
from app.database import Model, Moment
from app.engine import create_engine, writing
from app.settings import settings

TIMEOUT = 3600  # seconds; an index over many rows takes its time
RELEASES = 5_017_203  # any number; two releases at once must only ask for the same lock


def render_item(kind: str, item: Any, _autogen_context: Any) -> str | Literal[False]:
    """Write our own column types as what they are in the database, so that old migrations need none of our code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def include_object(item: Any, _name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Leave out indexes over expressions, which PostgreSQL tells in words of its own; so no model describes them."""
    return kind != "index" or all(isinstance(expression, Column) for expression in item.expressions)


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out the tables of SQLite's search, which no model describes."""
    return kind != "table" or not str(name).startswith(trigrams.TABLE)


def migrate(connection: Connection) -> None:
    on_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=on_sqlite,  # SQLite cannot alter a table in place
        render_item=render_item,
        include_name=include_name,
        include_object=include_object,
        transactional_ddl=True,  # on SQLite too, now that the driver leaves BEGIN to us
    )
    with context.begin_transaction():
        if not on_sqlite:
            let_another_release_finish(connection)
        context.run_migrations()
        if on_sqlite:
            trigrams.restore(connection)


def let_another_release_finish(connection: Connection) -> None:
    """Wait for it however long it takes; for a table that somebody uses, no longer than anybody does."""
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    connection.execute(text(f"SELECT pg_advisory_xact_lock({RELEASES})"))
    connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))


def let_tables_go(connection: Any, _record: Any) -> None:
    """Keep what refers to a table while SQLite copies it: with the former one, its references would delete in turn."""
    connection.execute("PRAGMA foreign_keys=OFF").close()


async def online() -> None:
    engine = create_engine(settings().database, timeout=TIMEOUT)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", let_tables_go)
    async with engine.connect() as connection:
        await connection.execution_options(**writing(engine.dialect))
        await connection.run_sync(migrate)
    await engine.dispose()


asyncio.run(online())
