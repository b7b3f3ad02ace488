"""The outbox, as administrators see it."""

import pytest
from quart import Quart

from tests.conftest import Deliver
from tests.jobs.labour import only_job
from tests.people import Page, Person
from tests.servers import MailServer

RETRY = "/admin/jobs/retry"


def rows(page: Page) -> list[list[str]]:
    return [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in page.soup.select("tbody tr")]


async def test_a_dead_mail_says_why_and_arrives_once_that_is_mended(
    boss: Person, ada: Person, eve: Person, deliver: Deliver, mail_server: MailServer
) -> None:
    mail_server.replies[ada.email] = "550 No such person"
    await ada.register()
    await deliver()
    await eve.register()
    page = await boss.visit("/admin/mail?state=dead")
    [[_, to, kind, state, tries, _, reason, _]] = rows(page)
    assert (to, kind, state, tries, reason) == ("ada@example.com", "confirm", "dead", "1", "550 No such person")

    mail_server.replies.clear()
    again = page.soup.select_one("td button")
    assert again is not None
    answer = await boss.post(RETRY, {"csrf_token": page.csrf_token, str(again["name"]): str(again["value"])})
    assert "1 job is tried again." in (await boss.follow(answer)).messages
    await deliver()
    assert len(ada.mails()) == 1
    assert [row[3] for row in rows(await boss.visit("/admin/mail"))] == ["sent", "sent"]


async def test_all_dead_mails_are_tried_again_at_once(
    boss: Person, ada: Person, eve: Person, deliver: Deliver, mail_server: MailServer
) -> None:
    for person in (ada, eve):
        mail_server.replies[person.email] = "550 No such person"
        await person.register()
    await deliver()
    mail_server.replies.clear()
    page = await boss.visit("/admin/mail?state=dead")
    answer = await boss.post(RETRY, {"csrf_token": page.csrf_token, "all_dead": "mail"})
    assert "2 jobs are tried again." in (await boss.follow(answer)).messages
    await deliver()
    assert (len(ada.mails()), len(eve.mails())) == (1, 1)


async def test_a_mail_that_was_sent_is_not_sent_again(app: Quart, boss: Person, ada: Person, deliver: Deliver) -> None:
    await ada.register()
    await deliver()
    token = (await boss.visit("/admin/mail")).csrf_token
    await boss.post(RETRY, {"csrf_token": token, "only": str((await only_job(app)).id)})
    assert await deliver() == 0


async def test_the_outbox_shows_no_link(boss: Person, ada: Person, deliver: Deliver) -> None:
    await ada.register()
    await deliver()
    page = await boss.visit("/admin/mail")
    assert "ada@example.com" in page.text
    assert ada.link().rpartition("/")[2] not in page.text


@pytest.mark.parametrize("query", ["state=nonsense", "state=", "before=x", "before=99999999999999999999", "state=%00"])
async def test_a_filter_that_makes_no_sense_is_ignored(boss: Person, ada: Person, query: str) -> None:
    await ada.register()
    assert len(rows(await boss.visit(f"/admin/mail?{query}"))) == 1
