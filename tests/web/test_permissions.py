"""Every route, walked by everybody: `docs/permissions.md` is what was seen."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from quart import Quart
from sqlalchemy import select
from werkzeug.routing import Rule

from app.accounts import roles
from app.accounts.models import Role, User
from app.database import Model, transaction
from tests.conftest import Deliver
from tests.people import Page, Person
from tests.servers import MailServer

DOCUMENT = Path(__file__).parents[2] / "docs" / "permissions.md"
HEAD = """# Who may do what

Made by walking every route with every method as everybody; `tests/web/test_permissions.py` fails when it is not so, and
`UPDATE_DOCS=1 just test tests/web/test_permissions.py` writes it anew. The custom role has a permission of its own, and
neither GENERAL nor ADMINISTER.

*yes*: the route does its work (with a row that does not exist, so the answer may be that it is not there).
*log in*, *confirm*, *start*: sent to log in, to confirm the address first, or to the landing page. *no*: 403.

| route | method | visitor | unconfirmed | member | custom role | administrator |
|---|---|---|---|---|---|---|
"""
NOBODY = 2_000_000_000
ARGUMENTS = {f"{row}_id": NOBODY for row in ("user", "role", "revision")} | {
    "filename": "logo.svg",
    "job_name": "jobs.purge",
}
SENT_TO = {"/account/login": "log in", "/account/unconfirmed": "confirm", "/": "start"}


@pytest.fixture
async def everybody(
    app: Quart, ada: Person, eve: Person, grace: Person, root: Person, mail_server: MailServer, deliver: Deliver
) -> list[Person]:
    """A visitor, an unconfirmed user, a member, a member of a custom role, and an administrator."""
    custom = Person(app.test_client(), mail_server, "Joan", "Clarke")
    await custom.register()
    await ada.register()
    await deliver()
    await custom.submit(custom.link())
    async with app.app_context(), transaction() as db:
        role = await roles.make(db, name="Editor", permissions=0x02, index="main")
        user = (await db.scalars(select(User).where(User.email == custom.email))).one()
        user.role = (await db.scalars(select(Role).where(Role.name == role.name))).one()
    for person in (ada, grace, custom, root):
        await person.log_in()
    return [eve, ada, grace, custom, root]


async def test_everybody_gets_what_is_documented_and_nothing_else(app: Quart, everybody: list[Person]) -> None:
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    rows = [await _row(rule, method, everybody) for rule in rules for method in sorted(_methods(rule))]
    seen = HEAD + "".join(rows)
    if os.environ.get("UPDATE_DOCS"):
        DOCUMENT.write_text(seen)
    assert DOCUMENT.read_text() == seen


async def test_looking_changes_nothing(app: Quart, everybody: list[Person]) -> None:
    async with app.app_context(), transaction() as db:
        user_id = await db.scalar(select(User.id).where(User.email == "grace@example.com"))
    before = await _everything(app)
    for rule in app.url_map.iter_rules():
        if "GET" in _methods(rule):
            path = _path(rule, {name: ARGUMENTS.get(name, "x") for name in rule.arguments} | {"user_id": user_id})
            for person in everybody:
                assert (await person.visit(path)).status < 500
    assert await _everything(app) == before


async def _everything(app: Quart) -> dict[str, list[tuple[object, ...]]]:
    async with app.app_context(), transaction() as db:
        return {
            table.name: [tuple(row) for row in await db.execute(select(table).order_by(*table.primary_key))]
            for table in Model.metadata.sorted_tables
        }


def _methods(rule: Rule) -> set[str]:
    return (rule.methods or set()) - {"HEAD", "OPTIONS"}


async def _row(rule: Rule, method: str, everybody: list[Person]) -> str:
    path = _path(rule, {name: ARGUMENTS.get(name, "x") for name in rule.arguments})
    outcomes = [_outcome(await _ask(person, method, path)) for person in everybody]
    return f"| `{rule.rule}` | {method} | {' | '.join(outcomes)} |\n"


def _path(rule: Rule, arguments: Mapping[str, object]) -> str:
    path = rule.rule
    for name, value in arguments.items():
        for form in (f"<{name}>", f"<int:{name}>", f"<path:{name}>", f"<page_name:{name}>"):
            path = path.replace(form, str(value))
    return path


async def _ask(person: Person, method: str, path: str) -> Page:
    if method == "GET":
        return await person.visit(path)
    if path == "/account/logout":  # would end what the next rows need
        return await person.visit(path)
    token = (await person.visit("/account/logout")).csrf_token or (await person.visit("/account/login")).csrf_token
    return await person.post(path, headers={"X-CSRFToken": token})


def _outcome(page: Page) -> str:
    assert page.status < 500
    assert "This form was not sent from one of our pages" not in page.text, "the walk has not come to the route"
    if page.status == 403:
        return "no"
    target = (page.location or "").partition("?")[0]
    return SENT_TO.get(target, "yes")
