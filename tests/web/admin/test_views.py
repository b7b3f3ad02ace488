"""Where an administrator begins, and the way from there."""

from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import update

from app.accounts.models import User
from app.database import from_now, transaction
from tests.conftest import user_of
from tests.people import Page, Person


@pytest.fixture
async def boss(root: Person) -> Person:
    """An administrator, logged in."""
    await root.log_in()
    return root


@pytest.fixture
async def user(app: Quart, grace: Person) -> str:
    """The address of a member's page."""
    found = await user_of(app, grace.email)
    assert found is not None
    return f"/admin/user/{found.id}"


def links(page: Page, selector: str) -> dict[str, str]:
    return {link.get_text(strip=True): str(link["href"]) for link in page.soup.select(selector)}


async def test_the_dashboard_leads_to_users_and_says_what_is_there(boss: Person) -> None:
    page = await boss.visit("/admin/")
    cards = links(page, ".cards a")
    assert cards.keys() >= {"Registered Users", "Add New User", "Invite New User"}
    assert [(await boss.visit(path)).status for path in cards.values()] == [200] * len(cards)
    assert all(card.select("p:not(.figure)") for card in page.soup.select(".cards li"))


@pytest.mark.parametrize(("days", "numbers"), [(0, {13: 2}), (5, {8: 1, 13: 1}), (13, {0: 1, 13: 1}), (14, {13: 1})])
async def test_the_dashboard_shows_how_many_came_each_day(
    app: Quart, boss: Person, grace: Person, days: int, numbers: dict[int, int]
) -> None:
    async with app.app_context(), transaction() as db:
        await db.execute(
            update(User).where(User.email == grace.email).values(created_at=from_now(-timedelta(days=days)))
        )
    page = await boss.visit("/admin/")
    [chart] = page.soup.select("figure svg[role=img]")
    told = [int(day.rpartition(": ")[2]) for day in str(chart["aria-label"]).split(", ")]
    assert told == [numbers.get(day, 0) for day in range(14)]
    assert f"{sum(told)} new in 14 days" in page.text
    assert len(chart.select("rect")) == 14


async def test_the_menu_beside_a_user_leads_to_everything_about_them(boss: Person, user: str) -> None:
    menu = links(await boss.visit(user), ".sidebar a")
    assert menu == {
        "User information": user,
        "Change email address": f"{user}/change-email",
        "Change account type": f"{user}/change-account-type",
        "Delete user": f"{user}/delete",
        "Audit trail": f"/admin/audit?person={user.rpartition('/')[2]}",
        "Back to all users": "/admin/users",
    }
    assert [(await boss.visit(path)).status for path in menu.values()] == [200] * 6


async def test_the_list_of_users_has_the_columns_and_filters_of_flask_base(boss: Person) -> None:
    soup = (await boss.visit("/admin/users")).soup
    columns = [column.get_text(strip=True).rstrip(" ↓↑") for column in soup.select("th")]
    assert columns[:4] == ["First name", "Last name", "Email address", "Account type"]
    assert [option.get_text() for option in soup.select("#role option")] == [
        "All account types",
        "Users",
        "Administrators",
    ]
    assert soup.select("input[placeholder='Search users…']")


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("/admin/new-user", ["Account type", "First name", "Last name", "Email", "Create"]),
        ("/admin/invite-user", ["Account type", "First name", "Last name", "Email", "Invite"]),
        ("{user}/change-email", ["New email", "Update Email"]),
        ("{user}/change-account-type", ["New account type", "Update role"]),
        ("{user}/delete", ["I understand that this action cannot be undone.", "Delete this user"]),
    ],
)
async def test_the_fields_have_the_labels_of_flask_base(boss: Person, user: str, path: str, labels: list[str]) -> None:
    page = await boss.visit(path.format(user=user))
    assert [tag.get_text(strip=True) for tag in page.soup.select("main form label, main form button")] == labels
