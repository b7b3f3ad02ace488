"""The worker dies at the worst moment, has company, or is not there."""

import asyncio
import signal
from random import Random

import pytest
from aiosmtpd.smtp import SMTP, Envelope

from tests.faults.people import people_registering, register
from tests.faults.queue import ONE_AT_A_TIME, PARALLEL
from tests.faults.stack import Stack, only_on
from tests.servers import eventually


@pytest.mark.faults("R3", "kill -9 of the worker after the mail was taken, before that was written down")
async def test_a_mail_that_was_taken_as_its_worker_died_comes_twice_and_is_seen_to_be_the_same(stack: Stack) -> None:
    async def take_and_say_nothing(_server: SMTP, envelope: Envelope) -> str:
        stack.mail_server.keep(envelope)
        await asyncio.sleep(10)
        return "250 OK"

    await stack.start()
    stack.mail_server.mood = take_and_say_nothing
    await stack.newcomer().register()
    await eventually(lambda: stack.mail_server.received)
    await stack.crash_worker()
    stack.mail_server.mood = None
    stack.is_harmed_no_more()
    await stack.worker.start()
    await stack.recovers()
    assert len(stack.mail_server.received) == 2


@only_on("postgresql")
@pytest.mark.faults("R4", "kill -9 of the worker before the mail was taken, with 100 queued")
async def test_of_a_hundred_mails_each_comes_once_though_the_worker_is_killed(stack: Stack) -> None:
    held: list[Envelope] = []

    async def take_ten(_server: SMTP, envelope: Envelope) -> str:
        if len(stack.mail_server.received) >= 10:
            held.append(envelope)
            await asyncio.sleep(10)
        stack.mail_server.keep(envelope)
        return "250 OK"

    await stack.start()
    await stack.worker.stop()
    await register(stack.newcomer, 100)
    stack.mail_server.mood = take_ten
    await stack.worker.start()
    await eventually(lambda: len(held) == PARALLEL)
    await stack.worker.kill()
    stack.mail_server.mood = None
    stack.is_harmed_no_more()
    await stack.worker.start()
    await stack.recovers()
    assert len(stack.mail_server.received) == 100


@pytest.mark.faults("R3, R4", "kill -9 of the worker twice, at any moment, while people register")
async def test_a_worker_that_is_killed_at_any_moment_costs_no_mail(stack: Stack, random: Random) -> None:
    await stack.start(**ONE_AT_A_TIME)  # of several that are being sent, each could come twice
    async with people_registering(stack.newcomer, at_once=4):
        for _ in range(2):
            await asyncio.sleep(random.uniform(0.1, 1))
            await stack.crash_worker()
            await stack.worker.start()
    await stack.recovers()


@only_on("postgresql")
@pytest.mark.faults("R12c", "SIGTERM to the worker in the middle of a mail")
async def test_a_worker_that_is_asked_to_stop_finishes_its_mail_and_the_next_one_does_the_rest(stack: Stack) -> None:
    await stack.start()
    await stack.worker.stop()
    await register(stack.newcomer, 20)
    async with stack.mail_server.slow() as arriving:
        await stack.worker.start()
        await asyncio.wait_for(arriving.wait(), 10)
        stack.worker.running.send_signal(signal.SIGTERM)
        stack.mail_server.go_on()
        assert await stack.worker.ended(within=25) == 0
    assert 1 <= len(stack.mail_server.received) < 20
    await stack.worker.start()
    await stack.recovers()
    assert len(stack.mail_server.received) == 20


@pytest.mark.faults("R15", "two workers, and for each mail the doorbell is rung 20 times at once")
async def test_two_workers_that_are_woken_at_once_send_a_mail_once(stack: Stack) -> None:
    await stack.start()
    another = stack.process("worker")
    await another.start()
    for _ in range(5):
        await asyncio.gather(register(stack.newcomer, 1), stack.ring(20))
    await stack.recovers()
    assert len(stack.mail_server.received) == 5
    await another.stop()


@only_on("postgresql")
@pytest.mark.faults("R16", "rows that nobody can send: no such kind, nobody it is about, nonsense in it")
async def test_a_mail_that_cannot_be_written_holds_up_no_other(stack: Stack) -> None:
    await stack.start()
    await stack.worker.stop()
    await stack.poison()
    await register(stack.newcomer, 5)
    await stack.worker.start()
    await stack.recovers()
    assert await stack.dead() == ["poison@example.com"] * 3
    root = await stack.administrator()
    assert "poison@example.com" in (await root.visit("/admin/mail?state=dead")).text


@only_on("sqlite")
@pytest.mark.faults("R22", "no worker for a while")
async def test_without_a_worker_people_register_and_their_mail_waits(stack: Stack) -> None:
    await stack.start()
    await stack.worker.stop()
    await register(stack.newcomer, 10)
    assert len(await stack.waiting_for()) == 10
    assert '"degraded"' in (await stack.newcomer().visit("/readyz")).text
    stack.is_harmed_no_more()
    await stack.worker.start()
    await stack.recovers()
