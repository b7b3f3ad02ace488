"""A database of flask-base, brought over as `docs/flask-base.md` says."""

import re
from textwrap import dedent

import pytest
from quart import Quart
from sqlalchemy import text
from werkzeug.security import generate_password_hash

from app.database import transaction
from tests.conftest import user_of
from tests.people import Person
from tests.servers import ROOT

FORMER = "engine"  # shorter than a new one may be
OF_WERKZEUG = generate_password_hash(FORMER, "pbkdf2:sha256:50000", salt_length=8)

OLD = """
CREATE TEMPORARY TABLE old_roles (id integer, name varchar(64), "index" varchar(64), "default" boolean,
                                  permissions integer);
INSERT INTO old_roles VALUES (1, 'Administrator', 'admin', FALSE, 255), (2, 'User', 'main', TRUE, 1),
                             (3, 'Editor', NULL, FALSE, 3);
CREATE TEMPORARY TABLE old_users (id integer, confirmed boolean, first_name varchar(64), last_name varchar(64),
                                  email varchar(64), password_hash varchar(128), role_id integer);
INSERT INTO old_users VALUES (7, TRUE, 'Radia', 'Perlman', 'Radia@Example.com', :hash, 1),
                             (8, FALSE, NULL, NULL, 'ada@example.com', NULL, NULL),
                             (9, TRUE, 'Joan', 'Clarke', 'joan@example.com', :hash, 3);
CREATE TEMPORARY TABLE old_editable_html (id integer, editor_name varchar(100), value text);
INSERT INTO old_editable_html VALUES (1, 'about', '<p>We are <b>many</b>.</p><script>x</script>')
"""


def steps() -> list[str]:
    """The SQL of the document, on tables beside ours instead of in a schema or a file of their own."""
    blocks = re.findall(r"```sql\n(.*?)```", (ROOT / "docs/flask-base.md").read_text(), re.DOTALL)
    return [dedent(block).replace("flask_base.", "old_") for block in blocks]


@pytest.fixture
async def brought_over(app: Quart) -> None:
    look, copy, count = steps()
    async with app.app_context(), transaction() as db:
        for statement in OLD.split(";"):
            await db.execute(text(statement), {"hash": OF_WERKZEUG} if ":hash" in statement else {})
        assert (await db.execute(text(look))).all() == []
        for statement in filter(str.strip, copy.split(";")):
            await db.execute(text(statement))
        if db.get_bind().dialect.name == "postgresql":
            await db.execute(text(count))
        for table in ("old_roles", "old_users", "old_editable_html"):
            await db.execute(text(f"DROP TABLE {table}"))


@pytest.mark.usefixtures("brought_over")
async def test_people_are_who_they_were_and_come_in_with_their_former_password(app: Quart, eve: Person) -> None:
    eve.email = "radia@example.com"  # a browser like any other
    assert (await eve.log_in()).messages == ["Invalid email or password."]
    assert (await eve.log_in(password=FORMER)).location == "/admin/"
    page = await eve.visit("/admin/user/9")
    facts = [fact.get_text(strip=True) for fact in page.soup.select("dd")]
    assert facts[:3] == ["Joan Clarke", "joan@example.com", "Editor"]
    assert page.soup.select_one(".badge-confirmed")
    ada = await user_of(app, "ada@example.com")
    assert ada is not None
    assert (ada.id, ada.role_id, ada.status()) == (8, 1, "invited")


@pytest.mark.usefixtures("brought_over")
async def test_a_former_hash_becomes_one_of_ours_with_the_first_login(app: Quart, eve: Person) -> None:
    eve.email = "radia@example.com"
    for hashed_by in ("pbkdf2", "$argon2id"):
        radia = await user_of(app, eve.email)
        assert radia is not None
        assert str(radia.password_hash).startswith(hashed_by)
        assert (await eve.log_in(password=FORMER)).location == "/admin/"
        await eve.submit("/account/logout")


@pytest.mark.usefixtures("brought_over")
async def test_pages_are_there_and_harmless_and_newcomers_get_ids_of_their_own(app: Quart, grace: Person) -> None:
    assert "<p>We are <b>many</b>.</p></div>" in (await grace.visit("/about")).text
    newcomer = await user_of(app, grace.email)
    assert newcomer is not None
    assert newcomer.id > 9


async def test_two_accounts_that_would_become_one_are_found(app: Quart) -> None:
    async with app.app_context(), transaction() as db:
        await db.execute(text("CREATE TEMPORARY TABLE old_users (email varchar(64))"))
        await db.execute(text("INSERT INTO old_users VALUES ('ada@example.com'), ('Ada@Example.com')"))
        assert (await db.execute(text(steps()[0]))).all() == [("ada@example.com", 2)]
        await db.execute(text("DROP TABLE old_users"))
