"""What a mail looks like."""

from quart import Quart

from app.database import from_now
from app.jobs.models import State
from tests.conftest import Deliver
from tests.jobs.labour import change_jobs
from tests.people import Person


async def test_a_mail_says_the_same_as_html_and_as_text(ada: Person, deliver: Deliver) -> None:
    await ada.register()
    await deliver()
    [mail] = ada.mails()
    assert mail["Subject"] == "[Quart-Base] Confirm Your Account"
    assert mail["From"] == "My Visible Name <no-reply@example.com>"
    assert mail["To"] == "ada@example.com"
    for version in ("plain", "html"):
        text = mail.get_body((version,)).get_content()
        assert "Dear Ada Lovelace," in text
        assert f"http://localhost{ada.link()}" in text
        assert "Note: replies to this email address are not monitored." in text


async def test_the_look_of_a_mail_is_inlined_and_knows_the_dark(ada: Person, deliver: Deliver) -> None:
    await ada.register()
    await deliver()
    html = ada.mails()[0].get_body(("html",)).get_content()
    assert 'class="button"' in html
    assert "style=" in html.partition('class="button"')[2].partition(">")[0]
    assert "prefers-color-scheme: dark" in html


async def test_a_name_is_text_and_never_markup_or_a_header(ada: Person, deliver: Deliver) -> None:
    await ada.register(first_name="<b>Ada</b> {{ 7*7 }}")
    await deliver()
    [mail] = ada.mails()
    assert "&lt;b&gt;Ada&lt;/b&gt; {{ 7*7 }}" in mail.get_body(("html",)).get_content()
    assert "Dear <b>Ada</b> {{ 7*7 }} Lovelace," in mail.get_body(("plain",)).get_content()


async def test_a_mail_sent_twice_can_be_seen_to_be_one(app: Quart, ada: Person, deliver: Deliver) -> None:
    await ada.register()
    await deliver()
    await change_jobs(app, state=State.PENDING, due_at=from_now())
    await deliver()
    first, second = ada.mails()
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    assert first.get_body(("plain",)).get_content() == second.get_body(("plain",)).get_content()
