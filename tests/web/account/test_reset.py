"""Forgotten passwords."""

import asyncio
from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import update

from app.accounts.models import Link, User
from app.database import from_now, transaction
from tests.conftest import Deliver, user_of
from tests.people import Person

NEW = "analytical engine no. 1"


async def ask(person: Person, email: str | None = None) -> None:
    page = await person.submit("/account/reset-password", email=email or person.email)
    assert page.location == "/account/login"


async def choose(person: Person, link: str, password: str = NEW) -> list[str]:
    page = await person.submit(link, new_password=password, new_password2=password)
    return (await person.follow(page)).messages if page.location else page.messages


async def test_grace_forgets_her_password_and_chooses_another(grace: Person, deliver: Deliver) -> None:
    page = await grace.follow(await grace.submit("/account/reset-password", email="GRACE@example.com"))
    assert page.messages == ["A password reset link has been sent to grace@example.com."]
    await deliver()
    assert grace.mails()[0]["Subject"] == "[Quart-Base] Reset Your Password"
    assert await choose(grace, grace.link()) == ["Your password has been updated."]
    assert (await grace.log_in()).status == 422
    assert (await grace.log_in(password=NEW)).location == "/"


async def test_an_unknown_address_gets_the_same_answer_and_no_mail(ada: Person, deliver: Deliver) -> None:
    page = await ada.follow(await ada.submit("/account/reset-password", email=ada.email))
    assert page.messages == ["A password reset link has been sent to ada@example.com."]
    await deliver()
    assert ada.mails() == []


async def test_the_mail_goes_to_the_address_that_is_stored(grace: Person, eve: Person, deliver: Deliver) -> None:
    await ask(eve, "Grace@EXAMPLE.com")
    await deliver()
    assert len(grace.mails()) == 1
    assert eve.mails() == []


async def test_opening_the_link_changes_nothing(grace: Person, deliver: Deliver) -> None:
    await ask(grace)
    await deliver()
    for _ in range(2):
        assert (await grace.visit(grace.link())).heading == "Choose another password"
    assert (await grace.log_in()).location == "/"


async def test_a_link_works_once_also_for_many_at_once(grace: Person, deliver: Deliver) -> None:
    await ask(grace)
    await deliver()
    link = grace.link()
    form = {"new_password": NEW, "new_password2": NEW, "csrf_token": (await grace.visit(link)).csrf_token}
    pages = await asyncio.gather(*(grace.post(link, form) for _ in range(20)))
    assert sorted(page.status for page in pages) == [302] + [410] * 19
    page = await grace.visit(link)
    assert page.status == 410
    assert "The password reset link is invalid or has expired." in page.text
    assert page.soup.select_one('main a[href="/account/reset-password"]') is not None


async def test_every_browser_is_logged_out(grace: Person, eve: Person, deliver: Deliver) -> None:
    eve.email = grace.email
    await eve.log_in()
    await ask(grace)
    await deliver()
    await choose(grace, grace.link())
    assert (await eve.visit("/account/manage")).status == 302


async def test_one_reset_ends_the_other_links_too(grace: Person, deliver: Deliver) -> None:
    await ask(grace)
    await deliver()
    first = grace.link()
    await ask(grace)
    await deliver()
    await choose(grace, grace.link())
    assert (await grace.visit(first)).status == 410


@pytest.mark.parametrize("column", ["expires_at", "issued_for"])
async def test_a_link_dies_with_its_time_and_with_the_address(
    app: Quart, grace: Person, deliver: Deliver, column: str
) -> None:
    await ask(grace)
    await deliver()
    value = from_now(timedelta(seconds=-1)) if column == "expires_at" else "other@example.com"
    async with app.app_context(), transaction() as db:
        await db.execute(update(Link).values({column: value}))
    assert (await grace.visit(grace.link())).status == 410


async def test_a_link_dies_when_its_owner_logs_in_after_all(grace: Person, eve: Person, deliver: Deliver) -> None:
    await ask(grace)
    await deliver()
    assert (await eve.visit(grace.link())).status == 200
    await grace.log_in()
    assert (await eve.visit(grace.link())).status == 410


async def test_a_link_that_confirms_does_not_reset(ada: Person, deliver: Deliver) -> None:
    await ada.register()
    await deliver()
    token = ada.link().rpartition("/")[2]
    assert (await ada.visit(f"/account/reset-password/{token}")).status == 410


async def test_whoever_registered_the_address_of_another_is_out_once_its_owner_resets(
    app: Quart, ada: Person, eve: Person, deliver: Deliver
) -> None:
    eve.email, eve.password = ada.email, "eve was here first"
    await eve.register()
    await eve.log_in()
    await ask(ada)
    await deliver()
    await choose(ada, ada.link())
    assert (await eve.visit("/account/manage")).status == 302
    assert (await eve.log_in()).status == 422
    user = await user_of(app, ada.email)
    assert user is not None
    assert user.confirmed, "the link has shown who reads the mail there"


async def test_the_deactivated_get_no_link(app: Quart, grace: Person, deliver: Deliver) -> None:
    async with app.app_context(), transaction() as db:
        await db.execute(update(User).values(deactivated_at=from_now()))
    await ask(grace)
    await deliver()
    assert grace.mails() == []


async def test_the_new_password_obeys_the_policy(grace: Person, deliver: Deliver) -> None:
    await ask(grace)
    await deliver()
    assert await choose(grace, grace.link(), "short") == ["A password has at least 12 characters."]
    page = await grace.submit(grace.link(), new_password=NEW, new_password2="something else")
    assert page.messages == ["Passwords must match."]


async def test_those_who_are_logged_in_need_no_link(grace: Person) -> None:
    await grace.log_in()
    assert (await grace.visit("/account/reset-password")).location == "/"
    assert (await grace.visit("/account/reset-password/x")).location == "/"


async def test_a_mailed_link_leads_to_us_whatever_name_we_were_called_by(
    grace: Person, eve: Person, deliver: Deliver
) -> None:
    token = (await eve.visit("/account/reset-password")).csrf_token
    form = {"email": grace.email, "csrf_token": token}
    assert (await eve.post("/account/reset-password", form, headers={"Host": "evil.example"})).status == 400
    await eve.post("/account/reset-password", form, headers={"X-Forwarded-Host": "evil.example"})
    await deliver()
    [mail] = grace.mails()
    assert "evil.example" not in mail.as_string()
    assert (await grace.visit(grace.link())).status == 200


async def test_of_two_addresses_in_one_form_one_counts(grace: Person, root: Person, deliver: Deliver) -> None:
    token = (await grace.visit("/account/reset-password")).csrf_token
    form = {"email": [grace.email, root.email], "csrf_token": token}
    await grace.post("/account/reset-password", form)
    await grace.post("/account/reset-password", {"email[]": root.email, "csrf_token": token})
    await grace.post(f"/account/reset-password?email={root.email}", {"csrf_token": token})
    await deliver()
    assert [len(grace.mails()), len(root.mails())] == [1, 0]
