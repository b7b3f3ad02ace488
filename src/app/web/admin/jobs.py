"""The queue: what waits, what became of it, who does it, and what the clock starts."""

from collections.abc import Awaitable, Callable
from typing import Any

from quart import flash, redirect, request, url_for
from quart.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, false
from sqlalchemy.ext.asyncio import AsyncSession
from werkzeug.exceptions import NotFound

from app.audit import Action, record
from app.database import session, transaction
from app.jobs import heartbeats, oversight, queue, registry, schedules
from app.jobs.models import Job, State
from app.web.admin import admin
from app.web.auth import safe_next
from app.web.config import row_id
from app.web.guards import admin_required
from app.web.paging import earlier
from app.web.sudo import recently_authenticated
from app.web.templating import render


@admin.get("/jobs")
@admin_required
async def list_jobs() -> str:
    """List the jobs, the latest first, the workers, and the timetable."""
    name, state = request.args.get("name"), chosen_state()
    name = name if name in registry.DECLARED else None
    jobs = await oversight.listing(session(), name=name, state=state, before=row_id(request.args.get("before", "")))
    return render(
        "admin/jobs.html",
        **await overview(name),
        jobs=jobs,
        name=name,
        state=state,
        earlier=earlier("admin.list_jobs", jobs, name=name, state=state),
        schedules=await schedules.listing(session()),
        scheduled=schedules.scheduled(),
        declared=registry.DECLARED,
        shown=registry.shown,
    )


@admin.post("/jobs/retry")
@admin_required
@recently_authenticated
async def retry_jobs() -> ResponseReturnValue:
    """Try jobs again now: those that were chosen, or all dead ones."""
    return await _change(queue.retry, Action.RETRY_JOBS, "tried again")


@admin.post("/jobs/discard")
@admin_required
@recently_authenticated
async def discard_jobs() -> ResponseReturnValue:
    """Give jobs up: those that were chosen, or all dead ones."""
    return await _change(queue.discard, Action.DISCARD_JOBS, "discarded")


@admin.post("/jobs/start/<job_name>")
@admin_required
@recently_authenticated
async def start_job(job_name: str) -> ResponseReturnValue:
    """Start a job now that otherwise waits for its time."""
    declared = registry.DECLARED.get(job_name)
    if declared is None or not declared.timetable:
        raise NotFound
    async with transaction() as db:
        if started := await schedules.start(db, declared):
            record(db, Action.START_JOB, target=job_name)
    if started:
        await flash("It is started.", "success")
    else:
        await flash("It waits or runs already.", "info")
    return redirect(url_for("admin.list_jobs"))


async def overview(name: str | None) -> dict[str, Any]:
    """What the pages of jobs and of mails both say: how many, for how long, by whom; of a name, if one is given."""
    db = session()
    return {
        "seen": await oversight.fingerprint(db),
        "counts": await oversight.counts(db, name=name),
        "oldest": await oversight.oldest_waiting(db, name=name),
        "workers": await heartbeats.alive(db),
    }


def chosen_state() -> State | None:
    """The state that the address asks for; None for all, and for what makes no sense."""
    given = request.args.get("state", "")
    return State(given) if given in set(State) else None


async def _change(
    change: Callable[[AsyncSession, ColumnElement[bool]], Awaitable[int]], action: Action, done: str
) -> ResponseReturnValue:
    which, described = await _chosen_jobs()
    async with transaction() as db:
        if number := await change(db, which):
            record(db, action, target=described, details=str(number))
    await flash(f"{number} {'job is' if number == 1 else 'jobs are'} {done}.", "success" if number else "info")
    return redirect(safe_next() or url_for("admin.list_jobs"))


async def _chosen_jobs() -> tuple[ColumnElement[bool], str]:
    form = await request.form
    if "all_dead" in form:
        dead, name = Job.state == State.DEAD, form["all_dead"]
        return (dead & (Job.name == name), f"all dead of {name}") if name else (dead, "all dead")
    given = [form["only"]] if "only" in form else form.getlist("job")
    ids = [number for number in map(row_id, given) if number is not None]
    return Job.id.in_(ids) if ids else false(), " ".join(map(str, ids))
