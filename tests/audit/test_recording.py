"""What is recorded, and that it is recorded in the commit of what it tells of."""

import json

import pytest
from quart import Quart
from sqlalchemy import select

from app import logs
from app.accounts.models import Role, User
from app.audit import Action, record
from app.database import transaction
from app.settings import settings
from tests.audit.events import all_events, last, told
from tests.conftest import Deliver, user_of
from tests.jobs.labour import promise, stumble
from tests.people import PASSWORD, Person
from tests.terminal import run

NEW = "analytical engine no. 1"


async def test_the_way_into_an_account_is_recorded(app: Quart, ada: Person, deliver: Deliver) -> None:
    await ada.register()
    await deliver()
    await ada.submit(ada.link())
    await ada.log_in(password="not her password")
    await ada.log_in(email="nobody@example.com", password="nobody's password")
    await ada.log_in()
    await ada.submit("/account/logout")
    assert await told(app) == [
        (ada.email, "register", ada.email, "ok"),
        (ada.email, "confirm account", ada.email, "ok"),
        ("", "log in", ada.email, "refused"),
        ("", "log in", "", "refused"),
        (ada.email, "log in", ada.email, "ok"),
        (ada.email, "log out", ada.email, "ok"),
    ]


async def test_what_grace_does_with_her_account_is_recorded(app: Quart, grace: Person, deliver: Deliver) -> None:
    await grace.log_in()
    path, change = "/account/manage/change-password", {"new_password": NEW, "new_password2": NEW}
    await grace.submit(path, old_password="not the old one", **change)
    await grace.submit(path, old_password=grace.password, **change)
    await grace.submit("/account/manage/change-email", email="admiral@example.com", password="wrong")
    await grace.submit("/account/manage/change-email", email="admiral@example.com", password=NEW)
    await grace.submit("/account/manage/sessions", session="others")
    await deliver()
    grace.email = "admiral@example.com"
    await grace.submit(grace.link())
    [_, *events] = await all_events(app)
    assert [(event.action, event.outcome) for event in events] == [
        ("change password", "refused"),
        ("change password", "ok"),
        ("ask to change email", "refused"),
        ("ask to change email", "ok"),
        ("end sessions", "ok"),
        ("change email", "ok"),
    ]
    assert events[-1].details == "grace@example.com → admiral@example.com"


async def test_a_forgotten_password_is_recorded_and_that_of_nobody_is_not(
    app: Quart, grace: Person, deliver: Deliver
) -> None:
    await grace.submit("/account/reset-password", email="nobody@example.com")
    await grace.submit("/account/reset-password", email=grace.email)
    await deliver()
    await grace.submit(grace.link(), new_password=NEW, new_password2=NEW)
    assert await told(app) == [
        ("", "ask to reset password", grace.email, "ok"),
        (grace.email, "reset password", grace.email, "ok"),
    ]


async def test_another_name_is_recorded(app: Quart, grace: Person) -> None:
    await grace.log_in()
    await grace.submit("/account/manage", first_name="Amazing", last_name="Grace")
    await grace.submit("/account/manage", first_name="Amazing", last_name="Grace")
    assert len(await told(app)) == 2, "the same name is none"
    assert (await told(app))[-1] == (grace.email, "change name", grace.email, "ok")
    assert (await all_events(app))[-1].details == "Grace Hopper → Amazing Grace"


async def test_what_an_administrator_does_to_people_is_recorded(
    app: Quart, boss: Person, grace: Person, ada: Person
) -> None:
    user = await user_of(app, grace.email)
    assert user is not None
    path = f"/admin/user/{user.id}"
    await boss.submit(f"{path}/change-account-type", role="2")
    await boss.submit(f"{path}/change-email", email="admiral@example.com")
    token = (await boss.visit(path)).csrf_token
    for action in ("deactivate", "activate", "send-reset", "end-sessions"):
        await boss.post(f"{path}/{action}", {"csrf_token": token})
    await boss.submit(f"{path}/delete", understood="y")
    await boss.submit("/admin/invite-user", role="1", first_name="Ada", last_name="Lovelace", email=ada.email)
    admiral = "admiral@example.com"
    assert (await told(app))[1:] == [
        (boss.email, "change account type", grace.email, "ok"),
        (boss.email, "change email", admiral, "ok"),
        (boss.email, "deactivate", admiral, "ok"),
        (boss.email, "activate", admiral, "ok"),
        (boss.email, "ask to reset password", admiral, "ok"),
        (boss.email, "end sessions", admiral, "ok"),
        (boss.email, "delete user", admiral, "ok"),
        (boss.email, "invite", ada.email, "ok"),
    ]
    assert (await all_events(app))[1].details == "User → Administrator"


async def test_roles_pages_and_jobs_are_recorded(app: Quart, boss: Person) -> None:
    await boss.submit("/admin/roles/new", name="Editor", permissions="1", index="main")
    async with app.app_context(), transaction() as db:
        editor = await db.scalar(select(Role.id).where(Role.name == "Editor"))
    await boss.submit(f"/admin/roles/{editor}", name="Chief", permissions="255", index="main")
    await boss.submit("/admin/pages", editor_name="prices", title="Prices")
    token = (await boss.visit("/admin/pages/prices/delete")).csrf_token
    await boss.post("/admin/_update_editor_contents", {"csrf_token": token, "editor_name": "about", "edit_data": "x"})
    await boss.post("/admin/pages/prices/delete", {"csrf_token": token})
    job = await promise(app, stumble)
    assert job is not None
    await boss.post("/admin/jobs/discard", {"csrf_token": token, "job": str(job.id)})
    await boss.post("/admin/jobs/discard", {"csrf_token": token, "job": str(job.id)})
    await boss.post("/admin/jobs/start/jobs.purge", {"csrf_token": token})
    assert [(action, target) for _, action, target, _ in (await told(app))[1:]] == [
        ("make role", "Editor"),
        ("change role", "Editor"),
        ("create page", "prices"),
        ("create page", "about"),
        ("save page", "about"),
        ("delete page", "prices"),
        ("discard jobs", str(job.id)),
        ("start job", "jobs.purge"),
    ]
    assert (await all_events(app))[2].details == "Editor (0x01) → Chief (0xff)"


async def test_the_terminal_is_recorded_too(app: Quart, grace: Person) -> None:
    await run("users", "create", "ada@example.com", "--password", PASSWORD)
    await run("users", "deactivate", grace.email)
    await run("users", "activate", grace.email)
    await run("users", "reset-access", grace.email)
    await run("users", "promote", grace.email)
    assert await told(app) == [
        ("terminal", "create user", "ada@example.com", "ok"),
        ("terminal", "deactivate", grace.email, "ok"),
        ("terminal", "activate", grace.email, "ok"),
        ("terminal", "end sessions", grace.email, "ok"),
        ("terminal", "ask to reset password", grace.email, "ok"),
        ("terminal", "change account type", grace.email, "ok"),
    ]


async def test_an_event_says_when_and_from_where(app: Quart, grace: Person) -> None:
    page = await grace.visit("/account/login")
    form = {"email": grace.email, "password": grace.password, "csrf_token": page.csrf_token}
    whence = {"headers": {"User-Agent": "Mosaic/1.0"}, "scope_base": {"client": ("192.0.2.1", 1)}}
    await grace.post("/account/login", form, **whence)
    [event] = await all_events(app)
    assert (event.ip, event.agent) == ("192.0.2.1", "Mosaic/1.0")
    assert event.created_at.tzinfo is not None


async def test_what_does_not_happen_is_not_recorded(app: Quart, grace: Person) -> None:
    with pytest.raises(RuntimeError):
        async with app.app_context(), transaction() as db:
            user = (await db.scalars(select(User))).one()
            record(db, Action.DELETE_USER, person=user)
            raise RuntimeError("the cable was pulled")
    assert await all_events(app) == []


async def test_the_trail_holds_no_secret(app: Quart, grace: Person, deliver: Deliver) -> None:
    await grace.submit("/account/reset-password", email=grace.email)
    await deliver()
    link = grace.link()
    await grace.submit(link, new_password=NEW, new_password2=NEW)
    await grace.log_in(email="difference engine no. 2", password="typed into the wrong field")
    await grace.log_in(password=NEW)
    jar = grace.browser.cookie_jar
    assert jar is not None
    cookies = [str(cookie.value) for cookie in jar if cookie.name in {"auth", "device"}]
    assert len(cookies) == 2
    written = " ".join(str(value) for event in await all_events(app) for value in vars(event).values())
    for secret in (NEW, "difference engine", "wrong field", link.rpartition("/")[2], *cookies):
        assert secret not in written


async def test_the_log_is_told_by_numbers(
    app: Quart, grace: Person, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", "info")
    monkeypatch.setenv("LOG_FORMAT", "json")
    settings.cache_clear()
    logs.configure(settings())
    await grace.log_in()
    monkeypatch.undo()
    settings.cache_clear()
    printed = capsys.readouterr().out.splitlines()
    logs.configure(settings())
    [line] = [json.loads(line) for line in printed if '"event": "audit"' in line]
    user = await user_of(app, grace.email)
    assert user is not None
    assert (line["action"], line["outcome"], line["person_id"]) == ("log in", "ok", user.id)
    assert grace.email not in json.dumps(line)
    assert (await last(app))[1] == "log in"
