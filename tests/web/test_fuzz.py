"""Whatever is sent, and by whomever: it is answered, strictly, and is no failure of ours."""

from collections.abc import Callable

import h11
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quart import Quart
from sqlalchemy import update

from app.accounts.models import UserSession
from app.database import transaction
from app.settings import Settings
from app.web.headers import FIXED
from tests.fuzzing.requests import Somebody, requests
from tests.fuzzing.world import World
from tests.people import Person

PEOPLE = ["administrator", "member", "visitor", "forgetful administrator"]
UNLIMITED = {name.upper(): "1000000/second" for name in Settings.__struct_fields__ if name.startswith("limit_")}
MANY = settings(max_examples=6 * settings().max_examples, suppress_health_check=list(HealthCheck))


@pytest.fixture
async def world(
    app: Quart, eve: Person, grace: Person, root: Person, tell: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> World:
    tell(**UNLIMITED)
    await root.log_in()
    forgetful = await Somebody.like(root)
    async with app.app_context(), transaction() as db:
        await db.execute(update(UserSession).values(authenticated_at=None))
    root.browser = app.test_client()
    for person in (grace, root):
        await person.log_in()
    known = [await Somebody.like(person) for person in (root, grace, eve)]
    return await World.around(app, dict(zip(PEOPLE, [*known, forgetful], strict=True)), monkeypatch)


@MANY
@given(data=st.data())
async def test_nothing_that_is_sent_is_a_failure_of_ours(world: World, data: st.DataObject) -> None:
    who = data.draw(st.sampled_from(PEOPLE + ["administrator"] * 3))  # who gets furthest
    sent = data.draw(requests(world.known, world.people[who]))
    answer = await world.ask(sent)
    assert answer.status < 500, sent
    assert {name.lower().encode() for name in FIXED} <= dict(answer.headers).keys(), sent
    assert b"<script>" not in answer.body or (b"content-type", b"text/csv; charset=utf-8") in answer.headers, sent
    h11.Response(status_code=answer.status, headers=answer.headers)  # or else the server fails
