"""What administrators do, in a browser, with and without JavaScript."""

import re

import pytest
from playwright.async_api import Locator, expect
from quart import Quart

from app.accounts import fake
from app.database import transaction
from tests.browser.conftest import OpenWindow
from tests.browser.window import Window
from tests.conftest import user_of
from tests.jobs.labour import all_jobs
from tests.people import Person
from tests.servers import MailServer
from tests.web.test_sudo import let_time_pass

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"]),
]


def column(office: Window, name: str) -> Locator:
    return office.main.get_by_role("columnheader", name=name)


async def open_page_of(office: Window, app: Quart, person: Person) -> None:
    user = await user_of(app, person.email)
    assert user is not None
    await office.visit(f"/admin/user/{user.id}")
    await office.sees(user.full_name())


async def test_users_are_found_filtered_sorted_and_leafed_through(app: Quart, office: Window, grace: Person) -> None:
    async with app.app_context(), transaction() as db:
        added = await fake.add(db, 60, role_id=1, first_name="Zuse")
    await office.visit("/admin/users")
    rows = office.main.get_by_role("row")
    await expect(rows).to_have_count(51)
    await office.link("Next").click()
    await expect(rows).to_have_count(1 + added + 2 - 50)
    await office.link("Previous").click()
    await expect(rows).to_have_count(51)

    await column(office, "First name").get_by_role("link").click()
    await expect(column(office, "First name")).to_have_attribute("aria-sort", "ascending")
    await expect(rows.nth(1)).to_contain_text("Grace")
    await column(office, "First name").get_by_role("link").click()
    await expect(column(office, "First name")).to_have_attribute("aria-sort", "descending")
    await expect(rows.nth(1)).to_contain_text("Zuse")

    await office.submit("Find", {"Search users": "gra hop"})
    await expect(rows).to_have_count(2)
    await expect(rows.nth(1)).to_contain_text(grace.email)
    await office.submit("Find", {"Search users": "", "Account type": "Administrators"})
    await expect(rows.nth(1)).to_contain_text("Radia")
    await office.submit("Find", {"Status": "Invited"})
    await office.link("Show everybody").click()
    await expect(rows).to_have_count(51)


async def test_a_user_is_looked_at_and_changed(
    app: Quart, office: Window, open_window: OpenWindow, grace: Person
) -> None:
    window = await open_window()
    await window.log_in(grace)
    await office.visit("/admin/users")
    await office.link("Grace").click()
    await office.sees("Grace Hopper")
    await office.submit("Log out everywhere")
    await office.hears("User Grace Hopper was logged out everywhere.")
    await window.visit("/account/manage")
    await window.sees("Log in")

    await office.submit("Send a link to choose a password")
    await office.hears("User Grace Hopper was sent a link to choose another password.")
    await window.open_mail(grace, "Reset Your Password")
    await window.sees("Choose another password")

    await office.submit("Deactivate")
    await office.hears("User Grace Hopper was deactivated.")
    await office.submit("Activate")
    await office.hears("User Grace Hopper was activated.")

    await office.link("Change account type").click()
    await office.submit("Update role", {"New account type": "Administrator"})
    await office.hears("Role for user Grace Hopper successfully changed to Administrator.")
    await office.link("Change email address").click()
    await office.submit("Update Email", {"New email": "admiral@example.com"})
    await office.hears("Email for user Grace Hopper successfully changed to admiral@example.com.")


async def test_a_user_is_deleted_once_that_is_understood(app: Quart, office: Window, grace: Person) -> None:
    await open_page_of(office, app, grace)
    await office.link("Delete user").click()
    await expect(office.main.get_by_role("heading", name="Delete Grace Hopper?")).to_be_visible()
    await office.submit("Delete this user")
    understood = office.field("I understand that this action cannot be undone.")
    await expect(understood).to_have_accessible_description("Tick this first.")
    await understood.check()
    await office.submit("Delete this user")
    await office.hears("Successfully deleted user Grace Hopper.")
    await expect(office.main.get_by_text(grace.email)).to_have_count(0)


async def test_somebody_is_added_and_an_invitation_is_sent_again_and_taken_back(office: Window, ada: Person) -> None:
    await office.visit("/admin/")
    await office.link("Add new user").first.click()
    names = {"First name": "Ada", "Last name": "Lovelace", "Email": ada.email, "Account type": "Administrator"}
    await office.submit("Create", names)
    await office.hears("User Ada Lovelace successfully created")
    await office.submit("Create", names)
    await expect(office.field("Email")).to_have_accessible_description("Email already registered.")
    await office.visit("/admin/invitations")
    await office.row(ada.email).get_by_role("button", name="Resend").click()
    await office.hears("User Ada Lovelace was sent another invitation.")
    await office.row(ada.email).get_by_role("button", name="Revoke").click()
    await office.hears("The invitation of Ada Lovelace was taken back.")
    await expect(office.row(ada.email)).to_have_count(0)


async def test_a_role_is_made_changed_and_deleted(office: Window) -> None:
    await office.visit("/admin/roles")
    await office.link("New role").click()
    await office.submit("Save role", {"Name": "Editor", "General": True, "Where its members land": "The dashboard"})
    await office.hears("Role Editor successfully created.")
    await office.row("Editor").get_by_role("link", name="Change").click()
    await expect(office.field("General")).to_be_checked()
    await office.submit("Save role", {"Name": "Author", "General": False})
    await office.hears("Role Author successfully changed.")
    await office.row("Author").get_by_role("button", name="Delete").click()
    await office.hears("Role Author successfully deleted.")


async def test_a_page_is_written_previewed_saved_restored_and_deleted(office: Window, open_window: OpenWindow) -> None:
    await office.visit("/admin/pages")
    await office.submit("Add page", {"Name": "opening-hours", "Title": "Opening hours"})
    await office.submit("Preview", {"Text": "We are **open**."})
    await expect(office.main.get_by_text("This is not saved yet.")).to_be_visible()
    await expect(office.main.locator("strong")).to_have_text("open")
    await office.submit("Save")
    await office.hears("“Opening hours” has been saved.")
    await office.submit("Save", {"Title": "Hours", "Text": "We are closed."})
    await office.hears("“Hours” has been saved.")

    visitor = await open_window()
    await visitor.visit("/pages/opening-hours")
    await visitor.sees("Hours")
    await expect(visitor.main).to_contain_text("We are closed.")

    await office.link("History").click()
    await office.row("Opening hours").get_by_role("link").click()
    await office.submit("Restore")
    await office.hears("“Opening hours” has been restored.")
    await visitor.visit("/pages/opening-hours")
    await expect(visitor.main).to_contain_text("We are open.")

    await office.visit("/admin/pages/opening-hours")
    await office.link("Delete").click()
    await office.submit("Delete this page")
    await office.hears("“Opening hours” has been deleted.")
    assert (await visitor.visit("/pages/opening-hours")).status == 404


async def test_of_two_who_edit_a_page_the_second_sees_both_texts(
    office: Window, open_window: OpenWindow, root: Person
) -> None:
    colleague = await open_window()
    await colleague.log_in(root)
    for window in (office, colleague):
        await window.visit("/admin/pages/about")
    await office.submit("Save", {"Text": "The first text"})
    await office.hears("has been saved.")
    await colleague.submit("Save", {"Text": "The second text"})
    await expect(colleague.main.get_by_text("The first text")).to_be_visible()
    await expect(colleague.field("Text")).to_have_value("The second text")
    await colleague.submit("Save")
    await colleague.hears("has been saved.")


async def test_a_mail_that_could_not_be_sent_is_tried_again(
    office: Window, ada: Person, mail_server: MailServer
) -> None:
    mail_server.replies[ada.email] = "550 No such person"
    await ada.register()
    await office.visit("/admin/")
    await office.link("Mail").first.click()
    await office.wait_for(office.row(ada.email).filter(has_text="550 No such person"))
    await office.link("Dead (1)").click()
    mail_server.replies.clear()
    await office.row(ada.email).get_by_role("button", name="Try again").click()
    await office.hears("1 job is tried again.")
    await office.visit("/admin/mail")
    await office.wait_for(office.row(ada.email).filter(has_text="sent"))
    assert len(ada.mails()) == 1


async def test_jobs_that_are_dead_are_chosen_and_discarded(app: Quart, office: Window, mail_server: MailServer) -> None:
    people = [Person(app.test_client(), mail_server, name, "Babbage") for name in ("Ada", "Benjamin", "Charles")]
    for person in people:
        mail_server.replies[person.email] = "550 No such person"
        await person.register()
    await office.visit("/admin/jobs")
    await office.link("Jobs").first.click()
    await office.wait_for(office.link("Dead (3)"))
    await office.link("Dead (3)").click()
    ids = [job.id for job in await all_jobs(app)]
    await office.submit("Discard the chosen", {f"Choose job {ids[0]}": True, f"Choose job {ids[1]}": True})
    await office.hears("2 jobs are discarded.")
    await office.submit("Discard the chosen")
    await office.hears("0 jobs are discarded.")
    await office.submit("Try all dead ones again")
    await office.hears("1 job is tried again.")


async def test_a_job_of_the_timetable_is_run_now(office: Window) -> None:
    await office.visit("/admin/jobs")
    await office.submit("Show", {"Name": "links.purge"})
    await expect(office.main.get_by_role("heading", name="No such job")).to_be_visible()
    await office.row("links.purge").get_by_role("button", name="Run now").click()
    await office.hears("It is started.")
    await office.wait_for(office.row("links.purge").filter(has_text="done"))


async def test_whoever_logged_in_long_ago_shows_who_they_are_and_goes_on(
    app: Quart, office: Window, root: Person, grace: Person
) -> None:
    await let_time_pass(app)
    await open_page_of(office, app, grace)
    await office.submit("Deactivate")
    await office.sees("Confirm that it is you")
    await office.submit("Go on", {"Your password": "guessed"})
    await expect(office.field("Your password")).to_have_accessible_description("That is not your password.")
    await office.submit("Go on", {"Your password": root.password})
    await office.hears("User Grace Hopper was deactivated.")


async def test_what_has_happened_is_looked_up_by_everybody_for_themselves_and_by_administrators_for_all(
    app: Quart, office: Window, open_window: OpenWindow, grace: Person
) -> None:
    window = await open_window()
    await window.log_in(grace)
    await window.visit("/account/manage")
    await window.link("Activity").click()
    await expect(window.main.get_by_role("row").nth(1)).to_contain_text("Log in")
    await open_page_of(office, app, grace)
    await office.submit("Deactivate")
    await office.hears("User Grace Hopper was deactivated.")
    await office.link("Audit trail").click()
    rows = office.main.get_by_role("row")
    await expect(rows).to_have_count(3)
    await office.visit("/admin/audit")
    await expect(rows).to_have_count(4)
    await office.submit("Find", {"Action": "Deactivate", "Who or what": grace.email})
    await expect(rows).to_have_count(2)
    await expect(rows.nth(1)).to_contain_text(grace.email)


async def test_what_is_not_there_or_not_allowed_says_so(window: Window, grace: Person) -> None:
    assert (await window.visit("/no/such/page")).status == 404
    await window.sees("Page not found")
    await window.link("Back to the start").click()
    await window.sees(re.compile("Hello"))
    await window.log_in(grace)
    assert (await window.visit("/admin/")).status == 403
    await window.sees("Forbidden")
    assert (await window.visit("/admin/jobs/retry")).status == 405
    await window.sees("That cannot be done here")
