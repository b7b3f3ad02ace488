"""What people do with their accounts, in a browser, with and without JavaScript."""

from datetime import timedelta

import pytest
from playwright.async_api import expect
from quart import Quart
from sqlalchemy import update

from app.accounts.models import Link
from app.database import from_now, transaction
from tests.browser.conftest import OpenWindow
from tests.browser.window import Window
from tests.people import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"]),
]

ANOTHER = "analytical engine no. 1"


async def register(window: Window, person: Person) -> None:
    await window.visit("/account/register")
    names = {"First name": person.first_name, "Last name": person.last_name, "Email": person.email}
    passwords = {"Password": person.password, "Confirm password": person.password}
    await window.submit("Register", names | passwords)
    await window.hears(f"A confirmation link has been sent to {person.email}.")


async def test_ada_registers_confirms_by_the_mail_and_logs_in(window: Window, ada: Person) -> None:
    await window.visit("/")
    await window.link("Register").first.click()
    await window.sees("Register")
    await register(window, ada)
    await window.open_mail(ada, "Confirm Your Account")
    await window.sees("Confirm your account")
    await window.submit("Confirm account")
    await window.hears("Your account has been confirmed.")
    await window.submit("Log in", {"Email": ada.email, "Password": ada.password, "Keep me logged in": True})
    await window.sees("Hello Ada Lovelace,")


async def test_a_form_that_is_refused_keeps_what_was_typed_and_says_what_is_wrong(window: Window) -> None:
    await window.visit("/account/register")
    await window.submit("Register", {"First name": "Ada", "Email": "ada@", "Password": "short"})
    await expect(window.field("First name")).to_have_value("Ada")
    await expect(window.field("Email")).to_have_value("ada@")
    await expect(window.field("Email")).to_have_accessible_description("Invalid email address.")
    await expect(window.field("Last name")).to_have_accessible_description("This field is required.")
    await expect(window.field("Last name")).to_have_attribute("aria-invalid", "true")
    await expect(window.field("Password")).to_have_value("")
    await expect(window.field("First name")).not_to_have_attribute("aria-invalid", "true")


async def test_a_wrong_password_is_refused(window: Window, grace: Person) -> None:
    await window.visit("/account/login")
    await window.submit("Log in", {"Email": grace.email, "Password": "guessed"})
    await window.hears("Invalid email or password.")
    await expect(window.field("Email")).to_have_value(grace.email)


async def test_whoever_has_not_confirmed_yet_asks_for_another_link(window: Window, ada: Person) -> None:
    await register(window, ada)
    await window.open_mail(ada, "Confirm Your Account")
    await window.visit("/account/login")
    await window.submit("Log in", {"Email": ada.email, "Password": ada.password})
    await window.sees("Confirm your account")
    ada.forget_mails()
    await window.submit("Resend confirmation email")
    await window.hears(f"A new confirmation link has been sent to {ada.email}.")
    await window.open_mail(ada, "Confirm Your Account")
    await window.submit("Confirm account")
    await window.hears("Your account has been confirmed.")
    await window.sees("Hello Ada Lovelace,")


async def test_grace_forgot_her_password_and_chooses_another(window: Window, grace: Person) -> None:
    await window.visit("/account/login")
    await window.link("Forgot your password?").click()
    await window.submit("Reset password", {"Email": grace.email})
    await window.hears(f"A password reset link has been sent to {grace.email}.")
    await window.open_mail(grace, "Reset Your Password")
    await window.sees("Choose another password")
    await window.submit("Reset password", {"New password": ANOTHER, "Confirm new password": ANOTHER})
    await window.hears("Your password has been updated.")
    grace.password = ANOTHER
    await window.log_in(grace)
    response = await window.visit(grace.link("Reset Your Password"))
    assert response.url.endswith("/"), "whoever is logged in has no use for it"


async def test_a_link_that_was_used_says_so(window: Window, grace: Person) -> None:
    await window.visit("/account/reset-password")
    await window.submit("Reset password", {"Email": grace.email})
    await window.hears("A password reset link has been sent")
    await window.open_mail(grace, "Reset Your Password")
    await window.submit("Reset password", {"New password": ANOTHER, "Confirm new password": ANOTHER})
    await window.hears("Your password has been updated.")
    assert (await window.visit(grace.link("Reset Your Password"))).status == 410
    await window.sees("This link no longer works")


async def test_grace_changes_her_name(window: Window, grace: Person) -> None:
    await window.log_in(grace)
    await window.visit("/account/manage")
    await window.submit("Update name", {"First name": "Grace Brewster"})
    await window.hears("Your name has been updated.")
    await expect(window.main.get_by_text("Grace Brewster Hopper").first).to_be_visible()


async def test_grace_changes_her_password(window: Window, grace: Person) -> None:
    await window.log_in(grace)
    await window.visit("/account/manage")
    await window.link("Change password").click()
    passwords = {"New password": ANOTHER, "Confirm new password": ANOTHER}
    await window.submit("Update password", {"Old password": "guessed"} | passwords)
    await window.hears("Original password is invalid.")
    await window.submit("Update password", {"Old password": grace.password} | passwords)
    await window.hears("Your password has been updated.")


async def test_grace_changes_her_address(window: Window, grace: Person) -> None:
    await window.log_in(grace)
    await window.visit("/account/manage")
    await window.link("Change email address").click()
    await window.submit("Update email", {"New email": "admiral@example.com", "Password": grace.password})
    await window.hears("A confirmation link has been sent to admiral@example.com.")
    grace.email = "admiral@example.com"
    await window.open_mail(grace, "Confirm Your New Email")
    await window.sees("Confirm your new email")
    await window.submit("Change to this address")
    await window.hears("Your email address has been updated.")
    await window.visit("/account/manage")
    await expect(window.main.get_by_text(grace.email).first).to_be_visible()


async def test_grace_ends_the_session_that_she_left_open(open_window: OpenWindow, grace: Person) -> None:
    library, home, phone = [await open_window() for _ in range(3)]
    for window in (library, home, phone):
        await window.log_in(grace)
    await phone.visit("/account/manage")
    await phone.link("Where you are logged in").click()
    rows = phone.main.get_by_role("row")
    await expect(rows).to_have_count(4)
    await rows.get_by_role("button", name="Log out").first.click()
    await phone.hears("Logged out there.")
    await expect(rows).to_have_count(3)
    await phone.submit("Log out everywhere else")
    await expect(rows).to_have_count(2)
    for window in (library, home):
        await window.visit("/account/manage")
        await window.sees("Log in")


async def test_grace_logs_out(window: Window, grace: Person) -> None:
    await window.log_in(grace)
    await window.visit("/account/manage")
    await window.link("Log out").click()
    await expect(window.main.get_by_text(f"You are logged in as {grace.email}.")).to_be_visible()
    await window.button("Log out").click()
    await window.hears("You have been logged out.")
    await window.visit("/account/manage")
    await window.sees("Log in")


async def test_ada_is_invited_and_joins(office: Window, open_window: OpenWindow, ada: Person) -> None:
    await office.visit("/admin/")
    await office.link("Invite new user").first.click()
    names = {"First name": "Ada", "Last name": "Lovelace", "Email": ada.email}
    await office.submit("Invite", names | {"Account type": "User"})
    await office.hears("User Ada Lovelace successfully invited")
    window = await open_window()
    await window.open_mail(ada, "You Are Invited To Join")
    await window.sees("Create your password")
    await window.submit("Set password", {"Password": ada.password, "Confirm new password": ada.password})
    await window.hears("Your password has been set.")
    await window.log_in(ada)
    await window.sees("Hello Ada Lovelace,")


async def test_whoever_comes_late_gets_another_invitation(
    app: Quart, office: Window, open_window: OpenWindow, ada: Person
) -> None:
    await office.visit("/admin/invite-user")
    await office.submit("Invite", {"First name": "Ada", "Last name": "Lovelace", "Email": ada.email})
    window = await open_window()
    await window.open_mail(ada, "You Are Invited To Join")
    async with app.app_context(), transaction() as db:
        await db.execute(update(Link).values(expires_at=from_now(timedelta(seconds=-1))))
    await window.visit(ada.link())
    await window.sees("This invitation has expired")
    ada.forget_mails()
    await window.submit("Send another invitation")
    await window.hears("Another invite email with a new link has been sent to you.")
    await window.open_mail(ada, "You Are Invited To Join")
    await window.sees("Create your password")
