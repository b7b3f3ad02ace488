"""Machines whose clocks disagree: the database's counts."""

import pytest

from tests.faults.people import register
from tests.faults.stack import Stack, only_on

HOUR = 3600


@only_on("postgresql")
@pytest.mark.parametrize("ahead", ["worker", "web"])
@pytest.mark.faults("R9", "the clocks of web and worker are two hours apart")
async def test_clocks_that_disagree_expire_nothing_and_send_nothing_twice(stack: Stack, ahead: str) -> None:
    for process in (stack.web, stack.worker):
        offset = HOUR if process.command[-1] == ahead else -HOUR
        process.environment |= {"QUART_APP": "tests.faults.skewed", "CLOCK_OFFSET": str(offset)}
    await stack.start()
    people = await register(stack.newcomer, 10)
    await stack.recovers()
    [ada, *_] = people
    page = await ada.submit(ada.link())
    assert page.status == 302, "the link works although its writer lives in another hour"
    assert (await ada.log_in()).status == 302
    assert (await ada.visit("/account/manage")).status == 200
    await ada.submit("/account/logout")
    await ada.forget_password()
    await stack.recovers()
    page = await ada.submit(ada.link(), new_password="analytical engine", new_password2="analytical engine")
    assert page.status == 302
    assert len(stack.mail_server.received) == 11
