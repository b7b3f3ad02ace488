"""With JavaScript, pages that tell of jobs and mails change as these do."""

import pytest
from playwright.async_api import expect
from quart import Quart

from tests.browser.window import Window
from tests.jobs.labour import all_jobs
from tests.people import Person
from tests.servers import MailServer

pytestmark = pytest.mark.browser


async def stay(window: Window) -> None:
    """Leave a mark on the page that loading it again would wipe out."""
    await window.page.evaluate("document.documentElement.dataset.stayed = 'yes'")


async def has_stayed(window: Window) -> bool:
    return bool(await window.page.evaluate("document.documentElement.dataset.stayed === 'yes'"))


@pytest.mark.parametrize("path", ["/admin/mail", "/admin/jobs"])
async def test_a_mail_is_seen_to_be_promised_and_sent(office: Window, ada: Person, path: str) -> None:
    await office.visit(path)
    rows = office.main.get_by_role("row").filter(has_text="sent" if path.endswith("mail") else "done")
    await expect(rows).to_have_count(0)
    await stay(office)
    await ada.register()
    await expect(rows).to_have_count(1)
    assert await has_stayed(office)


async def test_the_dashboard_counts_as_it_happens(office: Window, ada: Person, mail_server: MailServer) -> None:
    await office.visit("/admin/")
    await stay(office)
    mail_server.replies[ada.email] = "550 No such person"
    await ada.register()
    await office.link("Mail").last.focus()
    await expect(office.main.get_by_text("1 that cannot be")).to_be_visible()
    await expect(office.link("Mail").last).to_be_focused()
    assert await has_stayed(office)


async def test_what_somebody_has_ticked_or_is_about_to_press_stays_so(
    app: Quart, office: Window, ada: Person, eve: Person, mail_server: MailServer
) -> None:
    for person in (ada, eve):
        mail_server.replies[person.email] = "550 No such person"
    await ada.register()
    await office.visit("/admin/jobs")
    [job] = await all_jobs(app)
    chosen = office.field(f"Choose job {job.id}")
    await expect(office.row("550 No such person")).to_have_count(1)
    await chosen.check()
    again = office.button("Try again")
    await again.focus()
    await eve.register()
    await expect(office.row("550 No such person")).to_have_count(2)
    await expect(chosen).to_be_checked()
    await expect(again.nth(1)).to_be_focused()
