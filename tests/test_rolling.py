"""A column comes and goes while people sign up: the steps of docs/migrations.md, with both releases at work."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from httpx2 import AsyncClient, ConnectError, Response
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.engine import create_engine, writing
from app.settings import read
from tests.people import PASSWORD
from tests.servers import ROOT, eventually, free_port, process, quart
from tests.test_migrations import succeed

FORMER, LATTER = "app", "tests.grown"
GUIDE = (ROOT / "docs/migrations.md").read_text()
EXPAND, FILL, CONTRACT = re.findall(r"```(?:python|sql)\n(.*?)```", GUIDE, re.DOTALL)


class Crowd:
    """People who sign up one after the other, at whichever release is the newest, and what they were answered."""

    def __init__(self) -> None:
        self.port = 0
        self.answers: Counter[int] = Counter()

    @asynccontextmanager
    async def signing_up(self) -> AsyncIterator[None]:
        self._people = asyncio.create_task(self._sign_up_for_ever())
        yield
        self._people.cancel()
        await asyncio.wait([self._people])

    async def go_on(self, number: int = 5) -> None:
        """Wait until so many more have signed up."""
        until = self.answers.total() + number
        await eventually(lambda: self._people.done() or self.answers.total() >= until, within=30)
        if self._people.done():
            self._people.result()  # raises what went wrong

    async def _sign_up_for_ever(self) -> None:
        for number in count():
            async with AsyncClient(headers={"Host": "localhost"}, timeout=20) as browser:
                self.answers[await self._sign_up(browser, f"somebody{number}@example.com")] += 1

    async def _sign_up(self, browser: AsyncClient, email: str) -> int:
        page = await self._ask(browser, "GET")
        token, *_ = re.findall(r'name="csrf_token" value="(\w+)"', page.text)
        form = {"first_name": "Some", "last_name": "Body", "email": email, "csrf_token": token}
        answer = await self._ask(browser, "POST", form | {"password": PASSWORD, "password2": PASSWORD})
        return answer.status_code

    async def _ask(self, browser: AsyncClient, method: str, form: dict[str, str] | None = None) -> Response:
        while True:
            try:
                return await browser.request(method, f"http://127.0.0.1:{self.port}/account/register", data=form)
            except ConnectError:  # it has gone without having heard anything; a router would ask the other one
                await asyncio.sleep(0.05)


class Platform:
    """Starts a release beside the former one, sends the crowd there, and stops the former."""

    def __init__(self, environment: dict[str, str], crowd: Crowd) -> None:
        self._environment, self._crowd = environment, crowd
        self._running = AsyncExitStack()

    async def deploy(self, release: str) -> None:
        starting, port = AsyncExitStack(), free_port()
        told = self._environment | {"QUART_APP": release, "PORT": str(port)}
        for name in ("worker", "web"):
            await starting.enter_async_context(process(*quart(name), environment=told, until=f"{name}.started"))
        self._crowd.port = port
        await self.stop()
        self._running = starting

    async def stop(self) -> None:
        await self._running.aclose()


@pytest.fixture
async def engine(empty_database: str) -> AsyncIterator[AsyncEngine]:
    succeed("migrate", url=empty_database)
    succeed("insert-roles", url=empty_database)
    engine = create_engine(read({"DATABASE_URL": empty_database}).database)
    yield engine
    await engine.dispose()


async def change(engine: AsyncEngine, step: str) -> None:
    """Take a step of the guide, which is SQL or what stands in a migration."""

    def run(connection: Connection) -> None:
        if step.startswith("op."):
            exec(step, {"op": Operations(MigrationContext.configure(connection)), "sa": sa})
        else:
            connection.execute(text(step))

    async with engine.connect() as connection:
        await connection.execution_options(**writing(engine.dialect))
        await connection.run_sync(run)
        await connection.commit()


async def test_nobody_notices(engine: AsyncEngine, environment: dict[str, str]) -> None:
    url = engine.url.set(drivername=engine.dialect.name).render_as_string(hide_password=False)
    told = environment | {"DATABASE_URL": url, "LOG_LEVEL": "info", "PYTHONPATH": str(ROOT)}
    told["LIMIT_REGISTRATIONS"] = "1000/hour"  # for all come from one address
    crowd = Crowd()
    platform = Platform(told, crowd)
    await platform.deploy(FORMER)
    async with crowd.signing_up():
        await crowd.go_on()
        await change(engine, EXPAND)
        await crowd.go_on()
        await platform.deploy(LATTER)
        await crowd.go_on()
        await change(engine, FILL)
        await platform.deploy(FORMER)
        await change(engine, CONTRACT)
        await crowd.go_on()
    await platform.stop()
    assert crowd.answers.keys() == {302}
    async with engine.connect() as connection:
        tried_again = text("SELECT name, state, reason FROM jobs WHERE attempt > 1 OR state = 'dead'")
        assert (await connection.execute(tried_again)).all() == []
