"""The web is asked to stop in the middle of its work, as every deploy does."""

import asyncio
import signal

import pytest

from tests.faults import rude
from tests.faults.people import people_registering, register
from tests.faults.stack import Stack, only_on


@only_on("postgresql")
@pytest.mark.faults("R12a", "SIGTERM, twice, with requests of 3 s in flight and people registering")
async def test_requests_in_flight_are_finished_and_new_ones_refused(stack: Stack) -> None:
    await stack.start(ANSWER_TIME="3")
    people = await register(stack.newcomer, 10)
    async with people_registering(stack.newcomer):
        asking = [asyncio.create_task(visitor.forget_password()) for visitor in people]
        await asyncio.sleep(1)
        for _ in range(2):
            stack.web.running.send_signal(signal.SIGTERM)
        assert [page.status for page in await asyncio.gather(*asking)] == [302] * 10
        assert await stack.web.ended(within=25) == 0
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", stack.port)
    stack.is_harmed_no_more()
    await stack.web.start()
    await stack.recovers()


@only_on("sqlite")
@pytest.mark.faults("R12b", "SIGTERM with clients that never read and never finish")
async def test_clients_that_never_end_do_not_hold_up_the_end(stack: Stack) -> None:
    await stack.start(SHUTDOWN_TIMEOUT="2")
    await register(stack.newcomer, 2)
    request = f"GET /account/login HTTP/1.1\r\nHost: 127.0.0.1:{stack.port}\r\n\r\n".encode()
    async with (
        rude.never_reading(stack.port, request * 500, 3),
        rude.never_reading(stack.port, b"GET / HTTP/1.1\r\n", 3),
        rude.never_reading(stack.port, rude.half_a_post(stack.port), 3),
    ):
        await asyncio.sleep(0.5)
        stack.web.running.send_signal(signal.SIGTERM)
        assert await stack.web.ended(within=8) == 0
    stack.is_harmed_no_more()
    await stack.web.start()
    await stack.recovers()
