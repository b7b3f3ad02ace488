"""What Prometheus is told."""

from collections.abc import AsyncIterator, Callable

import pytest
from httpx2 import AsyncClient
from prometheus_client.parser import text_string_to_metric_families
from quart import Quart

from app.database import transaction
from app.jobs import heartbeats
from tests.conftest import Deliver, another_app
from tests.people import Person
from tests.servers import MailServer, free_port, process, quart

TOKEN = {"Authorization": "Bearer of those who watch"}

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(text: str) -> Samples:
    families = text_string_to_metric_families(text)
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def value(told: Samples, name: str, /, **labels: str) -> float:
    return told.get((name, frozenset(labels.items())), 0)


@pytest.fixture(autouse=True)
def token(tell: Callable[..., None]) -> None:
    tell(READYZ_TOKEN="of those who watch")


async def read(person: Person) -> Samples:
    page = await person.visit("/metrics", headers=TOKEN)
    assert page.status == 200
    return samples(page.text)


async def test_strangers_and_members_are_told_nothing_and_administrators_all(
    ada: Person, grace: Person, boss: Person
) -> None:
    await grace.log_in()
    for person in (ada, grace):
        assert (await person.visit("/metrics")).status == 403
    assert "http_request_seconds" in (await boss.visit("/metrics")).text


async def test_requests_are_counted_by_route_and_answer_and_never_by_address(ada: Person) -> None:
    link = {"method": "GET", "route": "/account/reset-password/<token>", "status": "410"}
    nowhere = {"method": "OTHER", "route": "", "status": "404"}
    before = await read(ada)
    await ada.visit("/account/reset-password/c2VjcmV0")
    await ada.browser.put("/no/such/page")
    after = await read(ada)
    for labels in (link, nowhere):
        assert value(after, "http_request_seconds_count", **labels) == (
            value(before, "http_request_seconds_count", **labels) + 1
        )
    assert not any("c2VjcmV0" in repr(key) or "PUT" in repr(key) for key in after)


async def test_jobs_are_counted_by_name_and_outcome(app: Quart, ada: Person, deliver: Deliver) -> None:
    async with app.app_context(), transaction() as db:
        await heartbeats.beat(db, "1", place="dyno-7:42", running=3)
    await ada.register()
    waiting = await read(ada)
    assert value(waiting, "jobs", name="mail", state="pending") == 1
    assert value(waiting, "jobs_oldest_waiting_seconds") > 0
    assert (value(waiting, "workers"), value(waiting, "database_up")) == (1, 1)
    await deliver()
    done = await read(ada)
    assert value(done, "jobs", name="mail", state="done") == 1
    assert value(done, "jobs_oldest_waiting_seconds") == 0


async def test_without_a_database_the_rest_is_told(
    app: Quart, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing", "READYZ_TOKEN": "of those who watch"}
    async with another_app(monkeypatch, **nowhere) as another:
        told = await read(Person(another.test_client(), mail_server, "Ada", "Lovelace"))
    assert value(told, "database_up") == 0
    assert ("database_connections_in_use", frozenset()) in told
    assert ("workers", frozenset()) not in told


@pytest.fixture
async def two_processes(environment: dict[str, str]) -> AsyncIterator[AsyncClient]:
    told = {"WEB_CONCURRENCY": "2", "PORT": str(free_port()), "LOG_LEVEL": "info", "READYZ_TOKEN": "of those who watch"}
    url = f"http://127.0.0.1:{told['PORT']}"
    async with (
        process(*quart("web"), environment=environment | told, until="web.started"),
        AsyncClient(base_url=url, headers=TOKEN | {"Host": "localhost", "Connection": "close"}) as browser,
    ):
        yield browser


@pytest.mark.usefixtures("app")
async def test_processes_count_together(two_processes: AsyncClient) -> None:
    for _ in range(20):
        assert (await two_processes.get("/healthz")).status_code == 200
    told = samples((await two_processes.get("/metrics")).text)
    assert value(told, "http_request_seconds_count", method="GET", route="/healthz", status="200") == 20
