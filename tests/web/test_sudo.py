"""What could cost an account is done only shortly after the password."""

import asyncio
import re
from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import update
from werkzeug.routing import Rule

from app.accounts.models import UserSession
from app.database import from_now, transaction
from tests.audit.events import told
from tests.conftest import Deliver, user_of
from tests.people import Page, Person

QUESTION = "Confirm that it is you"
FREE = {"admin.start_job"}  # harmless: it only does a little earlier what the clock does anyway


async def let_time_pass(app: Quart) -> None:
    """The password was given eleven minutes ago."""
    async with app.app_context(), transaction() as db:
        await db.execute(update(UserSession).values(authenticated_at=from_now(-timedelta(minutes=11))))


@pytest.fixture
async def tired(app: Quart, boss: Person) -> Person:
    """An administrator who logged in a while ago."""
    await let_time_pass(app)
    return boss


async def path_of(app: Quart, person: Person) -> str:
    user = await user_of(app, person.email)
    assert user is not None
    return f"/admin/user/{user.id}"


def hidden(page: Page) -> dict[str, list[str]]:
    """The fields that the browser sends again, without being asked."""
    kept: dict[str, list[str]] = {}
    for field in page.soup.select("main form input[type=hidden]"):
        kept.setdefault(str(field["name"]), []).append(str(field["value"]))
    return kept


def auth_cookie(person: Person) -> str:
    jar = person.browser.cookie_jar
    assert jar is not None
    return next(str(cookie.value) for cookie in jar if cookie.name == "auth")


async def test_a_page_comes_after_the_question(app: Quart, tired: Person, grace: Person) -> None:
    path = f"{await path_of(app, grace)}/delete"
    asked = await tired.visit(f"{path}?x=1")
    assert asked.location == f"/account/reauthenticate?next={path}?x%3D1"
    assert (await tired.follow(asked)).heading == QUESTION
    assert (await tired.submit(asked.location, current_password="not mine")).messages == ["That is not your password."]
    answered = await tired.submit(asked.location, current_password=tired.password)
    assert answered.location == f"{path}?x=1"
    assert (await tired.follow(answered)).heading == "Delete Grace Hopper?"


async def test_a_form_that_was_sent_goes_on_with_all_that_was_filled_in(
    app: Quart, boss: Person, grace: Person
) -> None:
    path = f"{await path_of(app, grace)}/change-account-type"
    opened = await boss.visit(path)
    await let_time_pass(app)
    asked = await boss.post(path, {"role": "2", "csrf_token": opened.csrf_token})
    assert (asked.status, asked.heading) == (403, QUESTION)
    assert hidden(asked)["role"] == ["2"]
    user = await user_of(app, grace.email)
    assert user is not None
    assert user.role_id == 1, "nothing has happened yet"

    again = await boss.post(path, hidden(asked) | {"current_password": "not mine"})
    assert (again.status, again.messages, hidden(again)["role"]) == (403, ["That is not your password."], ["2"])
    done = await boss.post(path, hidden(again) | {"current_password": boss.password})
    assert (await boss.follow(done)).messages == ["Role for user Grace Hopper successfully changed to Administrator."]


async def test_a_long_text_with_everything_in_it_survives_the_question(app: Quart, boss: Person) -> None:
    source = "# “Prices”\r\n\r\n<b>5 > 4</b> &amp; 'more'\r\n" + "line\r\n" * 2000
    opened = await boss.visit("/admin/pages/about")
    await let_time_pass(app)
    form = {"title": "About", "source": source, "save": "Save", "csrf_token": opened.csrf_token, "started_from": "0"}
    asked = await boss.post("/admin/pages/about", form)
    assert asked.status == 403
    await boss.post("/admin/pages/about", hidden(asked) | {"current_password": boss.password})
    editor = (await boss.visit("/admin/pages/about")).soup.find("textarea")
    assert editor is not None
    assert editor.get_text().strip().splitlines() == source.strip().splitlines()


async def test_fields_that_were_sent_several_times_are_all_sent_again(app: Quart, tired: Person) -> None:
    token = (await tired.visit("/admin/jobs")).csrf_token or (await tired.visit("/account/logout")).csrf_token
    asked = await tired.post("/admin/jobs/retry", {"csrf_token": token, "job": ["1", "2"]})
    assert hidden(asked)["job"] == ["1", "2"]


async def test_the_password_is_in_no_cookie_and_on_no_page(app: Quart, tired: Person) -> None:
    asked = await tired.submit("/account/reauthenticate", current_password="not mine but secret")
    assert "not mine but secret" not in asked.text
    assert "not mine but secret" not in str(asked.headers)


async def test_the_question_is_asked_once_in_ten_minutes(app: Quart, tired: Person, grace: Person) -> None:
    path = await path_of(app, grace)
    await tired.submit("/account/reauthenticate", current_password=tired.password)
    for page in ("delete", "change-email", "change-account-type"):
        assert (await tired.visit(f"{path}/{page}")).status == 200


async def test_the_session_goes_on_under_another_token(app: Quart, tired: Person, eve: Person) -> None:
    stolen = auth_cookie(tired)
    await tired.submit("/account/reauthenticate", current_password=tired.password)
    assert auth_cookie(tired) != stolen
    assert (await tired.visit("/admin/")).status == 200
    eve.browser.set_cookie("localhost", "auth", stolen)
    assert (await eve.visit("/admin/")).status == 302


async def test_both_answers_are_recorded(app: Quart, tired: Person) -> None:
    await tired.submit("/account/reauthenticate", current_password="not mine")
    await tired.submit("/account/reauthenticate", current_password=tired.password)
    assert (await told(app))[1:] == [
        (tired.email, "confirm identity", tired.email, "refused"),
        (tired.email, "confirm identity", tired.email, "ok"),
    ]


async def test_the_password_of_another_is_no_answer(app: Quart, tired: Person, grace: Person) -> None:
    grace.password = "the password of grace"
    page = await tired.submit("/account/reauthenticate", current_password=grace.password, email=grace.email)
    assert page.messages == ["That is not your password."]


async def test_members_are_asked_before_they_end_sessions_and_take_another_address(
    app: Quart, grace: Person, deliver: Deliver
) -> None:
    await grace.log_in()
    await grace.submit("/account/manage/change-email", email="admiral@example.com", password=grace.password)
    await deliver()
    grace.email = "admiral@example.com"
    await let_time_pass(app)
    link = grace.link()
    assert (await grace.visit(link)).location == f"/account/reauthenticate?next={link}"
    token = (await grace.visit("/account/logout")).csrf_token
    for path in (link, "/account/manage/sessions"):
        assert (await grace.post(path, {"csrf_token": token})).heading == QUESTION
    assert await user_of(app, "admiral@example.com") is None


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example/", ""])
async def test_nobody_is_sent_to_another_site_after_it(tired: Person, target: str) -> None:
    page = await tired.submit(f"/account/reauthenticate?next={target}", current_password=tired.password)
    assert page.location == "/account/manage"


async def test_wrong_answers_are_counted_like_wrong_log_ins(tired: Person) -> None:
    path = "/account/reauthenticate"
    statuses = [(await tired.submit(path, current_password="a guess")).status for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    assert (await tired.submit(path, current_password=tired.password)).status == 429


async def test_visitors_log_in_instead(ada: Person) -> None:
    assert (await ada.visit("/account/reauthenticate")).location == "/account/login?next=/account/reauthenticate"


async def test_of_many_answers_at_once_none_fails(app: Quart, tired: Person) -> None:
    token = (await tired.visit("/account/reauthenticate")).csrf_token
    form = {"csrf_token": token, "current_password": tired.password}
    pages = await asyncio.gather(*(tired.post("/account/reauthenticate", form) for _ in range(5)))
    assert {page.status for page in pages} == {302}


async def test_whatever_an_administrator_changes_is_asked_for_first(app: Quart, tired: Person, grace: Person) -> None:
    token = (await tired.visit("/account/logout")).csrf_token
    changing = [rule for rule in app.url_map.iter_rules() if _changes_something(rule)]
    assert len(changing) > 15
    for rule in changing:
        path = re.sub(r"<int:\w+>", "1", re.sub(r"<(page_name:)?\w+>", "about", rule.rule))
        page = await tired.post(path, {"csrf_token": token})
        assert (page.status, page.heading) == (403, QUESTION), rule.rule


def _changes_something(rule: Rule) -> bool:
    return rule.endpoint.startswith("admin.") and "POST" in (rule.methods or ()) and rule.endpoint not in FREE


async def test_the_trail_is_taken_away_after_the_question_only(tired: Person) -> None:
    asked = await tired.visit("/admin/audit.csv?action=log+in")
    assert asked.location == "/account/reauthenticate?next=/admin/audit.csv?action%3Dlog%2Bin"
    answered = await tired.submit(asked.location, current_password=tired.password)
    assert (await tired.follow(answered)).headers["Content-Type"] == "text/csv; charset=utf-8"


async def test_whoever_has_no_business_there_is_not_asked(app: Quart, grace: Person) -> None:
    await grace.log_in()
    await let_time_pass(app)
    assert (await grace.visit("/admin/new-user")).status == 403
    assert (await grace.visit("/admin/new-user")).heading != QUESTION
