"""What was promised is delivered: once when all goes well, and never not at all."""

import asyncio
from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import func, select

from app.database import from_now, transaction
from app.jobs.models import State
from app.jobs.purging import purge
from app.mail import outbox
from app.mail.models import Mail
from tests.conftest import Deliver
from tests.jobs.labour import all_jobs, change_jobs, claim, only_job
from tests.people import Person
from tests.servers import MailServer


async def test_a_mail_is_taken_back_with_what_it_tells_of(app: Quart, ada: Person) -> None:
    try:
        async with app.app_context(), transaction() as db:
            await outbox.post(db, "confirm", to=ada.email, link_id=1)
            raise RuntimeError
    except RuntimeError:
        pass
    assert await claim(app) == []


async def test_a_delivered_mail_is_not_delivered_again(app: Quart, ada: Person, deliver: Deliver) -> None:
    await ada.register()
    assert await deliver() == 1
    assert await deliver() == 0
    job = await only_job(app)
    assert job.state == State.DONE
    assert job.finished_at is not None


async def test_a_refusal_that_may_pass_is_tried_again_later_and_later(
    app: Quart, ada: Person, deliver: Deliver, mail_server: MailServer
) -> None:
    mail_server.replies[ada.email] = "451 Greylisted, come back"
    await ada.register()
    assert await deliver() == 1
    job = await only_job(app)
    assert (job.state, job.attempt) == (State.PENDING, 1)
    assert "Greylisted" in (job.reason or "")
    assert await deliver() == 0, "it is not due yet"

    mail_server.replies.clear()
    await change_jobs(app, due_at=from_now())
    await deliver()
    assert len(ada.mails()) == 1
    assert (await only_job(app)).reason is None


async def test_a_refusal_for_good_ends_it_and_holds_up_nobody_else(
    app: Quart, ada: Person, eve: Person, deliver: Deliver, mail_server: MailServer
) -> None:
    mail_server.replies[ada.email] = "550 No such person"
    await ada.register()
    await deliver()
    job = await only_job(app)
    assert (job.state, job.reason) == (State.DEAD, "550 No such person")
    await eve.register()
    await deliver()
    assert len(eve.mails()) == 1


async def test_a_mail_about_something_that_is_gone_ends_as_dead(app: Quart, ada: Person, deliver: Deliver) -> None:
    async with app.app_context(), transaction() as db:
        await outbox.post(db, "confirm", to=ada.email, link_id=4711)
    await deliver()
    assert (await only_job(app)).state == State.DEAD


async def test_a_mail_of_an_unknown_kind_ends_as_dead_after_a_few_tries(
    app: Quart, ada: Person, deliver: Deliver
) -> None:
    async with app.app_context(), transaction() as db:
        await outbox.post(db, "no_such_kind", to=ada.email)
    for _ in range(3):
        await change_jobs(app, due_at=from_now())
        assert await deliver() == 1
    assert (await only_job(app)).state == State.DEAD


async def test_a_link_asked_for_twice_is_mailed_once_if_the_first_has_not_left(
    app: Quart, grace: Person, deliver: Deliver
) -> None:
    await grace.submit("/account/reset-password", email=grace.email)
    await grace.submit("/account/reset-password", email=grace.email)
    await deliver()
    assert [job.state for job in await all_jobs(app)] == [State.SUPERSEDED, State.DONE]
    assert len(grace.mails()) == 1


async def test_twenty_clicks_at_once_are_one_mail(app: Quart, grace: Person, deliver: Deliver) -> None:
    token = (await grace.visit("/account/reset-password")).csrf_token
    form = {"csrf_token": token, "email": grace.email}
    answers = await asyncio.gather(*(grace.post("/account/reset-password", form) for _ in range(20)))
    assert {answer.status for answer in answers} == {302}
    await deliver()
    assert len(grace.mails()) == 1
    assert (await grace.visit(grace.link())).status == 200


async def test_a_link_that_has_expired_is_not_mailed_any_more(app: Quart, grace: Person, deliver: Deliver) -> None:
    await grace.submit("/account/reset-password", email=grace.email)
    await change_jobs(app, expires_at=from_now(timedelta(seconds=-1)))
    assert await deliver() == 0
    assert (await only_job(app)).state == State.EXPIRED
    assert grace.mails() == []


@pytest.mark.parametrize("kind", ["confirm", "reset_password"])
async def test_a_mail_with_a_link_knows_until_when_it_is_of_use(
    app: Quart, grace: Person, ada: Person, kind: str
) -> None:
    if kind == "confirm":
        await ada.register()
    else:
        await grace.submit("/account/reset-password", email=grace.email)
    assert (await only_job(app)).expires_at is not None


async def test_what_is_forgotten_of_a_job_is_forgotten_of_its_mail(app: Quart, ada: Person, deliver: Deliver) -> None:
    await ada.register()
    await deliver()
    await change_jobs(app, finished_at=from_now(-timedelta(days=31)))
    async with app.app_context():
        await purge()
    async with app.app_context(), transaction() as db:
        assert await db.scalar(select(func.count()).select_from(Mail)) == 0


async def test_the_table_holds_no_link(app: Quart, ada: Person, deliver: Deliver) -> None:
    await ada.register()
    await deliver()
    token = ada.link().rpartition("/")[2]
    async with app.app_context(), transaction() as db:
        mail = (await db.scalars(select(Mail))).one()
    for row in (mail, await only_job(app)):
        assert token not in repr([getattr(row, column.key) for column in row.__table__.columns])
