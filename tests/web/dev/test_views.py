"""The mailbox of `just dev`."""

from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path

from quart import Quart

from tests.people import Person
from tests.servers import MailServer


async def test_sent_mail_can_be_read_in_the_browser(
    in_development: Quart, mail_server: MailServer, tmp_path: Path
) -> None:
    ada = Person(in_development.test_client(), mail_server, "Ada", "Lovelace")
    assert "Nothing yet." in (await ada.visit("/dev/mail")).text

    mail = EmailMessage()
    mail["To"], mail["Subject"], mail["Date"] = "ada@example.com", "<Hi>", "Sun, 22 Nov 2026 14:00:00 +0000"
    mail.set_content("Open http://localhost/x")
    mail.add_alternative("<script>alert(1)</script>", subtype="html")
    Maildir(tmp_path / "mail").add(mail)

    [link] = (await ada.visit("/dev/mail")).soup.select("td a")
    assert link.get_text() == "<Hi>"
    message = await ada.visit(str(link["href"]))
    assert message.soup.find("a", {"href": "http://localhost/x"})
    html = await ada.visit(f"{link['href']}/html")
    assert html.headers["Content-Security-Policy"].startswith("sandbox"), "its scripts do not run"
    assert (await ada.visit("/dev/mail/no-such-mail")).status == 404


async def test_outside_development_there_is_no_such_page(ada: Person) -> None:
    assert (await ada.visit("/dev/mail")).status == 404
