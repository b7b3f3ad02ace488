"""What is logged of a request."""

from collections.abc import Iterator

import pytest
import structlog
from quart import Quart
from structlog.testing import LogCapture

from tests.conftest import Deliver
from tests.people import Person


@pytest.fixture
def log(app: Quart) -> Iterator[LogCapture]:
    """What would be printed, before it is."""
    before = structlog.get_config()
    capture = LogCapture()
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, capture],
        wrapper_class=structlog.make_filtering_bound_logger("debug"),
    )
    yield capture
    structlog.configure(**before)


async def test_a_request_is_one_line_with_its_route_and_its_answer(grace: Person, log: LogCapture) -> None:
    await grace.log_in()
    await grace.visit("/account/manage", headers={"X-Request-ID": "from-the-router-1"})
    line = log.entries[-1]
    assert (line["event"], line["method"], line["route"], line["status"]) == (
        "request",
        "GET",
        "/account/manage",
        200,
    )
    assert line["request_id"] == "from-the-router-1"
    assert isinstance(line["user_id"], int)
    assert line["ms"] > 0


async def test_no_line_holds_a_password_or_a_link(ada: Person, deliver: Deliver, log: LogCapture) -> None:
    await ada.register()
    await deliver()
    await ada.submit(ada.link())
    await ada.log_in()
    logged = repr(log.entries)
    assert "account/confirm-account/<token>" in logged
    for secret in (ada.password, ada.link().rpartition("/")[2]):
        assert secret not in logged


async def test_a_request_id_that_could_forge_a_line_is_not_taken_over(ada: Person, log: LogCapture) -> None:
    await ada.visit("/", headers={"X-Request-ID": "x y"})
    await ada.visit("/", headers={"X-Request-ID": "x" * 100})
    assert all(len(line["request_id"]) == 16 for line in log.entries)
