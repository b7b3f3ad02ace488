"""What stands in the rooms that `test_walk.py` walks through, so that there is something to see."""

import asyncio
import mailbox
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from faker import Faker
from quart import Quart
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import fake, invitations, links, mails, roles
from app.accounts.models import Link, User
from app.audit import Action, record
from app.database import from_now, transaction
from app.jobs.models import Job
from app.mail.kinds import KINDS
from app.pages import pages, revisions, texts
from tests.conftest import enrol
from tests.people import Person
from tests.servers import MailServer

ABOUT = """## Who we are

We compute. *Since 1843*, by **hand**, and lately by machine:

1. numbers of Bernoulli,
2. [tables](/) of logarithms.

> The Analytical Engine weaves algebraic patterns.

| engine | made |
|---|---|
| difference | 1822 |
| analytical | never |

```
while True: compute()
```
"""

EVENTS = [
    ("password_changed", Action.CHANGE_PASSWORD, ""),
    ("email_changed", Action.CHANGE_EMAIL, "commodore@example.com → grace@example.com"),
    ("new_device", Action.LOG_IN, ""),
    ("role_changed", Action.CHANGE_USER_ROLE, "Editor → User"),
    ("deactivated", Action.DEACTIVATE, ""),
]


@dataclass(frozen=True)
class Furniture:
    """Who is there, and the ids and secrets that stand in the addresses of what is there."""

    unconfirmed: Person
    member: Person
    administrator: Person
    addresses: dict[str, str]


async def furnish(app: Quart, mail_server: MailServer, maildir: Path) -> Furniture:
    """Bring in users, links, pages and mails."""
    mary, grace, radia = [
        Person(app.test_client(), mail_server, *name)
        for name in (("Mary", "Somerville"), ("Grace", "Hopper"), ("Radia", "Perlman"))
    ]
    await enrol(app, mary, role="User", confirmed=False)
    await enrol(app, grace, role="User")
    await enrol(app, radia, role="Administrator")
    mail_server.replies["charles@example.com"] = "550 No such person"
    async with app.app_context(), transaction() as db:
        found = await _users(db, await _user(db, grace)) | await _guests(db)
        found |= await _pages(db, await _user(db, radia))
    await _until_all_is_done(app)
    kinds = {f"[Quart-Base] {kind.subject}": f"mail_{name}" for name, kind in KINDS.items()}
    box = mailbox.Maildir(maildir)
    found |= {kinds[mail["Subject"]]: box.add(mail.as_bytes()) for mail in mail_server.received}
    return Furniture(mary, grace, radia, found)


async def _user(db: AsyncSession, person: Person) -> User:
    return (await db.scalars(select(User).where(User.email == person.email))).one()


async def _users(db: AsyncSession, user: User) -> dict[str, str]:
    Faker.seed(1843)  # the same names in every picture
    for days, count in enumerate((3, 8, 6, 9, 4, 2, 7, 5, 8, 3, 6, 4, 7, 5, 9)):
        created_at = datetime.now(UTC) - timedelta(days=days)
        await fake.add(db, count, role_id=user.role_id, password_hash="x", created_at=created_at)
    role = await roles.make(db, name="Editor", permissions=0x01, index="main")
    reset, confirm = [await links.issue(db, user, purpose) for purpose in (links.RESET, links.CONFIRM)]
    change_email = await links.issue(db, user, links.CHANGE_EMAIL, to="admiral@example.com")
    await mails.post_link(db, reset)
    await mails.post_link(db, confirm)
    await mails.post_link(db, change_email)
    await mails.post_already_registered(db, user)
    for kind, action, details in EVENTS:
        await mails.post_event(db, kind, user, record(db, action, person=user, details=details))
    secrets = {"reset": reset, "confirm": confirm, "change_email": change_email}
    return {"user": str(user.id), "role": str(role.id)} | {name: links.token(link) for name, link in secrets.items()}


async def _guests(db: AsyncSession) -> dict[str, str]:
    """Ada was invited, and Charles too long ago."""
    found: dict[str, str] = {}
    for name, guest, secret in (("Charles", "late", "too_late"), ("Ada", "invited", "invite")):
        role, email = await roles.default_role(db), f"{name}@example.com"
        user = await invitations.invite(db, email=email, first_name=name, last_name="Babbage", role=role)
        link = (await db.scalars(select(Link).where(Link.user_id == user.id))).one()
        found |= {guest: str(user.id), secret: links.token(link)}
    late = int(found["late"])
    await db.execute(update(Link).where(Link.user_id == late).values(expires_at=from_now(-timedelta(1))))
    return found


async def _pages(db: AsyncSession, author: User) -> dict[str, str]:
    page = await pages.create(db, name="opening-hours", title="Opening hours")
    await pages.save(db, page.editor_name, await texts.compose("We never close."), by=author)
    for text in ("## Who we are", ABOUT):
        await pages.save(db, "about", await texts.compose(text), title="About us", by=author)
    newest = await revisions.newest(db, "about")
    assert newest is not None
    return {"revision": str(newest.id)}


async def _until_all_is_done(app: Quart) -> None:
    waiting = select(func.count()).select_from(Job).where(Job.due_at.is_not(None))
    async with asyncio.timeout(20):
        while True:
            async with app.app_context(), transaction() as db:
                if not await db.scalar(waiting):
                    return
            await asyncio.sleep(0.05)
