"""What was promised is delivered: once when all goes well, and never not at all."""

import asyncio
from datetime import timedelta

from quart import Quart
from sqlalchemy import select, update

from app.database import from_now, transaction
from app.mail import delivery, outbox
from app.mail.models import Mail, State
from tests.conftest import Deliver
from tests.people import Person
from tests.servers import MailServer


async def mail_of(app: Quart) -> Mail:
    async with app.app_context(), transaction() as db:
        return (await db.scalars(select(Mail))).one()


async def change(app: Quart, **values: object) -> None:
    async with app.app_context(), transaction() as db:
        await db.execute(update(Mail).values(**values))


async def test_a_mail_is_taken_back_with_what_it_tells_of(app: Quart, ada: Person) -> None:
    try:
        async with app.app_context(), transaction() as db:
            await outbox.post(db, "confirm", to=ada.email, link_id=1)
            raise RuntimeError
    except RuntimeError:
        pass
    assert await delivery.claim(app) is None


async def test_a_delivered_mail_is_not_delivered_again(app: Quart, ada: Person, deliver: Deliver) -> None:
    await ada.register()
    assert await deliver() == 1
    assert await deliver() == 0
    mail = await mail_of(app)
    assert mail.state == State.SENT
    assert mail.sent_at is not None


async def test_no_two_workers_get_the_same_mail(app: Quart, ada: Person, eve: Person) -> None:
    for person in (ada, eve):
        await person.register()
    claims = await asyncio.gather(*(delivery.claim(app) for _ in range(10)))
    claimed = [mail.to for mail in claims if mail is not None]
    assert sorted(claimed) == ["ada@example.com", "eve@example.com"]


async def test_the_mail_of_a_worker_that_died_is_sent_by_another(app: Quart, ada: Person, deliver: Deliver) -> None:
    await ada.register()
    assert await delivery.claim(app) is not None
    assert await deliver() == 0, "its lease is still running"
    await change(app, lease_until=from_now(timedelta(seconds=-1)))
    assert await deliver() == 1
    assert (await mail_of(app)).attempt == 2


async def test_a_worker_that_was_too_slow_does_not_overrule_its_successor(app: Quart, ada: Person) -> None:
    await ada.register()
    slow = await delivery.claim(app)
    await change(app, lease_until=from_now(timedelta(seconds=-1)))
    successor = await delivery.claim(app)
    assert slow is not None
    assert successor is not None
    async with app.app_context(), transaction() as db:
        await outbox.bury(db, slow, "too slow")
    assert (await mail_of(app)).state == State.SENDING
    async with app.app_context(), transaction() as db:
        await outbox.mark_sent(db, successor)
    assert (await mail_of(app)).state == State.SENT


async def test_a_refusal_that_may_pass_is_tried_again_later_and_later(
    app: Quart, ada: Person, deliver: Deliver, mail_server: MailServer
) -> None:
    mail_server.replies[ada.email] = "451 Greylisted, come back"
    await ada.register()
    assert await deliver() == 1
    mail = await mail_of(app)
    assert (mail.state, mail.attempt) == (State.PENDING, 1)
    assert "Greylisted" in (mail.reason or "")
    assert await deliver() == 0, "it is not due yet"

    mail_server.replies.clear()
    await change(app, due_at=from_now())
    await deliver()
    assert len(ada.mails()) == 1
    assert (await mail_of(app)).reason is None


async def test_a_refusal_for_good_ends_it_and_holds_up_nobody_else(
    app: Quart, ada: Person, eve: Person, deliver: Deliver, mail_server: MailServer
) -> None:
    mail_server.replies[ada.email] = "550 No such person"
    await ada.register()
    await deliver()
    mail = await mail_of(app)
    assert (mail.state, mail.reason) == (State.DEAD, "550 No such person")
    await eve.register()
    await deliver()
    assert len(eve.mails()) == 1


async def test_a_mail_about_something_that_is_gone_ends_as_dead(app: Quart, ada: Person, deliver: Deliver) -> None:
    async with app.app_context(), transaction() as db:
        await outbox.post(db, "confirm", to=ada.email, link_id=4711)
    await deliver()
    assert (await mail_of(app)).state == State.DEAD


async def test_a_mail_of_an_unknown_kind_ends_as_dead(app: Quart, ada: Person, deliver: Deliver) -> None:
    async with app.app_context(), transaction() as db:
        await outbox.post(db, "no_such_kind", to=ada.email)
    await deliver()
    assert (await mail_of(app)).state == State.DEAD


async def test_the_table_holds_no_link(app: Quart, ada: Person, deliver: Deliver) -> None:
    await ada.register()
    await deliver()
    token = ada.link().rpartition("/")[2]
    mail = await mail_of(app)
    assert token not in repr([getattr(mail, column.key) for column in Mail.__table__.columns])
