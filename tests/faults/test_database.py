"""The database restarts, hangs, is cut off, is full, or is put back as it was."""

import asyncio
import resource
from random import Random

import pytest

from tests.faults.databases import Postgresql
from tests.faults.ledger import CONFIRM
from tests.faults.people import people_registering, register
from tests.faults.proxies import Wire
from tests.faults.stack import ADMINISTRATOR, Stack, only_on


@only_on("postgresql")
@pytest.mark.faults("R8a", "PostgreSQL restarts while people register")
async def test_a_restart_of_the_database_refuses_some_and_loses_nobody(stack: Stack, random: Random) -> None:
    assert isinstance(stack.database, Postgresql)
    await stack.start()
    async with people_registering(stack.newcomer):
        await asyncio.sleep(random.uniform(0.3, 1))
        await stack.database.stop()
        await asyncio.sleep(random.uniform(0, 2))
        await stack.database.start()
        await asyncio.sleep(1)
    assert stack.ledger.refused
    await register(stack.newcomer, 10)
    await stack.recovers()


@only_on("postgresql")
@pytest.mark.faults("R8b", "PostgreSQL hangs for 8 s (SIGSTOP) while people register")
async def test_a_database_that_hangs_refuses_within_five_seconds(stack: Stack) -> None:
    assert isinstance(stack.database, Postgresql)
    await stack.start()
    await register(stack.newcomer, 10)
    async with people_registering(stack.newcomer):
        await asyncio.sleep(0.5)
        stack.database.freeze()
        await asyncio.sleep(8)
        stack.database.thaw()
        stack.is_harmed_no_more()
    assert stack.ledger.refused
    await register(stack.newcomer, 20, at_once=5)
    await stack.recovers()


@pytest.mark.faults("R8c", "two administrators take each other's role, ten times at once")
async def test_administrators_who_fight_leave_one_of_them(stack: Stack) -> None:
    await stack.start()
    [grace] = await register(stack.newcomer, 1)
    await stack.recovers()
    ids = {row.email: row.id for row in await stack.fetch("SELECT id, email FROM users")}
    for _ in range(10):
        await stack.execute(
            "UPDATE users SET confirmed = true, role_id = (SELECT id FROM roles WHERE name = 'Administrator')"
        )
        one, other = stack.visitor(ADMINISTRATOR), stack.visitor(grace.email)
        await asyncio.gather(one.log_in(), other.log_in())
        [[role]] = await stack.fetch("SELECT id FROM roles WHERE name = 'User'")
        await asyncio.gather(
            one.submit(f"/admin/user/{ids[grace.email]}/change-account-type", role=role),
            other.submit(f"/admin/user/{ids[ADMINISTRATOR]}/change-account-type", role=role),
        )
        [[left]] = await stack.fetch(
            "SELECT count(*) FROM users JOIN roles r ON r.id = role_id WHERE r.name = 'Administrator'"
        )
        assert left == 1
    await stack.recovers()


@only_on("postgresql")
@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("before", marks=pytest.mark.faults("R8d", "the connection is cut before a COMMIT arrives")),
        pytest.param("after", marks=pytest.mark.faults("R8d", "the connection is cut before a COMMIT is confirmed")),
    ],
)
async def test_a_commit_without_a_receipt_is_no_success(stack: Stack, random: Random, moment: str) -> None:
    assert isinstance(stack.database, Postgresql)
    socket = stack.database.socket
    wire = Wire(lambda: asyncio.open_unix_connection(socket))
    await wire.start()
    stack.web.environment |= {"DATABASE_URL": f"postgresql://postgres@127.0.0.1:{wire.port}/{stack.database.name}"}
    await stack.start()
    cuts = 0

    def cut(sent: bytes) -> str:
        nonlocal cuts
        cutting = b"COMMIT" in sent and random.random() < 0.3
        cuts += cutting
        return moment if cutting else ""

    wire.cut_at = cut
    async with people_registering(stack.newcomer, at_once=4) as people:
        await asyncio.sleep(2)
    wire.cut_at = lambda _sent: ""
    assert cuts
    for visitor in people:
        if not visitor.has_been_promised(CONFIRM):
            assert (await visitor.register()).status == 302
    await stack.recovers()
    await stack.close()
    await wire.stop()


@only_on("sqlite")
@pytest.mark.faults("R10", "the disk is full")
async def test_a_full_disk_refuses_what_is_to_be_written_and_shows_what_there_is(stack: Stack) -> None:
    await stack.start()
    root = await stack.administrator()
    await register(stack.newcomer, 5)
    said = len(stack.worker.printed)
    for process in (stack.web, stack.worker):
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    assert [(await stack.newcomer().register()).status for _ in range(5)] == [503] * 5
    assert (await root.visit("/admin/users")).status == 200
    assert (await stack.newcomer().visit("/account/login")).status == 200
    for process in (stack.web, stack.worker):
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert len(stack.worker.printed) - said < 100, "the log loops"
    stack.is_harmed_no_more()
    await register(stack.newcomer, 5)
    await stack.recovers()


@only_on("sqlite")
@pytest.mark.faults("R14c", "50 writers at once on SQLite")
async def test_fifty_people_at_once_wait_their_turn_to_write(stack: Stack) -> None:
    await stack.start()
    async with people_registering(stack.newcomer, at_once=50):
        await asyncio.sleep(3)
    await stack.recovers()
    assert len(stack.ledger.promises) > stack.ledger.refused
    assert not [line for line in stack.web.printed if "locked" in line]


@pytest.mark.faults("R21", "the database is put back as it was some time ago")
async def test_a_restored_backup_sends_what_waited_in_it_and_nothing_else(stack: Stack) -> None:
    await stack.start()
    await register(stack.newcomer, 10)
    await stack.recovers()
    async with stack.mail_server.slow():
        async with people_registering(stack.newcomer):
            await asyncio.sleep(0.5)
            backup = stack.database.backup()
            await asyncio.sleep(0.5)
        await stack.web.stop()
        await stack.worker.kill()
    await stack.dispose()
    stack.database.restore(backup)
    waited, users = await stack.waiting_for(), await stack.users()
    assert waited
    stack.mail_server.forget()
    stack.ledger.promises = [promise for promise in stack.ledger.promises if promise.email in waited]
    stack.is_harmed_no_more()
    await asyncio.gather(stack.web.start(), stack.worker.start())
    await stack.delivers()
    assert {mail["To"] for mail in stack.mail_server.received} == waited
    assert await stack.users() == users
    await register(stack.newcomer, 1)
    await stack.delivers()
