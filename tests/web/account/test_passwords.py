"""Which passwords may be chosen, wherever one is."""

from collections.abc import Callable, Iterator
from hashlib import sha1

import pytest
from structlog.testing import capture_logs

from tests.conftest import Deliver
from tests.people import Page, Person
from tests.servers import WebServer

EASY = ["This password is easy to guess. Several words that have nothing to do with you are harder."]
LEAKED = ["This password has leaked from another site, and whoever attacks this one tries it."]


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "passwordpassword",
        "P@ssw0rd1234",
        "123456789012",
        "qwertyuiop12",
        "aaaaaaaaaaaa",
        "letmeinletmein",
        "lovelace1815",
        "Ada Lovelace",
        "ada@example.com",
        "AdaLovelace1815!",
        "quart-base-2024",
        "lovelace" * 10,
    ],
)
async def test_a_password_that_is_easy_to_guess_is_refused(ada: Person, password: str) -> None:
    page = await ada.register(password=password, password2=password)
    assert (page.status, page.messages) == (422, EASY)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "xk39dk2ls0dk",
        "нескучная машина",
        "🦑🐙🦀🐠🐡🦐🐚🐳🐬🦈🐟🐋",
        "  spaces around them  ",
        "no digits nor capitals",
        "lovelace but xk39dk2ls0dk",
        "a very long password " * 12,
    ],
)
async def test_any_characters_will_do_and_every_one_counts(ada: Person, password: str, deliver: Deliver) -> None:
    assert (await ada.register(password=password, password2=password)).status == 302
    for other in (password.strip() + "!", password[:-1], password.upper()):
        if other != password:
            assert (await ada.log_in(password=other)).status == 422
    assert (await ada.log_in(password=password)).status == 302


async def test_a_form_that_is_not_complete_is_refused_and_no_failure(ada: Person) -> None:
    token = (await ada.visit("/account/register")).csrf_token
    fields = {"password": "password1234", "password2": "password1234", "csrf_token": token}
    page = await ada.post("/account/register", fields)
    assert page.status == 422
    assert EASY[0] in page.messages


async def by_reset(person: Person, deliver: Deliver, password: str) -> Page:
    await person.submit("/account/reset-password", email=person.email)
    await deliver()
    return await person.submit(person.link(), new_password=password, new_password2=password)


async def by_change(person: Person, _deliver: Deliver, password: str) -> Page:
    await person.log_in()
    fields = {"old_password": person.password, "new_password": password, "new_password2": password}
    return await person.submit("/account/manage/change-password", **fields)


@pytest.mark.parametrize("choose", [by_reset, by_change])
async def test_whoever_chooses_another_one_obeys_the_same_rules(
    grace: Person, deliver: Deliver, choose: Callable[..., object]
) -> None:
    page = await choose(grace, deliver, "grace-hopper-1906")  # type: ignore[misc]
    assert (page.status, page.messages) == (422, EASY)
    grace.browser.cookie_jar.clear()  # type: ignore[union-attr]
    page = await choose(grace, deliver, "analytical engine no. 1")  # type: ignore[misc]
    assert page.status == 302


async def test_the_invited_obey_the_same_rules(boss: Person, ada: Person, deliver: Deliver) -> None:
    role = (await boss.visit("/admin/invite-user")).soup.select_one("select[name=role] option")
    assert role is not None
    fields = {"first_name": ada.first_name, "last_name": ada.last_name, "email": ada.email, "role": str(role["value"])}
    await boss.submit("/admin/invite-user", **fields)
    await deliver()
    page = await ada.submit(ada.link(), password="ada lovelace", password2="ada lovelace")
    assert (page.status, page.messages) == (422, EASY)
    assert (await ada.submit(ada.link(), password=ada.password, password2=ada.password)).status == 302


@pytest.fixture
def breaches(tell: Callable[..., None]) -> Iterator[WebServer]:
    """A server that stands for Have I Been Pwned."""
    with WebServer() as server:
        tell(HIBP_API_BASE=f"http://{server.address}")
        yield server


async def test_a_password_that_has_leaked_is_refused_and_the_other_side_learns_five_digits(
    ada: Person, breaches: WebServer
) -> None:
    digest = sha1(ada.password.encode()).hexdigest().upper()
    breaches.text = f"{'0' * 35}:3\r\n{digest[5:]}:17\r\n"
    page = await ada.register()
    assert (page.status, page.messages) == (422, LEAKED)
    assert breaches.asked == [f"/range/{digest[:5]}"]


async def test_what_only_pads_the_answer_and_what_others_have_leaked_is_no_matter(
    ada: Person, breaches: WebServer
) -> None:
    digest = sha1(ada.password.encode()).hexdigest().upper()
    breaches.text = f"{'0' * 35}:3\r\n{digest[5:]}:0"
    assert (await ada.register()).status == 302


@pytest.mark.parametrize(("status", "delay", "reason"), [(503, 0, "HTTPStatusError"), (302, 0, "HTTPStatusError"),
                                                         (200, 1, "TimeoutError")])  # fmt: skip
async def test_when_nobody_tells_nobody_is_kept_from_going_on(
    ada: Person, breaches: WebServer, tell: Callable[..., None], status: int, delay: float, reason: str
) -> None:
    breaches.status, breaches.delay = status, delay
    if delay:
        tell(HIBP_TIMEOUT="0.3")
    with capture_logs() as logged:
        assert (await ada.register()).status == 302
    assert [line["reason"] for line in logged if line["event"] == "breaches.unknown"] == [reason]


async def test_nobody_is_asked_unless_that_is_set(ada: Person, breaches: WebServer, tell: Callable[..., None]) -> None:
    tell(HIBP_API_BASE="")
    assert (await ada.register()).status == 302
    assert breaches.asked == []
