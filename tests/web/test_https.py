"""Only over TLS, where that is wanted."""

import pytest
from quart import Quart

from tests.people import Person

SECURE, CLEAR = {"X-Forwarded-Proto": "https"}, {"X-Forwarded-Proto": "http"}


@pytest.fixture
def ada_over_https(ada: Person, over_https: Quart) -> Person:
    ada.browser = over_https.test_client()
    return ada


async def test_a_page_asked_for_in_the_clear_is_asked_for_again_over_tls(ada_over_https: Person) -> None:
    page = await ada_over_https.visit("/account/login?next=/account/manage", headers=CLEAR)
    assert (page.status, page.location) == (301, "https://localhost/account/login?next=/account/manage")
    assert (await ada_over_https.visit("/account/login", headers=SECURE)).status == 200


async def test_a_form_in_the_clear_is_refused_and_not_sent_again(ada_over_https: Person) -> None:
    assert (await ada_over_https.post("/account/login", headers=CLEAR)).status == 403


async def test_who_asks_after_the_health_is_not_sent_elsewhere(ada_over_https: Person) -> None:
    assert (await ada_over_https.visit("/healthz", headers=CLEAR)).status == 200


async def test_elsewhere_nobody_is_sent_anywhere(ada: Person) -> None:
    assert (await ada.visit("/", headers=CLEAR)).status == 200
