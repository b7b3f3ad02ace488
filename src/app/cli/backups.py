"""Everything that is stored, in one file, and back."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from app.cli.commands import async_command
from app.settings import VAR, settings

if TYPE_CHECKING:
    from sqlalchemy import URL

DROP_TABLES = """
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
        EXECUTE format('DROP TABLE %I CASCADE', one.tablename);
    END LOOP;
END $$
"""
PASSED_ON = {
    "host": "PGHOST",  # which can stand behind the question mark, too, when it is a socket
    "port": "PGPORT",
    "username": "PGUSER",
    "password": "PGPASSWORD",
    "database": "PGDATABASE",
    "ssl": "PGSSLMODE",
}


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=False, dir_okay=False))
def backup(file: Path | None) -> None:
    """Copy the database into a file, while all runs on.

    Without FILE, into var/backups/. Keep it where only you can read it: it holds addresses and password hashes.
    """
    url = settings().database
    file = file or VAR / "backups" / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.{url.get_backend_name()}"
    if file.exists():
        raise click.ClickException(f"{file} exists already, and may be the only backup of its day.")
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.part")  # what fails leaves nothing that looks like a backup
    draft.touch(mode=0o600)
    try:
        if url.get_backend_name() == "sqlite":
            _copy_sqlite(str(url.database), str(draft))
        else:
            _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={draft}", url=url)
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
    print(f"Wrote {file}, {file.stat().st_size} bytes.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--force", is_flag=True, help="Even if something is stored now, which is lost then.")
@click.pass_context
def restore(context: click.Context, file: Path, force: bool) -> None:
    """Bring back what `backup` wrote, all of it or nothing.

    Stop web and worker first, and run `migrate` afterwards.
    """
    url = settings().database
    if not force:
        context.invoke(check_empty)
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as given:
            _check_sqlite(given, file)
        _copy_sqlite(str(file), str(url.database))
    else:
        _restore_postgresql(file, url)
    print(f"Restored {file}.")


@click.command()
@async_command
async def check_empty() -> None:
    """End with one sentence if there are tables; a part of restore."""
    from sqlalchemy import inspect

    from app.database import session

    connection = await session().connection()
    if await connection.run_sync(lambda connection: inspect(connection).get_table_names()):
        raise click.ClickException("The database is not empty. Give --force to lose what it holds.")


def _copy_sqlite(source: str, target: str) -> None:
    with closing(sqlite3.connect(source)) as from_, closing(sqlite3.connect(target)) as to:
        from_.backup(to)  # a consistent copy, whoever writes meanwhile


def _check_sqlite(given: sqlite3.Connection, file: Path) -> None:
    try:
        [(verdict,)] = given.execute("PRAGMA integrity_check(1)")
    except sqlite3.DatabaseError as error:
        verdict = str(error)
    if verdict != "ok":
        raise click.ClickException(f"{file} is no backup of SQLite, or a broken one: {verdict}.")


def _restore_postgresql(file: Path, url: "URL") -> None:
    with TemporaryDirectory() as place:  # which nobody else can look into
        script = f"--file={place}/restore.sql"
        leftovers = ("--clean", "--if-exists")  # functions, which no table takes along
        _run("pg_restore", "--no-owner", "--no-privileges", *leftovers, script, str(file), url=url)
        at_once = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
        _run("psql", *at_once, f"--command={DROP_TABLES}", script, url=url)


def _run(program: str, *arguments: str, url: "URL") -> None:
    if shutil.which(program) is None:
        raise click.ClickException(f"This needs {program}, which comes with PostgreSQL's client: put it on the PATH.")
    parts = url.query | {name: part for name, part in url.translate_connect_args().items() if part is not None}
    # Not as arguments, which every process on the machine can read.
    told = {variable: str(parts[name]) for name, variable in PASSED_ON.items() if name in parts}
    done = subprocess.run(  # noqa: S603 (one of three programs)
        [program, *arguments], env=os.environ | told, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise click.ClickException(done.stderr.strip() or f"{program} failed.")
