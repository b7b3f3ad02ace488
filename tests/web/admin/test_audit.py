"""The audit trail, as administrators see it and take it away."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from quart import Quart

from tests.audit.events import add_events
from tests.conftest import user_of
from tests.people import Page, Person


def targets(page: Page) -> list[str]:
    return [row.select("td")[3].get_text(strip=True) for row in page.soup.select("tbody tr")]


async def table(boss: Person, query: str = "") -> list[list[str]]:
    page = await boss.visit(f"/admin/audit.csv?{query}")
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.headers["Content-Disposition"] == "attachment; filename=audit.csv"
    return list(csv.reader(io.StringIO(page.text)))[1:]


async def test_the_latest_stands_first_with_who_and_from_where(app: Quart, boss: Person, grace: Person) -> None:
    await grace.log_in(password="not her password")
    page = await boss.visit("/admin/audit")
    first, second = (
        [cell.get_text(" ", strip=True) for cell in row.select("td")] for row in page.soup.select("tbody tr")
    )
    assert first[1:4] == ["A visitor", "Log in refused", grace.email]
    assert second[1:4] == [boss.email, "Log in", boss.email]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["c", "b", "a"]),
        ("action=delete+page", ["b"]),
        ("outcome=refused", ["c"]),
        ("who=ADA@", ["c"]),
        ("who=%25", []),
        ("who=b", ["b"]),
        ("since=2026-02-01", ["c", "b"]),
        ("until=2026-02-01", ["b", "a"]),
        ("since=2026-02-01&until=2026-02-01", ["b"]),
        ("since=nonsense&until=9999-12-31&person=x&before=-1&action=x&outcome=x", ["c", "b", "a"]),
        ("who=%00", ["c", "b", "a"]),
    ],
)
async def test_events_are_filtered_on_the_page_and_in_the_table(
    app: Quart, boss: Person, query: str, found: list[str]
) -> None:
    await add_events(
        app,
        {"target": "a", "created_at": datetime(2026, 1, 31, 23, 59, tzinfo=UTC)},
        {"target": "b", "created_at": datetime(2026, 2, 1, 23, 59, tzinfo=UTC), "action": "delete page"},
        {"target": "c", "created_at": datetime(2026, 2, 2, tzinfo=UTC), "outcome": "refused", "actor": "ada@x.org"},
    )
    page = await boss.visit(f"/admin/audit?{query}")
    assert [target for target in targets(page) if "@" not in target] == found
    assert [row[7] for row in await table(boss, query) if "@" not in row[7]] == found


async def test_a_person_has_what_they_did_and_what_was_done_to_them(app: Quart, boss: Person, grace: Person) -> None:
    await grace.log_in()
    user = await user_of(app, grace.email)
    assert user is not None
    await boss.submit(f"/admin/user/{user.id}/change-account-type", role="2")
    page = await boss.visit(f"/admin/audit?person={user.id}")
    assert targets(page) == [grace.email] * 2
    assert len((await boss.visit("/admin/audit")).soup.select("tbody tr")) == 3


async def test_pages_show_every_event_once(app: Quart, boss: Person) -> None:
    await add_events(app, *({"target": str(number)} for number in range(120)))
    path, seen = "/admin/audit?action=save+page", []
    while path:
        page = await boss.visit(path)
        seen += targets(page)
        link = page.soup.select_one("a[rel=next]")
        path = str(link["href"]) if link else ""
    assert seen == [str(number) for number in reversed(range(120))]


async def test_the_table_holds_all_of_them_however_many(
    app: Quart, boss: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.admin.audit.BATCH", 7)
    await add_events(app, *({"target": str(number)} for number in range(21)))
    rows = await table(boss, "action=save+page")
    assert [row[7] for row in rows] == [str(number) for number in reversed(range(21))]
    moment = datetime.fromisoformat(rows[0][1])
    assert abs(datetime.now(UTC) - moment) < timedelta(minutes=5)


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1"])
async def test_a_spreadsheet_takes_no_cell_for_a_formula(app: Quart, boss: Person, evil: str) -> None:
    await add_events(app, {"target": evil, "agent": evil})
    [row] = await table(boss, "action=save+page")
    assert (row[7], row[10]) == (f"'{evil}", f"'{evil}")


async def test_what_somebody_else_wrote_is_text(app: Quart, boss: Person) -> None:
    await add_events(app, {"agent": "<script>alert(1)</script>"})
    assert "<script>alert" not in (await boss.visit("/admin/audit")).text
