"""The audit trail, as administrators see it and take it away."""

from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from datetime import date

from quart import Quart, Response, request
from quart.globals import app_ctx

from app.audit import Action, Outcome, exporting, reading
from app.audit.reading import Query
from app.database import session
from app.web.admin import admin
from app.web.config import row_id
from app.web.guards import admin_required
from app.web.paging import earlier
from app.web.sudo import recently_authenticated
from app.web.templating import render

BATCH = 1000  # events that are in memory at once


@admin.get("/audit")
@admin_required
async def list_events() -> str:
    """List what happened, the latest first."""
    query = _query()
    events = await reading.find(session(), query)
    filters = {name: value for name, value in asdict(query).items() if value not in {None, ""}}
    return render(
        "admin/audit.html",
        events=events,
        query=query,
        filters=filters,
        actions=list(Action),
        outcomes=list(Outcome),
        earlier=earlier("admin.list_events", events, **filters),
    )


@admin.get("/audit.csv")
@admin_required
@recently_authenticated
async def export_events() -> Response:
    """Send what the filters choose as a table, however long it is."""
    named = {"Content-Disposition": "attachment; filename=audit.csv"}
    return Response(_table(app_ctx.app, _query()), headers=named, content_type="text/csv; charset=utf-8")


async def _table(app: Quart, query: Query) -> AsyncIterator[str]:
    yield exporting.header()
    while True:
        async with app.app_context():
            events = await reading.find(session(), query, limit=BATCH)
        yield exporting.lines(events)
        if len(events) < BATCH:
            return
        query = replace(query, before=events[-1].id)


def _query() -> Query:
    given = request.args
    return Query(
        action=_one_of(Action, given.get("action", "")),
        outcome=_one_of(Outcome, given.get("outcome", "")),
        who="".join(filter(str.isprintable, given.get("who", "")[:100])).strip(),
        person=row_id(given.get("person", "")),
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
        before=row_id(given.get("before", "")),
    )


def _one_of(choices: type[Action] | type[Outcome], text: str) -> str:
    return text if text in set(choices) else ""


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year < 9999 else None  # noqa: PLR2004 (days that have a next one, on any database)
