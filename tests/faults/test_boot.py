"""Everything else starts later."""

import asyncio

import pytest

from tests.faults.databases import Postgresql
from tests.faults.people import register
from tests.faults.stack import Stack, only_on


@only_on("postgresql")
@pytest.mark.faults("R18", "web and worker start before PostgreSQL, Redis and the mail server")
async def test_web_and_worker_wait_for_what_they_need(stack: Stack) -> None:
    assert isinstance(stack.database, Postgresql)
    await stack.database.stop()
    await asyncio.gather(stack.web.start(), stack.worker.start())
    pids = stack.web.pid, stack.worker.pid
    ada = stack.newcomer()
    assert (await ada.visit("/healthz")).status == 200
    assert '"unavailable"' in (await ada.visit("/readyz")).text
    assert (await ada.register()).status == 503
    await stack.database.start()
    assert (await ada.register()).status == 302, "the mail waits"
    stack.valkey.start()
    stack.mail_server.start()
    stack.is_harmed_no_more()
    await register(stack.newcomer, 5)
    await stack.recovers()
    assert '"ok"' in (await ada.visit("/readyz")).text
    assert (stack.web.is_running, stack.worker.is_running) == (True, True)
    assert pids == (stack.web.pid, stack.worker.pid)
