"""Whom the list of users finds, and that it does not look at everybody for it; the pages are in `tests/web/admin`."""

import random
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from quart import Quart
from sqlalchemy import Connection, String, delete, event, false, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.accounts import directory, roles, trigrams
from app.accounts.models import User
from app.database import session, transaction
from app.engine import create_engine
from app.settings import read
from tests.test_migrations import succeed

WAYS: dict[str, dict[str, Any]] = {
    "along the order": {"trigrams.FEW": 0},
    "looked up": {"directory.STRETCH": 0},
    "without an index": {"directory.STRETCH": 0, "trigrams.KEPT": select(false())},
}


def go(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(f"app.accounts.{name}", value)


@pytest.fixture
def looking_up(monkeypatch: pytest.MonkeyPatch) -> None:
    go("looked up", monkeypatch)


def person(first_name: str, last_name: str, email: str, **columns: Any) -> dict[str, Any]:
    return {"first_name": first_name, "last_name": last_name, "email": email, "password_hash": "x", **columns}


async def add(db: AsyncSession, *people: dict[str, Any]) -> None:
    role = await roles.default_role(db)
    await db.execute(insert(User), [{"role_id": role.id} | one for one in people])


async def found(db: AsyncSession, q: str = "", **asked: Any) -> list[str]:
    page = await directory.find(db, directory.Query(q, **asked), await roles.all_roles(db))
    return [user.first_name for user in page.users]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("q", "first_names"),
    [
        ("OPPE", ["Grace"]),
        ("grace hopper", ["Grace"]),
        ("grace neumann", []),
        ("race@exa", ["Grace"]),
        ("gräce", []),
        ("zoë", ["Zoë", "ZOË"]),
        ("ZOË", ["Zoë", "ZOË"]),
        ("oë", []),
        ("zo", ["Zoë", "ZOË"]),
        ("è", ["Ève"]),
        ("n", ["Zoë", "John"]),
        ("ne", ["Zoë", "John"]),
        ("vo", ["John"]),
        ("on", []),
        ("hn", []),
        ("100%", ["100%"]),
        ("_ace", []),
        ("a_b", ["a_b"]),
        ("***", ["[^***]?"]),
        ("[^*", ["[^***]?"]),
        ("[a-z]", []),
        ("]", []),
        ("]?", []),
        ('o"b', ['Bo"b']),
        ("o'n", ["Zoë"]),
        ('" OR "', []),
        ("joh*", []),
        ("ßen", ["Groß"]),
        ("ssen", []),
    ],
)
async def test_a_word_is_found_wherever_it_stands_and_a_short_one_where_a_word_begins(
    app: Quart, monkeypatch: pytest.MonkeyPatch, way: str, q: str, first_names: list[str]
) -> None:
    go(way, monkeypatch)
    async with app.app_context(), transaction() as db:
        await add(
            db,
            person("Grace", "A Hopper", "grace@example.com"),
            person("Zoë", "B O'Neil Ness", "z1@example.com"),
            person("ZOË", "C", "z2@example.com"),
            person("Ève", "D", "eve@example.com"),
            person("John", "E von Neumann", "j@example.com"),
            person("100%", "F", "percent@example.com"),
            person("a_b", "G", "underscore@example.com"),
            person("[^***]?", "H", "signs@example.com"),
            person('Bo"b', "I", "bob@example.com"),
            person("Groß", "J Gießen", "sharp@example.com"),
        )
        assert await found(db, q) == first_names


@pytest.mark.parametrize("sort", ["last_name", "-first_name", "email", "-role"])
@pytest.mark.parametrize(
    "asked", [{"q": "ade"}, {"q": "ada g"}, {"q": "gus", "status": "unconfirmed"}, {"status": "confirmed", "role": 2}]
)
async def test_all_ways_lead_to_the_same_page(
    app: Quart, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], sort: str
) -> None:
    names = random.Random(sort).choices(["Ada", "Adele", "Grace", "Gus"], k=600)
    async with app.app_context(), transaction() as db:
        people = [
            person(names[n], names[-n], f"{n}@example.com", confirmed=n % 2 == 0, role_id=1 + n % 3 // 2)
            for n in range(300)
        ]
        await add(db, *people)
        neighbour = await db.scalar(select(User.id).where(User.email == "150@example.com"))
        places: list[dict[str, Any]] = [{}, {"after": neighbour}, {"before": neighbour}]
        for place in places:
            pages = []
            for way in WAYS:
                with monkeypatch.context() as patched:
                    go(way, patched)
                    query = directory.Query(**asked, **place, sort=sort)
                    pages.append(await directory.find(db, query, await roles.all_roles(db)))
            assert pages[0].users or place
            assert pages[0] == pages[1] == pages[2]


@pytest.mark.usefixtures("looking_up")
async def test_the_search_knows_of_every_change_at_once(app: Quart) -> None:
    async with app.app_context(), transaction() as db:
        await add(db, person("Ada", "Byron", "ada@example.com"), person("Grace", "Murray", "grace@example.com"))
        assert await found(db, "byron") == ["Ada"]
        ada = (await db.scalars(select(User).where(User.email == "ada@example.com"))).one()
        ada.last_name = "Lovelace"
        await db.flush()
        assert await found(db, "byron") == []
        assert await found(db, "lovelace") == ["Ada"]
        await db.execute(update(User).values(last_name=User.first_name + "son"))
        assert await found(db, "lovelace") == []
        assert await found(db, "graceson") == ["Grace"]
        await db.execute(delete(User).where(User.email == "grace@example.com"))
        assert await found(db, "graceson") == []
    async with app.app_context():
        with pytest.raises(ZeroDivisionError):
            async with transaction() as db:
                await db.execute(update(User).values(last_name="Nobody"))
                raise ZeroDivisionError
        assert await found(session(), "nobody") == []
        assert await found(session(), "adason") == ["Ada"]


@pytest.fixture
async def engine(empty_database: str) -> AsyncEngine:
    succeed("migrate", url=empty_database)
    succeed("insert-roles", url=empty_database)
    return create_engine(read({"DATABASE_URL": empty_database}).database)


async def is_kept(db: AsyncSession) -> bool:
    return db.get_bind().dialect.name != "sqlite" or bool(await db.scalar(trigrams.KEPT))


@pytest.mark.usefixtures("looking_up")
async def test_a_migration_that_knows_nothing_of_the_search_does_not_break_it(
    engine: AsyncEngine, empty_database: str
) -> None:
    def alter(connection: Connection) -> None:
        with Operations(MigrationContext.configure(connection)).batch_alter_table("users", recreate="auto") as users:
            users.alter_column("first_name", type_=String(80), existing_type=String(64))
        connection.execute(update(User).values(first_name="Augusta Ada"))

    async with AsyncSession(engine) as db, db.begin():
        await add(db, person("Ada", "Lovelace", "ada@example.com"))
    async with engine.connect() as connection, connection.begin():
        await connection.run_sync(alter)
    async with AsyncSession(engine) as db:
        assert await found(db, "augusta") == ["Augusta Ada"]
        assert not await is_kept(db) or engine.dialect.name == "postgresql"
    succeed("migrate", url=empty_database)
    async with AsyncSession(engine) as db:
        assert await is_kept(db)
        assert await found(db, "augusta") == ["Augusta Ada"]
    await engine.dispose()


@pytest.mark.usefixtures("looking_up")
async def test_an_sqlite_without_trigrams_looks_at_everybody(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has them")
    for supported in (False, True):
        monkeypatch.setattr(trigrams, "supported", lambda supported=supported: supported)
        async with engine.connect() as connection, connection.begin():
            await connection.run_sync(trigrams.restore)
        async with AsyncSession(engine) as db, db.begin():
            assert await is_kept(db) == supported
            await db.execute(delete(User))
            await add(db, person("Ada", "Lovelace", "ada@example.com"))
            assert await found(db, "lovelace") == ["Ada"]
    await engine.dispose()


@pytest.mark.usefixtures("looking_up")
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"q": "hopper"}, "search"),
        ({"q": "q"}, "search"),
        ({"status": "confirmed"}, "ix_users_confirmed"),
        ({"status": "unconfirmed"}, "ix_users_unconfirmed"),
        ({"status": "invited", "role": 2}, "ix_users_invited"),
        ({"status": "deactivated", "sort": "email"}, "ix_users_deactivated"),
        ({"role": 2}, "ix_users_role_id_id"),
        ({"sort": "role"}, "ix_users_role_id_id"),
        ({}, "ix_users_last_name_id"),
        ({"sort": "-first_name"}, "ix_users_first_name_id"),
        ({"sort": "email"}, "_users_"),
    ],
)
async def test_nobody_is_looked_at_in_vain(app: Quart, asked: dict[str, Any], index: str) -> None:
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    statements: list[tuple[str, Any]] = []
    engine = app.extensions["engine"].sync_engine
    async with app.app_context(), transaction() as db:
        on_sqlite = engine.dialect.name == "sqlite"
        if not on_sqlite:
            await db.execute(text("SET LOCAL enable_seqscan = off"))  # which is the best for the few of a test
            await db.execute(text("SET LOCAL enable_sort = off"))
        await add(db, person("Grace", "Hopper", "grace@example.com"))
        event.listen(engine, "before_cursor_execute", note)
        await found(db, **asked)
        event.remove(engine, "before_cursor_execute", note)
        connection, explain = await db.connection(), "EXPLAIN QUERY PLAN" if on_sqlite else "EXPLAIN"
        plans = [await connection.exec_driver_sql(f"{explain} {statement}", told) for statement, told in statements]
        steps = [str(step[-1]) for plan in plans for step in plan]
    assert any(index in step for step in steps), steps
    assert not any("SCAN users" in step and "INDEX" not in step for step in steps), steps
