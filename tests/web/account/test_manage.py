"""What members see of their account, and change."""

import asyncio

import pytest
from quart import Quart
from sqlalchemy import select, update

from app.accounts.models import User, UserSession
from app.database import transaction
from tests.conftest import Deliver, user_of
from tests.people import Person

NEW = "analytical engine no. 1"


async def change_password(person: Person, old: str, new: str = NEW) -> list[str]:
    path = "/account/manage/change-password"
    page = await person.submit(path, old_password=old, new_password=new, new_password2=new)
    return (await person.follow(page)).messages if page.location else page.messages


async def ask_to_change_email(person: Person, email: str, password: str | None = None) -> list[str]:
    page = await person.submit("/account/manage/change-email", email=email, password=password or person.password)
    return (await person.follow(page)).messages if page.location else page.messages


async def test_grace_changes_her_name(app: Quart, grace: Person) -> None:
    await grace.log_in()
    page = await grace.follow(await grace.submit("/account/manage", first_name="Grace B.", last_name="Murray"))
    assert page.messages == ["Your name has been updated."]
    assert "Grace B. Murray" in page.text
    assert (await grace.submit("/account/manage", first_name="", last_name="x")).status == 422


async def test_nobody_becomes_an_administrator_by_sending_more_than_was_asked(app: Quart, grace: Person) -> None:
    await grace.log_in()
    more = {"role": "2", "role_id": "2", "confirmed": "y", "id": "1", "email": "x@example.com"}
    await grace.submit("/account/manage", first_name="Grace", last_name="Hopper", **more)
    user = await user_of(app, grace.email)
    assert user is not None
    assert user.role_id == 1


async def test_grace_changes_her_password_and_stays_logged_in_only_here(grace: Person, eve: Person) -> None:
    eve.email = grace.email
    await eve.log_in()
    await grace.log_in()
    assert await change_password(grace, grace.password) == ["Your password has been updated."]
    assert (await grace.visit("/account/manage")).status == 200
    assert (await eve.visit("/account/manage")).status == 302
    assert (await eve.log_in()).status == 422
    assert (await eve.log_in(password=NEW)).status == 302


async def test_the_old_password_is_asked_for(grace: Person) -> None:
    await grace.log_in()
    assert await change_password(grace, "not the old one") == ["Original password is invalid."]
    assert await change_password(grace, grace.password, "short") == ["A password has at least 12 characters."]


async def test_links_die_with_the_password_that_they_were_issued_beside(grace: Person, deliver: Deliver) -> None:
    await grace.submit("/account/reset-password", email=grace.email)
    await deliver()
    link = grace.link()
    await grace.log_in()
    await change_password(grace, grace.password)
    await grace.submit("/account/logout")
    assert (await grace.visit(link)).status == 410


async def test_grace_changes_her_address_once_the_new_one_has_answered(
    app: Quart, grace: Person, eve: Person, deliver: Deliver
) -> None:
    await grace.log_in()
    sent = ["A confirmation link has been sent to admiral@example.com."]
    assert await ask_to_change_email(grace, "Admiral@example.com") == sent
    assert await user_of(app, "grace@example.com") is not None, "nothing has changed yet"

    await deliver()
    former, grace.email = grace.email, "admiral@example.com"
    assert grace.mails()[0]["Subject"] == "[Quart-Base] Confirm Your New Email"
    assert (await grace.visit(grace.link())).heading == "Confirm your new email"
    assert await user_of(app, "grace@example.com") is not None, "looking at it changes nothing"
    page = await grace.follow(await grace.submit(grace.link()))
    assert page.messages == ["Your email address has been updated."]
    assert await user_of(app, "admiral@example.com") is not None

    await deliver()
    grace.email = former
    assert [mail["Subject"] for mail in grace.mails()] == ["[Quart-Base] Your Email Address Has Changed"]


async def test_each_link_changes_to_the_address_that_it_was_sent_to(grace: Person, deliver: Deliver) -> None:
    await grace.log_in()
    links = {}
    for email in ("first@example.com", "second@example.com"):
        await ask_to_change_email(grace, email)
        await deliver()
        grace.email = email
        links[email] = grace.link()
    await grace.submit(links["first@example.com"])
    assert "first@example.com" in (await grace.visit("/account/manage")).text
    assert (await grace.visit(links["second@example.com"])).status == 410, "it was sent from another address"


async def test_a_stranger_at_a_mistyped_address_does_not_get_the_account(
    app: Quart, grace: Person, eve: Person, root: Person, deliver: Deliver
) -> None:
    await grace.log_in()
    await ask_to_change_email(grace, eve.email)
    await deliver()
    assert (await eve.visit(eve.link())).location == f"/account/login?next={eve.link()}"
    eve.email, link = root.email, eve.link()
    await eve.log_in()
    assert (await eve.visit(link)).status == 410
    assert (await eve.post(link, {"csrf_token": (await eve.visit("/account/logout")).csrf_token})).status == 410


async def test_an_address_that_another_has_gets_the_same_answer_and_its_owner_a_mail(
    grace: Person, root: Person, deliver: Deliver
) -> None:
    await grace.log_in()
    sent = [f"A confirmation link has been sent to {root.email}."]
    assert await ask_to_change_email(grace, root.email) == sent
    await deliver()
    assert [mail["Subject"] for mail in root.mails()] == ["[Quart-Base] You Already Have an Account"]


async def test_somebody_may_be_faster_at_the_new_address(
    app: Quart, grace: Person, root: Person, deliver: Deliver
) -> None:
    await grace.log_in()
    await ask_to_change_email(grace, "wanted@example.com")
    await deliver()
    async with app.app_context(), transaction() as db:
        await db.execute(update(User).where(User.email == root.email).values(email="wanted@example.com"))
    grace.email = "wanted@example.com"
    page = await grace.submit(grace.link())
    assert page.status == 410
    assert "Your Account" in page.text


async def test_of_many_uses_of_the_link_at_once_one_succeeds(grace: Person, deliver: Deliver) -> None:
    await grace.log_in()
    await ask_to_change_email(grace, "admiral@example.com")
    await deliver()
    grace.email = "admiral@example.com"
    link = grace.link()
    token = (await grace.visit(link)).csrf_token
    pages = await asyncio.gather(*(grace.post(link, {"csrf_token": token}) for _ in range(20)))
    # Some come so late that their session has ended with the change, and are asked to log in, or for the password.
    assert sum(page.location == "/" for page in pages) == 1
    assert {page.status for page in pages} <= {302, 403, 410}


async def test_the_password_is_asked_for_and_the_own_address_is_no_new_one(grace: Person) -> None:
    await grace.log_in()
    assert await ask_to_change_email(grace, "x@example.com", "not mine") == ["Invalid email or password."]
    assert await ask_to_change_email(grace, "Grace@example.com") == ["That is your address already."]


async def test_grace_sees_where_she_is_logged_in_and_ends_one_or_all_others(grace: Person, eve: Person) -> None:
    eve.email = grace.email
    await eve.log_in()
    await grace.log_in()
    page = await grace.visit("/account/manage/sessions")
    assert len(page.soup.select("tbody tr")) == 2
    other = page.soup.select_one("td button[name=session]")
    assert other is not None
    await grace.submit("/account/manage/sessions", session=other["value"])
    assert (await eve.visit("/account/manage")).status == 302

    await eve.log_in()
    page = await grace.follow(await grace.submit("/account/manage/sessions", session="others"))
    assert page.messages == ["Logged out there."]
    assert (await eve.visit("/account/manage")).status == 302
    assert (await grace.visit("/account/manage")).status == 200


async def test_nobody_ends_the_sessions_of_another(app: Quart, grace: Person, root: Person) -> None:
    await root.log_in()
    await grace.log_in()
    async with app.app_context(), transaction() as db:
        everybodys = await db.scalars(select(UserSession.id))
        own = await db.scalar(select(UserSession.id).join(UserSession.user).where(User.email == grace.email))
    for session in {*everybodys} - {own}:
        await grace.submit("/account/manage/sessions", session=session)
    assert (await root.visit("/account/manage")).status == 200


@pytest.mark.parametrize("session", ["0", "-1", "9" * 30, "x", "²", "", "others "])
async def test_a_session_that_makes_no_sense_ends_nothing(grace: Person, session: str) -> None:
    await grace.log_in()
    assert (await grace.submit("/account/manage/sessions", session=session)).status == 302
    assert (await grace.visit("/account/manage")).status == 200


async def test_an_unconfirmed_user_who_changes_the_address_has_confirmed_by_that(ada: Person, deliver: Deliver) -> None:
    await ada.register(email="mistyped@example.com")
    await ada.log_in(email="mistyped@example.com")
    await ask_to_change_email(ada, ada.email)
    await deliver()
    await ada.submit(ada.link())
    assert (await ada.visit("/")).status == 200


async def test_the_menu_leads_to_everything_about_the_account(grace: Person) -> None:
    await grace.log_in()
    page = await grace.visit("/account/manage")
    links = {link.get_text(strip=True): str(link["href"]) for link in page.soup.select(".sidebar a")}
    assert list(links) == [
        "Account information",
        "Change email address",
        "Change password",
        "Where you are logged in",
        "Activity",
        "Log out",
    ]
    assert [(await grace.visit(path)).status for path in links.values()] == [200] * 6
