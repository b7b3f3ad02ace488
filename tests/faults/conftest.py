"""A stack for each test, with a database of its own; the seeds; and the table at the end."""

import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from random import Random
from typing import Any

import pytest

from tests import servers
from tests.faults import report
from tests.faults.databases import Postgresql, Sqlite
from tests.faults.stack import ENVIRONMENT, Stack

rows: list[report.Row] = []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", _seeds())


def _seeds() -> list[int]:
    """FAULT_SEED plays one again, FAULT_SEEDS says how many others to try."""
    if seed := os.environ.get("FAULT_SEED"):
        return [int(seed)]
    return [Random().randrange(10_000) for _ in range(int(os.environ.get("FAULT_SEEDS", "2")))]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if rows:
        terminalreporter.section("faults")
        terminalreporter.write(report.write(rows))


@pytest.fixture
def random(seed: int) -> Random:
    return Random(seed)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Sqlite:
    database = Sqlite(tmp_path_factory.mktemp("template") / "template.sqlite")
    _migrate(database.url)
    return database


@pytest.fixture(scope="session")
def migrated_server() -> Iterator[Postgresql]:
    with servers.postgresql() as server:
        database = Postgresql(server, "postgres").copy("migrated")
        _migrate(database.url)
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Sqlite | Postgresql]:
    if request.param == "sqlite":
        yield request.getfixturevalue("migrated_file").copy(request.getfixturevalue("tmp_path") / "faults.sqlite")
        return
    name = re.sub(r"\W", "_", request.node.name)[:60].lower()
    copy = request.getfixturevalue("migrated_server").copy(name)
    yield copy
    copy.drop()


@pytest.fixture
async def stack(request: pytest.FixtureRequest, database: Sqlite | Postgresql) -> AsyncIterator[Stack]:
    stack = Stack(database)
    yield stack
    await stack.close()
    number, fault = request.node.get_closest_marker("faults").args
    rows.append(report.Row(number, fault, type(database).__name__, stack))
    for process in (stack.web, stack.worker):
        print(*process.printed[-30:], sep="")  # noqa: T201 (pytest shows it where the test failed)


def _migrate(url: str) -> None:
    for command in ("migrate", "setup-prod"):
        told = ENVIRONMENT | {"DATABASE_URL": url, "BASE_URL": "http://localhost"}
        subprocess.run(servers.quart(command), env=os.environ | told, check=True, capture_output=True)
