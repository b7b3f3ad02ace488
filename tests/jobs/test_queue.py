"""Jobs wait in the database until they are done: once when all goes well, and never not at all."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from quart import Quart

from app.database import from_now, transaction
from app.jobs import enqueue, queue
from app.jobs.models import Job, State
from app.jobs.queue import Outcome
from tests.conftest import Deliver
from tests.jobs.labour import NOTES, all_jobs, change_jobs, claim, note, only_job, promise, settle, stumble

AGO = timedelta(seconds=-1)


async def let_the_leases_end(app: Quart) -> None:
    await change_jobs(app, due_at=from_now(AGO))


async def test_a_job_is_promised_by_the_commit_and_not_before(app: Quart, deliver: Deliver) -> None:
    NOTES.clear()
    async with app.app_context(), transaction() as db:
        await enqueue(db, note, text="promised")
        assert NOTES == []
    await deliver()
    assert NOTES == ["promised"]
    assert (await only_job(app)).state == State.DONE


async def test_a_job_is_taken_back_with_what_it_follows_from(app: Quart) -> None:
    with pytest.raises(RuntimeError):
        async with app.app_context(), transaction() as db:
            await enqueue(db, note, text="promised")
            raise RuntimeError
    assert await all_jobs(app) == []


async def test_arguments_that_the_job_would_refuse_are_refused_at_once(app: Quart) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        await promise(app, note, text="promised", colour="red")
    with pytest.raises(TypeError, match="missing a required argument: 'text'"):
        await promise(app, note)
    assert await all_jobs(app) == []


async def test_a_job_for_later_waits(app: Quart, deliver: Deliver) -> None:
    await promise(app, note, text="later", at=from_now(timedelta(hours=1)))
    await promise(app, note, text="next year", at=datetime.now(UTC) + timedelta(days=365))
    assert await deliver() == 0
    await let_the_leases_end(app)
    assert await deliver() == 2


async def test_of_one_key_one_job_waits(app: Quart, deliver: Deliver) -> None:
    first = await promise(app, note, text="first", unique="key")
    assert first is not None
    assert await promise(app, note, text="second", unique="key") is None
    assert len(await all_jobs(app)) == 1
    await deliver()
    assert await promise(app, note, text="third", unique="key") is not None, "the first one does not wait any more"


async def test_of_twenty_at_once_with_one_key_one_job_waits(app: Quart) -> None:
    given = await asyncio.gather(*(promise(app, note, text=str(number), unique="key") for number in range(20)))
    assert len([job for job in given if job is not None]) == 1
    assert len(await all_jobs(app)) == 1


async def test_a_newer_job_takes_the_place_of_the_one_that_waits(app: Quart, deliver: Deliver) -> None:
    NOTES.clear()
    await promise(app, note, text="older", replacing="key")
    await promise(app, note, text="newer", replacing="key")
    await deliver()
    assert NOTES == ["newer"]
    assert [job.state for job in await all_jobs(app)] == [State.SUPERSEDED, State.DONE]


async def test_a_failed_try_that_was_overtaken_meanwhile_is_not_repeated(app: Quart) -> None:
    await promise(app, note, text="older", unique="key")
    [older] = await claim(app)
    await promise(app, note, text="newer", unique="key")
    await settle(app, older, Outcome(State.PENDING, "not now"))
    assert [job.state for job in await all_jobs(app)] == [State.SUPERSEDED, State.PENDING]


async def test_no_two_workers_get_the_same_job(app: Quart) -> None:
    for number in range(10):
        await promise(app, note, text=str(number), lane=str(number))
    claims = await asyncio.gather(*(claim(app, slots=3) for _ in range(10)))
    claimed = [job.arguments["text"] for claimed in claims for job in claimed]
    assert sorted(claimed) == sorted(set(claimed))


async def test_jobs_are_taken_in_the_order_in_which_they_are_due(app: Quart) -> None:
    for number in range(5):
        await promise(app, note, text=str(number), lane=str(number), at=from_now(timedelta(seconds=-number)))
    assert [job.arguments["text"] for job in await claim(app, slots=2)] == ["4", "3"]


async def test_the_job_of_a_worker_that_died_is_done_by_another(app: Quart, deliver: Deliver) -> None:
    await promise(app, note, text="promised")
    assert await claim(app)
    assert await deliver() == 0, "its lease is still running"
    await let_the_leases_end(app)
    assert await deliver() == 1
    assert (await only_job(app)).attempt == 2


async def test_a_worker_that_still_lives_keeps_its_job(app: Quart, deliver: Deliver) -> None:
    await promise(app, note, text="promised")
    mine = await claim(app)
    await let_the_leases_end(app)
    async with app.app_context(), transaction() as db:
        await queue.renew(db, mine)
    assert await deliver() == 0


@pytest.mark.parametrize("verdict", [State.DONE, State.DEAD, State.PENDING])
async def test_a_worker_that_was_too_slow_does_not_overrule_its_successor(app: Quart, verdict: State) -> None:
    await promise(app, note, text="promised")
    [slow] = await claim(app)
    await let_the_leases_end(app)
    [successor] = await claim(app)
    await settle(app, slow, Outcome(verdict, "too slow"))
    async with app.app_context(), transaction() as db:
        await queue.renew(db, [slow])
    assert (await only_job(app)).state == State.RUNNING
    await settle(app, successor, Outcome(State.DONE))
    assert (await only_job(app)).reason is None


async def test_a_worker_that_was_too_slow_does_not_overrule_one_that_began_anew(app: Quart) -> None:
    await promise(app, note, text="promised")
    [slow] = await claim(app)
    await change_jobs(app, state=State.DEAD)
    async with app.app_context(), transaction() as db:
        await queue.retry(db, Job.name == note.name)
    [successor] = await claim(app)
    assert successor.attempt == slow.attempt
    await settle(app, slow, Outcome(State.DONE))
    assert (await only_job(app)).state == State.RUNNING
    await settle(app, successor, Outcome(State.DONE))
    assert (await only_job(app)).state == State.DONE


async def test_one_lane_gets_few_slots_and_the_others_the_rest(app: Quart) -> None:
    for number in range(6):
        await promise(app, note, text=f"slow {number}", lane="slow.example", at=from_now(timedelta(seconds=-60)))
    await promise(app, note, text="quick", lane="quick.example")
    first = await claim(app, slots=5)
    assert sorted(job.lane for job in first) == ["quick.example", "slow.example", "slow.example"]
    assert await claim(app, slots=5, busy={"slow.example": 2}) == []


async def test_a_lane_with_more_than_a_look_takes_in_holds_up_nobody(app: Quart) -> None:
    async with app.app_context(), transaction() as db:
        for _ in range(queue.CANDIDATES + 1):
            await enqueue(db, note, text="slow", lane="slow.example", at=from_now(timedelta(seconds=-60)))
        await enqueue(db, note, text="quick", lane="quick.example")
    assert len(await claim(app)) == 2
    assert [job.lane for job in await claim(app, busy={"slow.example": 2})] == ["quick.example"]


async def test_what_is_paused_is_not_taken(app: Quart) -> None:
    await promise(app, note, text="promised")
    assert await claim(app, paused={note.name}) == []
    assert len(await claim(app)) == 1


async def test_what_would_come_too_late_is_not_done(app: Quart, deliver: Deliver) -> None:
    await promise(app, note, text="late", expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert await deliver() == 0
    assert (await only_job(app)).state == State.EXPIRED


async def test_a_job_that_fails_for_a_day_is_dead(app: Quart) -> None:
    await promise(app, note, text="promised")
    await change_jobs(app, started_at=from_now(-timedelta(hours=25)))
    [failing] = await claim(app)
    await settle(app, failing, Outcome(State.PENDING, "not now"))
    job = await only_job(app)
    assert (job.state, job.reason) == (State.DEAD, "not now")


async def test_any_reason_can_be_written_down(app: Quart) -> None:
    await promise(app, note, text="promised")
    [failing] = await claim(app)
    await settle(app, failing, Outcome(State.DEAD, "nothing\0 or half \ud83d" + "x" * 999))
    assert (await only_job(app)).reason == ("nothing or half \\ud83d" + "x" * 999)[:255]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (State.PENDING, State.PENDING),
        (State.DEAD, State.PENDING),
        (State.DISCARDED, State.PENDING),
        (State.RUNNING, State.RUNNING),
        (State.DONE, State.DONE),
        (State.SUPERSEDED, State.SUPERSEDED),
        (State.EXPIRED, State.EXPIRED),
    ],
)
async def test_only_what_waits_or_has_failed_is_tried_again(app: Quart, before: State, after: State) -> None:
    await promise(app, note, text="promised")
    await change_jobs(app, state=before, attempt=9)
    async with app.app_context(), transaction() as db:
        changed = await queue.retry(db, Job.name == note.name)
    job = await only_job(app)
    assert (job.state, changed) == (after, int(after is State.PENDING))
    assert job.attempt == (0 if changed else 9)


async def test_a_dead_job_is_not_tried_again_beside_a_newer_one_of_its_key(app: Quart) -> None:
    await promise(app, note, text="older", unique="key")
    await change_jobs(app, state=State.DEAD)
    await promise(app, note, text="newer", unique="key")
    async with app.app_context(), transaction() as db:
        assert await queue.retry(db, Job.state == State.DEAD) == 0


async def test_of_several_dead_jobs_of_one_key_the_newest_is_tried_again(app: Quart, deliver: Deliver) -> None:
    for text in ("older", "newer"):
        await promise(app, note, text=text, replacing="key")
        await change_jobs(app, state=State.DEAD, due_at=None)
    async with app.app_context(), transaction() as db:
        assert await queue.retry(db, Job.state == State.DEAD) == 1
    await deliver()
    assert [job.state for job in await all_jobs(app)] == [State.DEAD, State.DONE]


async def test_what_is_discarded_is_not_done(app: Quart, deliver: Deliver) -> None:
    await promise(app, note, text="promised")
    async with app.app_context(), transaction() as db:
        assert await queue.discard(db, Job.name == note.name) == 1
    assert await deliver() == 0
    assert (await only_job(app)).state == State.DISCARDED


async def test_a_job_that_may_fail_twice_is_dead_after_that(app: Quart, deliver: Deliver) -> None:
    await promise(app, stumble)
    assert await deliver() == 1
    assert (await only_job(app)).state == State.PENDING
    await let_the_leases_end(app)
    await deliver()
    job = await only_job(app)
    assert (job.state, job.reason) == (State.DEAD, "RuntimeError('a stone in the way')")
