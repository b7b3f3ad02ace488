"""The database from the terminal: begun anew, whatever is there."""

import pytest

from app.database import Model
from tests.servers import free_port
from tests.terminal import run

PRODUCTION = {"QUART_CONFIG": "production", "SECRET_KEY": "long enough to be taken for a secret"}
PASSWORD = "difference engine no. 2"

HALF = """
from sqlalchemy import text
async with transaction() as db:
    await db.execute(text("DROP TABLE alembic_version"))
    await db.execute(text("DROP TABLE links"))
    await db.execute(text("CREATE TABLE stray (user_id integer REFERENCES users (id))"))
    await db.execute(text("INSERT INTO stray VALUES (1)"))
"""


@pytest.fixture
async def peopled_database(empty_database: str) -> str:
    assert (await run("recreate-db", DATABASE_URL=empty_database)).exit_code == 0
    done = await run("users", "create", "ada@example.com", "--password", PASSWORD, DATABASE_URL=empty_database)
    assert done.exit_code == 0, done.stderr
    return empty_database


async def people(url: str) -> list[str]:
    printed = (await run("users", "list", DATABASE_URL=url)).stdout
    return [line.split()[0] for line in printed.splitlines()[1:]]


async def test_a_database_that_was_never_migrated_is_one_sentence(empty_database: str) -> None:
    done = await run("users", "list", DATABASE_URL=empty_database)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: ")
    assert done.stderr.endswith("Is the database up to date? `quart migrate`\n")


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("command", [("users", "list"), ("migrate",)])
async def test_a_database_that_is_not_there_is_one_sentence(command: tuple[str, ...]) -> None:
    done = await run(*command, DATABASE_URL=f"postgresql://127.0.0.1:{free_port()}/none")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: The database does not answer: ")


async def test_recreate_db_leaves_the_roles_and_nothing_else(peopled_database: str) -> None:
    done = await run("recreate-db", DATABASE_URL=peopled_database)
    assert done.exit_code == 0
    dropped = len(Model.metadata.tables) + 1  # with Alembic's own
    assert done.stdout == f"Dropped {dropped} tables.\nMade them anew, with the roles and nothing else.\n"
    assert await people(peopled_database) == []
    assert (await run("db", "check", DATABASE_URL=peopled_database)).exit_code == 0


async def test_recreate_db_copes_with_half_a_schema_and_with_strange_tables(peopled_database: str) -> None:
    assert (await run("shell", typed=HALF, DATABASE_URL=peopled_database)).exit_code == 0
    assert (await run("recreate-db", DATABASE_URL=peopled_database)).exit_code == 0
    assert (await run("db", "check", DATABASE_URL=peopled_database)).exit_code == 0
    assert await people(peopled_database) == []


async def test_recreate_db_wants_to_be_forced_in_production(peopled_database: str) -> None:
    refused = await run("recreate-db", DATABASE_URL=peopled_database, **PRODUCTION)
    assert refused.exit_code == 1
    assert refused.stderr == (
        "Error: This is for development, but QUART_CONFIG is production. Give --force if you mean it.\n"
    )
    assert await people(peopled_database) == ["ada@example.com"]
    assert (await run("recreate-db", "--force", DATABASE_URL=peopled_database, **PRODUCTION)).exit_code == 0
    assert await people(peopled_database) == []
