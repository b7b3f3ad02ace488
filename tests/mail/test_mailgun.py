"""Mail by Mailgun's API, played by a server on loopback."""

from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from quart import Quart

from app.jobs.models import State
from app.mail import mailgun
from tests.conftest import Deliver
from tests.jobs.labour import only_job
from tests.people import Person
from tests.servers import Request, WebServer, free_port

Tell = Callable[..., None]
MAILGUN = {"MAIL_KEY": "key-1", "MAIL_DOMAIN": "mg.example.com"}


@pytest.fixture
async def api(tell: Tell) -> AsyncIterator[WebServer]:
    with WebServer() as server:
        tell(MAIL_API_BASE=f"http://{server.address}", **MAILGUN)
        yield server
        await mailgun.close()


@pytest.fixture
async def nobody_there(tell: Tell) -> AsyncIterator[None]:
    tell(MAIL_API_BASE=f"http://127.0.0.1:{free_port()}", **MAILGUN)
    yield
    await mailgun.close()


async def test_a_mail_is_posted_whole_with_the_key_and_to_the_domain(
    app: Quart, ada: Person, deliver: Deliver, api: WebServer
) -> None:
    await ada.register()
    await deliver()
    [request] = api.posted
    assert request.path == "/v3/mg.example.com/messages.mime"
    assert request.headers["Authorization"] == f"Basic {b64encode(b'api:key-1').decode()}"
    fields = _fields(request)
    assert fields["to"] == b"ada@example.com"
    message = BytesParser(policy=policy.default).parsebytes(fields["message"])
    assert message["To"] == "ada@example.com"
    assert message["Subject"] == "[Quart-Base] Confirm Your Account"
    text = message.get_body(("plain",))
    assert text
    assert "Dear Ada Lovelace," in text.get_content()
    assert (await only_job(app)).state == State.DONE
    assert ada.mails() == [], "nothing went by SMTP"


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_mail_that_is_refused_for_good_is_given_up(
    app: Quart, ada: Person, deliver: Deliver, api: WebServer, status: int
) -> None:
    api.status = status
    await ada.register()
    await deliver()
    job = await only_job(app)
    assert (job.state, job.reason) == (State.DEAD, f"{status} reply")


@pytest.mark.parametrize("status", [302, 401, 402, 403, 404, 429, 500, 503])
async def test_a_refusal_that_somebody_or_time_can_mend_is_tried_again(
    app: Quart, ada: Person, deliver: Deliver, api: WebServer, status: int
) -> None:
    api.status = status
    await ada.register()
    await deliver()
    job = await only_job(app)
    assert (job.state, job.attempt) == (State.PENDING, 1)
    assert str(status) in (job.reason or "")
    assert "key-1" not in (job.reason or "")


async def test_an_answer_that_does_not_come_is_not_waited_for(
    app: Quart, ada: Person, deliver: Deliver, api: WebServer, tell: Tell
) -> None:
    tell(MAIL_TIMEOUT="0.3")
    api.delay = 0.6
    await ada.register()
    await deliver()
    assert ((await only_job(app)).state, (await only_job(app)).reason) == (State.PENDING, "TimeoutError()")


@pytest.mark.usefixtures("nobody_there")
async def test_mail_waits_for_an_api_that_is_down(app: Quart, ada: Person, deliver: Deliver) -> None:
    await ada.register()
    await deliver()
    job = await only_job(app)
    assert job.state == State.PENDING
    assert "ConnectError" in (job.reason or "")


def _fields(request: Request) -> dict[str, bytes]:
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    form: EmailMessage = BytesParser(policy=policy.default).parsebytes(head + request.body)
    return {
        part["Content-Disposition"].params["name"]: bytes(part.get_payload(decode=True)) for part in form.iter_parts()
    }
