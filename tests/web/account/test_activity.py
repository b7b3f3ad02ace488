"""What members see of the trail."""

from quart import Quart

from tests.audit.events import add_events
from tests.conftest import user_of
from tests.people import Page, Person

PATH = "/account/manage/activity"


def rows(page: Page) -> list[list[str]]:
    return [[cell.get_text(" ", strip=True) for cell in row.select("td")[1:]] for row in page.soup.select("tbody tr")]


async def test_grace_sees_what_she_did_and_who_tried_to_be_her(grace: Person, eve: Person) -> None:
    page = await eve.visit("/account/login")
    form = {"email": grace.email, "password": "guessed", "csrf_token": page.csrf_token}
    whence = {"headers": {"User-Agent": "Eve/1.0"}, "scope_base": {"client": ("192.0.2.66", 1)}}
    await eve.post("/account/login", form, **whence)
    await grace.log_in()
    seen = rows(await grace.visit(PATH))
    assert [row[0] for row in seen] == ["Log in", "Log in refused"]
    assert seen[1][2:] == ["192.0.2.66 Eve/1.0"]


async def test_nobody_sees_the_trail_of_another_nor_where_an_administrator_sits(
    app: Quart, boss: Person, grace: Person
) -> None:
    user = await user_of(app, grace.email)
    assert user is not None
    page = await boss.visit(f"/admin/user/{user.id}/change-account-type")
    form = {"role": "2", "csrf_token": page.csrf_token}
    await boss.post(f"/admin/user/{user.id}/change-account-type", form, headers={"User-Agent": "Boss/1.0"})
    await grace.log_in()
    page = await grace.visit(PATH)
    assert [row[:3] for row in rows(page)][1] == ["Change account type", "User → Administrator", "An administrator"]
    assert "Boss/1.0" not in page.text
    assert boss.email not in page.text


async def test_there_is_a_page_for_what_happened_earlier(app: Quart, grace: Person) -> None:
    await grace.log_in()
    user = await user_of(app, grace.email)
    assert user is not None
    await add_events(app, *({"person_id": user.id, "details": str(number)} for number in range(60)))
    page = await grace.visit(PATH)
    link = page.soup.select_one("a[rel=next]")
    assert link is not None
    seen = rows(page) + rows(await grace.visit(str(link["href"])))
    assert [row[1] for row in seen] == [str(number) for number in reversed(range(60))] + [""]
