"""The web process dies, or its visitors leave in the middle of a sentence."""

import asyncio
from random import Random

import pytest

from tests.faults import rude
from tests.faults.ledger import CONFIRM
from tests.faults.people import people_registering, register
from tests.faults.stack import Stack


@pytest.mark.faults("R1", "kill -9 of the web while people register")
async def test_what_was_accepted_before_the_web_was_killed_is_there_afterwards(stack: Stack, random: Random) -> None:
    await stack.start()
    async with people_registering(stack.newcomer, at_once=20) as people:
        await asyncio.sleep(random.uniform(0.5, 2.5))
        await stack.web.kill()
    stack.is_harmed_no_more()
    await stack.web.start()
    for visitor in people:
        if not visitor.has_been_promised(CONFIRM):
            assert (await visitor.register()).status == 302, "who got no answer comes again, and gets the same one"
    await stack.recovers()


@pytest.mark.faults("R2", "200 clients hang up 0 to 300 ms after they sent the form")
async def test_who_hangs_up_has_an_account_and_a_mail_or_neither(stack: Stack, random: Random) -> None:
    await stack.start()
    emails = [stack.newcomer("eve").email for _ in range(200)]
    requests = await rude.registration(stack.newcomer(), stack.port, emails)
    for some in range(0, len(requests), 25):
        leaving = [
            rude.leave_early(stack.port, request, after=random.uniform(0, 0.3))
            for request in requests[some : some + 25]
        ]
        await asyncio.gather(*leaving)
    await register(stack.newcomer, 20, at_once=20)
    await stack.recovers()
    assert await stack.users() & set(emails), "some were quick enough"
    assert stack.complaints() == []
