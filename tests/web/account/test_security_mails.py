"""What the owner of an account is told of, so that nobody takes it over unnoticed."""

import asyncio

import pytest
from quart import Quart

from tests.conftest import Deliver, user_of
from tests.people import Person
from tests.terminal import run

NEW = "analytical engine no. 1"
WHENCE = {"headers": {"User-Agent": "Mosaic/1.0"}, "scope_base": {"client": ("192.0.2.1", 1)}}


def subjects(person: Person) -> list[str]:
    return [mail["Subject"].removeprefix("[Quart-Base] ") for mail in person.mails()]


def text(person: Person) -> str:
    return str(person.mails()[-1].get_body(("plain",)).get_content())


async def log_in_from(person: Person, owner: Person, **whence: object) -> None:
    token = (await person.visit("/account/login")).csrf_token
    form = {"email": owner.email, "password": owner.password, "csrf_token": token}
    assert (await person.post("/account/login", form, **whence)).status == 302


async def test_a_changed_password_is_told_with_when_and_from_where(grace: Person, deliver: Deliver) -> None:
    await grace.log_in()
    page = await grace.visit("/account/manage/change-password")
    form = {"old_password": grace.password, "new_password": NEW, "new_password2": NEW, "csrf_token": page.csrf_token}
    await grace.post("/account/manage/change-password", form, **WHENCE)
    await deliver()
    assert subjects(grace) == ["Your Password Has Changed"]
    for version in ("plain", "html"):
        said = grace.mails()[0].get_body((version,)).get_content()
        assert "192.0.2.1" in said
        assert "Mosaic/1.0" in said
        assert "UTC" in said
        assert "http://localhost/account/reset-password" in said
        assert NEW not in said


async def test_a_reset_password_is_told_and_choosing_the_first_one_is_not(
    grace: Person, boss: Person, ada: Person, deliver: Deliver
) -> None:
    await grace.submit("/account/reset-password", email=grace.email)
    await boss.submit("/admin/invite-user", role="1", first_name="Ada", last_name="Lovelace", email=ada.email)
    await deliver()
    await grace.submit(grace.link(), new_password=NEW, new_password2=NEW)
    await ada.submit(ada.link(), password=NEW, password2=NEW)
    await deliver()
    assert subjects(grace) == ["Reset Your Password", "Your Password Has Changed"]
    assert subjects(ada) == ["You Are Invited To Join"]


async def test_a_changed_address_is_told_to_the_former_one_and_to_the_new_one(grace: Person, deliver: Deliver) -> None:
    await grace.log_in()
    await grace.submit("/account/manage/change-email", email="admiral@example.com", password=grace.password)
    await deliver()
    former, grace.email = grace.email, "admiral@example.com"
    await grace.submit(grace.link())
    await deliver()
    assert subjects(grace) == ["Confirm Your New Email", "Your Email Address Has Changed"]
    assert "grace@example.com → admiral@example.com" in text(grace)
    grace.email = former
    assert subjects(grace) == ["Your Email Address Has Changed"]


async def test_a_log_in_with_another_browser_is_told_and_one_with_the_usual_is_not(
    grace: Person, eve: Person, deliver: Deliver
) -> None:
    for _ in range(3):
        await grace.log_in()
        await grace.submit("/account/logout")
    await deliver()
    assert subjects(grace) == [], "the first one is the one that she knows"
    await log_in_from(eve, grace, **WHENCE)
    await deliver()
    assert subjects(grace) == ["A New Log-in to Your Account"]
    assert "192.0.2.1" in text(grace)
    await eve.submit("/account/logout")
    await log_in_from(eve, grace, **WHENCE)
    await deliver()
    assert len(grace.mails()) == 1, "that browser is known now"


async def test_what_marks_a_browser_lets_nobody_in(grace: Person, eve: Person) -> None:
    await grace.log_in()
    jar = grace.browser.cookie_jar
    assert jar is not None
    [device] = [str(cookie.value) for cookie in jar if cookie.name == "device"]
    eve.browser.set_cookie("localhost", "device", device)
    assert (await eve.visit("/account/manage")).status == 302


@pytest.mark.parametrize("made_up", ["", "x", "x" * 4000])
async def test_a_mark_that_somebody_made_up_is_a_browser_like_any_other(
    grace: Person, eve: Person, deliver: Deliver, made_up: str
) -> None:
    await grace.log_in()
    token = (await eve.visit("/account/login")).csrf_token
    eve.browser.set_cookie("localhost", "device", made_up)
    form = {"email": grace.email, "password": grace.password, "csrf_token": token}
    assert (await eve.post("/account/login", form)).status == 302
    await deliver()
    assert subjects(grace) == ["A New Log-in to Your Account"]


async def test_what_an_administrator_does_is_told_but_not_where_they_sit(
    app: Quart, boss: Person, grace: Person, deliver: Deliver
) -> None:
    user = await user_of(app, grace.email)
    assert user is not None
    path = f"/admin/user/{user.id}"
    token = (await boss.visit(path)).csrf_token
    await boss.post(f"{path}/change-account-type", {"role": "2", "csrf_token": token}, **WHENCE)
    await boss.post(f"{path}/deactivate", {"csrf_token": token}, **WHENCE)
    await deliver()
    assert sorted(subjects(grace)) == ["Your Account Has Been Deactivated", "Your Account Type Has Changed"]
    for mail in grace.mails():
        assert "An administrator did this" in mail.get_body(("plain",)).get_content()
        assert "192.0.2.1" not in mail.as_string()
        assert boss.email not in mail.as_string()


async def test_what_is_done_at_the_terminal_is_told_too(grace: Person, deliver: Deliver) -> None:
    await run("users", "promote", grace.email)
    await deliver()
    assert subjects(grace) == ["Your Account Type Has Changed"]
    assert "User → Administrator" in text(grace)


async def test_what_a_browser_calls_itself_is_text(grace: Person, eve: Person, deliver: Deliver) -> None:
    await grace.log_in()
    await log_in_from(eve, grace, headers={"User-Agent": "<b>Mosaic</b>"})
    await deliver()
    assert "&lt;b&gt;Mosaic&lt;/b&gt;" in grace.mails()[0].get_body(("html",)).get_content()


async def test_of_many_changes_at_once_one_is_told(grace: Person, deliver: Deliver) -> None:
    await grace.submit("/account/reset-password", email=grace.email)
    await deliver()
    link = grace.link()
    form = {"new_password": NEW, "new_password2": NEW, "csrf_token": (await grace.visit(link)).csrf_token}
    await asyncio.gather(*(grace.post(link, form) for _ in range(10)))
    await deliver()
    assert subjects(grace) == ["Reset Your Password", "Your Password Has Changed"]
