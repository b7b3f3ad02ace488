"""Confirming that one reads mail at one's address."""

import asyncio
from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import update

from app.accounts.models import Link, User
from app.database import from_now, transaction
from tests.conftest import Deliver, user_of
from tests.people import Person


@pytest.fixture
async def invited(ada: Person, deliver: Deliver) -> Person:
    """Ada, registered and with a link in her mailbox."""
    await ada.register()
    await deliver()
    return ada


async def test_a_mail_scanner_that_opens_the_link_confirms_nothing(app: Quart, invited: Person) -> None:
    await invited.visit(invited.link())
    user = await user_of(app, invited.email)
    assert user is not None
    assert not user.confirmed


async def test_a_link_works_once(invited: Person) -> None:
    link = invited.link()
    await invited.submit(link)
    page = await invited.visit(link)
    assert page.status == 410
    assert "The confirmation link is invalid or has expired." in page.text


async def test_whoever_has_confirmed_is_asked_nothing_by_another_link(
    app: Quart, invited: Person, deliver: Deliver
) -> None:
    first = invited.link()
    invited.forget_mails()
    await invited.log_in()
    await invited.submit("/account/confirm-account")
    await deliver()
    token = (await invited.visit(first)).csrf_token
    await invited.post(first, {"csrf_token": token})
    assert (await invited.visit(invited.link())).location == "/"
    assert (await invited.post(invited.link(), {"csrf_token": token})).location == "/"
    page = await invited.visit("/")
    assert page.messages == ["Your account has been confirmed."], "once"


async def test_of_many_uses_of_one_link_at_once_one_succeeds(invited: Person) -> None:
    link = invited.link()
    token = (await invited.visit(link)).csrf_token
    pages = await asyncio.gather(*(invited.post(link, {"csrf_token": token}) for _ in range(20)))
    assert sorted(page.status for page in pages) == [302] + [410] * 19


async def test_a_link_that_somebody_made_up_is_refused(invited: Person) -> None:
    for token in ("1", "MQ.x", "x" * 3000, "%00", "é", invited.link()[-40:]):
        assert (await invited.visit(f"/account/confirm-account/{token}")).status == 410, token


async def test_a_link_dies_with_its_time(app: Quart, invited: Person) -> None:
    async with app.app_context(), transaction() as db:
        await db.execute(update(Link).values(expires_at=from_now(timedelta(seconds=-1))))
    assert (await invited.visit(invited.link())).status == 410


async def test_a_link_dies_with_the_address_that_it_was_sent_to(app: Quart, invited: Person) -> None:
    async with app.app_context(), transaction() as db:
        await db.execute(update(User).values(email="countess@example.com"))
    assert (await invited.visit(invited.link())).status == 410


async def test_a_link_for_another_purpose_confirms_nothing(app: Quart, invited: Person) -> None:
    async with app.app_context(), transaction() as db:
        await db.execute(update(Link).values(purpose="reset"))
    assert (await invited.visit(invited.link())).status == 410


async def test_the_unconfirmed_get_no_further_than_their_account(invited: Person) -> None:
    await invited.log_in()
    assert (await invited.visit("/")).location == "/account/unconfirmed"
    assert (await invited.visit("/admin/")).location == "/account/unconfirmed"
    assert (await invited.visit("/account/manage")).status == 200
    assert (await invited.visit("/static/logo.svg")).status == 200
    assert (await invited.visit("/no/such/page")).status == 404
    page = await invited.visit("/account/unconfirmed")
    assert "You need to confirm your account before continuing." in page.text
    assert "I didn't receive an email!" in page.text


async def test_another_link_is_sent_to_those_who_ask(invited: Person, deliver: Deliver) -> None:
    first = invited.link()
    await invited.log_in()
    page = await invited.submit("/account/confirm-account")
    page = await invited.follow(await invited.follow(page))
    assert page.messages == ["A new confirmation link has been sent to ada@example.com."]
    await deliver()
    assert invited.link() != first
    assert (await invited.follow(await invited.submit(invited.link()))).messages == ["Your account has been confirmed."]


async def test_the_confirmed_are_asked_nothing(grace: Person, deliver: Deliver) -> None:
    await grace.log_in()
    assert (await grace.visit("/account/confirm-account")).location == "/"
    assert (await grace.visit("/account/unconfirmed")).location == "/"
    token = (await grace.visit("/account/logout")).csrf_token
    assert (await grace.post("/account/confirm-account", {"csrf_token": token})).location == "/"
    await deliver()
    assert grace.mails() == []


async def test_visitors_are_asked_to_log_in_for_another_link(ada: Person) -> None:
    assert (await ada.visit("/account/confirm-account")).location == "/account/login?next=/account/confirm-account"
    assert (await ada.visit("/account/unconfirmed")).location == "/"
