"""The dashboard, the list of users, and adding one."""

from quart import flash, redirect, request
from quart.typing import ResponseReturnValue

from app.accounts import directory, invitations, roles, users
from app.accounts.errors import EmailTaken
from app.accounts.models import Role, User, statuses
from app.database import session, transaction
from app.jobs import oversight
from app.jobs.models import State
from app.mail.delivery import deliver
from app.web import throttling
from app.web.admin import admin
from app.web.admin.forms import InviteUserForm, NewUserForm
from app.web.config import row_id
from app.web.guards import admin_required
from app.web.sudo import recently_authenticated
from app.web.templating import render
from app.web.throttling import throttled

TREND = 14  # days


@admin.get("/")
@admin_required
async def index() -> str:
    """Show how many people have accounts, and whether anything is stuck."""
    jobs, mails = await oversight.counts(session()), await oversight.counts(session(), name=deliver.name)
    return render(
        "admin/index.html",
        seen=await oversight.fingerprint(session()),
        registered=await users.count(session()),
        sign_ups=await users.sign_ups(session(), days=TREND),
        invited=await invitations.count_pending(session()),
        waiting_mails=mails[State.PENDING] + mails[State.RUNNING],
        dead_mails=mails[State.DEAD],
        dead_jobs=jobs[State.DEAD],
    )


@admin.get("/users")
@admin_required
async def registered_users() -> str:
    """List the users, a page at a time."""
    given = request.args
    query = directory.Query(
        q="".join(filter(str.isprintable, given.get("q", "")[:100])),
        role=row_id(given.get("role", "")),
        status=given.get("status", ""),
        sort=given.get("sort", "last_name"),
        after=row_id(given.get("after", "")),
        before=row_id(given.get("before", "")),
    )
    all_roles = await roles.all_roles(session())
    return render(
        "admin/registered_users.html",
        query=query,
        page=await directory.find(session(), query, all_roles),
        roles=all_roles,
        statuses=list(statuses(User)),
    )


@admin.route("/new-user", methods=["GET", "POST"])
@admin_required
@recently_authenticated
@throttled("admin_mails", by=throttling.member)
async def new_user() -> ResponseReturnValue:
    """Add a user, who chooses the password: no administrator ever knows it."""
    return await _add(NewUserForm, "created")


@admin.route("/invite-user", methods=["GET", "POST"])
@admin_required
@recently_authenticated
@throttled("admin_mails", by=throttling.member)
async def invite_user() -> ResponseReturnValue:
    """Invite somebody to join."""
    return await _add(InviteUserForm, "invited")


async def _add(form_class: type[InviteUserForm], done: str) -> ResponseReturnValue:
    form = await form_class.from_request()
    form.role.offer(await roles.all_roles(session()))
    if await form.validate_on_submit():
        try:
            async with transaction() as db:
                added = await invitations.invite(
                    db,
                    email=form.email.data,
                    first_name=form.first_name.data,
                    last_name=form.last_name.data,
                    role=await db.get_one(Role, form.role.data),
                )
        except EmailTaken:
            form.email.errors = ["Email already registered."]
        else:
            await flash(f"User {added.full_name()} successfully {done}", "success")
            return redirect(request.path)
    return form.page("admin/new_user.html", inviting=done == "invited")
