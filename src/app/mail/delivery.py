"""The job that every mail is: from the outbox to whoever carries it on."""

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from app.database import session
from app.jobs import GiveUp, job
from app.mail import transports
from app.mail.models import Mail


@job(name="mail", tries=3)
async def deliver(message_id: str) -> None:
    """Send a mail; what is wrong with the mail itself ends it after three tries, a mail server that is away never."""
    from app.mail.rendering import render

    db = session()
    mail = (await db.scalars(select(Mail).where(Mail.message_id == message_id))).one()
    try:
        message = await render(db, mail)
    except NoResultFound:
        raise GiveUp("What it tells of is gone") from None
    await db.close()  # gives the connection back: sending takes its time
    await transports.send(message, to=mail.to)
