"""Signing up."""

import asyncio
from collections.abc import Callable

import pytest
from quart import Quart

from app.settings import settings
from tests.conftest import Deliver, user_of
from tests.people import Person


async def test_ada_registers_reads_her_mail_confirms_and_logs_in(ada: Person, deliver: Deliver) -> None:
    landing = await ada.follow(await ada.register())
    assert landing.messages == ["A confirmation link has been sent to ada@example.com."]

    await deliver()
    assert (await ada.visit(ada.link())).heading == "Confirm your account"
    login = await ada.follow(await ada.submit(ada.link()))
    assert login.messages == ["Your account has been confirmed."]
    assert login.heading == "Log in"

    landing = await ada.follow(await ada.log_in())
    assert landing.messages == ["You are now logged in. Welcome back!"]
    assert "Hello Ada Lovelace," in landing.text


async def test_nobody_is_logged_in_by_registering_or_confirming(ada: Person, deliver: Deliver) -> None:
    await ada.register()
    await deliver()
    await ada.submit(ada.link())
    assert (await ada.visit("/account/manage")).location == "/account/login?next=/account/manage"


async def test_a_taken_address_gets_the_same_answer_and_its_owner_a_mail(
    ada: Person, eve: Person, grace: Person, deliver: Deliver
) -> None:
    free = await ada.register()
    taken = await eve.register(email="Grace@Example.COM")
    assert (taken.status, taken.location) == (free.status, free.location)
    assert (await eve.follow(taken)).messages == ["A confirmation link has been sent to grace@example.com."]

    await deliver()
    [mail] = grace.mails()
    assert mail["Subject"] == "[Quart-Base] You Already Have an Account"
    assert "Dear Grace Hopper," in mail.get_body(("plain",)).get_content()


async def test_a_taken_address_keeps_its_password_and_its_name(eve: Person, grace: Person) -> None:
    await eve.register(email=grace.email, password="eve was here 12", password2="eve was here 12")
    assert (await grace.log_in()).status == 302


async def test_of_twenty_registrations_of_one_address_at_once_one_makes_the_account(
    app: Quart, ada: Person, eve: Person, deliver: Deliver, tell: Callable[..., None]
) -> None:
    tell(LIMIT_REGISTRATIONS="100/hour", LIMIT_REGISTRATION_MAILS="100/hour")
    eve.email = ada.email
    answers = await asyncio.gather(*(person.register() for person in [ada, eve] * 10))
    assert [answer.status for answer in answers] == [302] * 20
    await deliver()
    assert len(ada.mails("Confirm Your Account")) == 1
    assert len(ada.mails("You Already Have an Account")) == 19
    assert await user_of(app, ada.email) is not None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"email": "nonsense"}, "Invalid email address."),
        ({"email": ""}, "This field is required."),
        ({"first_name": ""}, "This field is required."),
        ({"first_name": "   "}, "This field is required."),
        ({"first_name": "Win at http://evil.example"}, "A name has no address in it."),
        ({"last_name": "x" * 65}, "At most 64 characters."),
        ({"password": "short", "password2": "short"}, "A password has at least 12 characters."),
        ({"password2": "something else"}, "Passwords must match"),
    ],
)
async def test_a_form_that_is_not_filled_in_well_says_so_and_keeps_the_rest(
    ada: Person, fields: dict[str, str], message: str
) -> None:
    page = await ada.register(**fields)
    assert page.status == 422
    assert message in page.messages
    assert page.soup.find("input", {"value": "Lovelace" if "last_name" not in fields else "Ada"})
    assert ada.password not in page.text


async def test_somebody_who_is_logged_in_has_no_use_for_the_form(grace: Person) -> None:
    await grace.log_in()
    assert (await grace.visit("/account/register")).location == "/"
    assert (await grace.visit("/account/login")).location == "/"


async def test_whoever_registers_with_the_administrators_address_is_none(
    app: Quart, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("ADMIN_EMAIL", ada.email)
        settings.cache_clear()
        await ada.register()
    settings.cache_clear()
    await ada.log_in()
    page = await ada.visit("/account/manage")
    assert [fact.get_text() for fact in page.soup.select("dd")] == ["Ada Lovelace", "ada@example.com", "User"]
