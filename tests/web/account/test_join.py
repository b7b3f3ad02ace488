"""Accepting an invitation."""

import asyncio
from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import update

from app.accounts.models import Link
from app.database import from_now, transaction
from tests.conftest import Deliver, user_of
from tests.people import Person

PATH = "/admin/invite-user"


async def join(person: Person, link: str) -> list[str]:
    page = await person.submit(link, password=person.password, password2=person.password)
    return (await person.follow(page)).messages if page.location else page.messages


@pytest.fixture
async def invited(ada: Person, root: Person, deliver: Deliver) -> Person:
    """Ada, with an invitation in her mailbox."""
    await root.log_in()
    await root.submit(PATH, role="1", first_name="Ada", last_name="Lovelace", email=ada.email)
    await deliver()
    return ada


async def test_ada_is_invited_chooses_her_password_and_logs_in(invited: Person) -> None:
    assert invited.mails()[0]["Subject"] == "[Quart-Base] You Are Invited To Join"
    assert (await invited.visit(invited.link())).heading == "Create your password"
    [message] = await join(invited, invited.link())
    assert message.startswith("Your password has been set.")
    assert (await invited.log_in()).location == "/"


async def test_opening_the_link_neither_joins_nor_confirms(app: Quart, invited: Person) -> None:
    await invited.visit(invited.link())
    user = await user_of(app, invited.email)
    assert user is not None
    assert (user.confirmed, user.password_hash) == (False, None)


@pytest.mark.parametrize("password", ["", "!", "difference engine no. 2"])
async def test_nobody_logs_in_before_a_password_is_chosen(invited: Person, password: str) -> None:
    assert (await invited.log_in(password=password)).status == 422


async def test_an_invitation_is_accepted_once(invited: Person) -> None:
    link = invited.link()
    await join(invited, link)
    page = await invited.follow(await invited.visit(link))
    assert page.messages == ["You have already joined."]


async def test_of_many_that_accept_it_at_once_one_succeeds(invited: Person) -> None:
    link = invited.link()
    form = {"password": invited.password, "password2": invited.password}
    form["csrf_token"] = (await invited.visit(link)).csrf_token
    pages = await asyncio.gather(*(invited.post(link, form) for _ in range(20)))
    assert sum(page.location == "/account/login" for page in pages) == 1
    assert all(page.status < 500 for page in pages)


async def test_an_invitation_belongs_to_one_user(app: Quart, invited: Person, root: Person) -> None:
    boss = await user_of(app, root.email)
    assert boss is not None
    token = invited.link().rpartition("/")[2]
    for user_id in (str(boss.id), "999", "9" * 30, "0", "x"):
        assert (await invited.visit(f"/account/join-from-invite/{user_id}/{token}")).status in {404, 410}


async def test_an_expired_invitation_is_renewed_once_and_only_by_asking(
    app: Quart, invited: Person, deliver: Deliver
) -> None:
    link = invited.link()
    async with app.app_context(), transaction() as db:
        await db.execute(update(Link).values(expires_at=from_now(timedelta(seconds=-1))))
    assert (await invited.visit(link)).heading == "This invitation has expired"
    await deliver()
    assert len(invited.mails()) == 1, "looking at it sends nothing"

    token = (await invited.visit(link)).csrf_token
    pages = await asyncio.gather(*(invited.post(link, {"csrf_token": token}) for _ in range(15)))
    assert {page.status for page in pages} <= {302, 410}
    assert (await invited.follow(next(page for page in pages if page.location))).messages[:1] == [
        "The confirmation link is invalid or has expired. Another invite email with a new link has been sent to you."
    ]
    await deliver()
    assert len(invited.mails()) == 2, "however often it is asked for"
    assert (await join(invited, invited.link()))[0].startswith("Your password has been set.")


async def test_a_made_up_link_sends_no_mail(invited: Person, deliver: Deliver) -> None:
    page = await invited.visit(invited.link() + "x")
    assert page.status == 410
    token = (await invited.visit("/account/login")).csrf_token
    assert (await invited.post(invited.link() + "x", {"csrf_token": token})).status == 410
    await deliver()
    assert len(invited.mails()) == 1


async def test_whoever_is_logged_in_has_joined(invited: Person, grace: Person) -> None:
    await grace.log_in()
    page = await grace.follow(await grace.visit(invited.link()))
    assert "You are already logged in." in page.messages


async def test_an_invited_user_who_says_they_forgot_their_password_joins_by_that(
    app: Quart, invited: Person, deliver: Deliver
) -> None:
    await invited.submit("/account/reset-password", email=invited.email)
    await deliver()
    await invited.submit(invited.link(), new_password=invited.password, new_password2=invited.password)
    assert (await invited.log_in()).location == "/"
    user = await user_of(app, invited.email)
    assert user is not None
    assert user.confirmed
