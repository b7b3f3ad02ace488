"""The queue, as administrators see it."""

import pytest
from bs4 import Tag
from quart import Quart

from app.database import transaction
from app.jobs import heartbeats, schedules
from app.jobs.models import State
from tests.conftest import Deliver
from tests.jobs.labour import all_jobs, change_jobs, note, promise, stumble
from tests.people import Page, Person

RETRY, DISCARD = "/admin/jobs/retry", "/admin/jobs/discard"


def tables(page: Page) -> list[Tag]:
    return page.soup.select("main table")


def rows(table: Tag) -> list[list[str]]:
    return [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in table.select("tbody tr")]


async def test_each_job_says_what_it_is_about_and_hides_what_is_secret(app: Quart, boss: Person) -> None:
    await promise(app, note, text="hello", word="hunter2")
    page = await boss.visit("/admin/jobs")
    [[_, name, arguments, state, tries, _, _, _]] = rows(tables(page)[0])
    assert (name, arguments, state, tries) == ("tests.note", "text: hello word: [masked]", "pending", "0")
    assert "hunter2" not in page.text


async def test_jobs_are_shown_by_name_and_by_state(app: Quart, boss: Person, deliver: Deliver) -> None:
    await promise(app, note, text="hello")
    await deliver()
    await promise(app, stumble)

    async def names(query: str) -> list[str]:
        return [row[1] for row in rows(tables(await boss.visit(f"/admin/jobs?{query}"))[0])]

    assert await names("") == ["tests.stumble", "tests.note"]
    assert await names("name=tests.note") == ["tests.note"]
    assert await names("state=pending") == ["tests.stumble"]
    assert await names("state=nonsense&name=nonsense&before=x") == ["tests.stumble", "tests.note"]


async def test_several_are_chosen_and_tried_again_or_discarded(app: Quart, boss: Person) -> None:
    for _ in range(3):
        await promise(app, stumble)
    await change_jobs(app, state=State.DEAD, due_at=None)
    first, second, third = [str(job.id) for job in await all_jobs(app)]
    token = (await boss.visit("/admin/jobs?state=dead")).csrf_token

    answer = await boss.post(RETRY, {"csrf_token": token, "job": [first, second]})
    assert "2 jobs are tried again." in (await boss.follow(answer)).messages
    answer = await boss.post(f"{DISCARD}?next=/admin/jobs?state=dead", {"csrf_token": token, "job": [second]})
    assert answer.location == "/admin/jobs?state=dead"
    assert [job.state for job in await all_jobs(app)] == [State.PENDING, State.DISCARDED, State.DEAD]
    assert third


async def test_one_button_counts_for_its_row_only(app: Quart, boss: Person) -> None:
    for _ in range(2):
        await promise(app, stumble)
    await change_jobs(app, state=State.DEAD, due_at=None)
    first, second = [str(job.id) for job in await all_jobs(app)]
    token = (await boss.visit("/admin/jobs")).csrf_token
    await boss.post(RETRY, {"csrf_token": token, "job": [first], "only": second})
    assert [job.state for job in await all_jobs(app)] == [State.DEAD, State.PENDING]


async def test_all_dead_ones_of_a_name_are_tried_again(app: Quart, boss: Person) -> None:
    await promise(app, stumble)
    await promise(app, note, text="hello")
    await change_jobs(app, state=State.DEAD, due_at=None)
    token = (await boss.visit("/admin/jobs?state=dead&name=tests.note")).csrf_token
    await boss.post(RETRY, {"csrf_token": token, "all_dead": "tests.note"})
    assert [job.state for job in await all_jobs(app)] == [State.DEAD, State.PENDING]
    await boss.post(RETRY, {"csrf_token": token, "all_dead": ""})
    assert [job.state for job in await all_jobs(app)] == [State.PENDING, State.PENDING]


@pytest.mark.parametrize("given", [{}, {"job": "x"}, {"only": "99999999999999999999"}, {"job": ["", "-1", "0"]}])
async def test_choosing_nothing_changes_nothing(app: Quart, boss: Person, given: dict[str, str]) -> None:
    await promise(app, stumble)
    token = (await boss.visit("/admin/jobs")).csrf_token
    answer = await boss.post(DISCARD, {"csrf_token": token} | given)
    assert "0 jobs are discarded." in (await boss.follow(answer)).messages
    assert [job.state for job in await all_jobs(app)] == [State.PENDING]


async def test_the_timetable_says_when_and_can_be_anticipated(app: Quart, boss: Person, deliver: Deliver) -> None:
    page = await boss.visit("/admin/jobs")
    timetable = {row[0]: row[1:5] for row in rows(tables(page)[-1])}
    assert timetable["jobs.purge"][1:] == ["At 03:40 every day", "Never", "Once there is a worker"]
    async with app.app_context(), transaction() as db:
        await schedules.start_due(db)
    timetable = {row[0]: row[1:5] for row in rows(tables(await boss.visit("/admin/jobs"))[-1])}
    assert timetable["jobs.purge"][3].endswith("03:40 UTC")

    answer = await boss.post("/admin/jobs/start/jobs.purge", {"csrf_token": page.csrf_token})
    assert "It is started." in (await boss.follow(answer)).messages
    again = await boss.post("/admin/jobs/start/jobs.purge", {"csrf_token": page.csrf_token})
    assert "It waits or runs already." in (await boss.follow(again)).messages
    assert [job.name for job in await all_jobs(app)] == ["jobs.purge"]
    assert await deliver() == 1
    assert [job.state for job in await all_jobs(app)] == [State.DONE]


@pytest.mark.parametrize("name", ["mail", "no.such.job"])
async def test_only_what_has_a_timetable_can_be_started(app: Quart, boss: Person, name: str) -> None:
    token = (await boss.visit("/admin/jobs")).csrf_token
    assert (await boss.post(f"/admin/jobs/start/{name}", {"csrf_token": token})).status == 404
    assert await all_jobs(app) == []


async def test_whoever_works_is_shown_and_that_nobody_does_is_said(app: Quart, boss: Person) -> None:
    page = await boss.visit("/admin/jobs")
    assert "No worker is running: jobs and mails are kept, and wait." in page.messages
    async with app.app_context(), transaction() as db:
        await heartbeats.beat(db, "1", place="dyno-7:42", running=3)
    page = await boss.visit("/admin/jobs")
    assert "No worker is running" not in page.text
    assert rows(tables(page)[0])[0][:2] == ["dyno-7:42", "3 jobs"]
