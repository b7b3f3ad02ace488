"""The outbox: what was promised, what became of it, and trying again."""

from quart import flash, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.database import session, transaction
from app.mail import outbox
from app.mail.models import State
from app.web.admin import admin
from app.web.config import row_id
from app.web.guards import admin_required
from app.web.templating import render


@admin.get("/mail")
@admin_required
async def list_mail() -> str:
    """List the mails, the latest first."""
    given = request.args.get("state", "")
    state = State(given) if given in set(State) else None
    return render(
        "admin/mail.html",
        mails=await outbox.listing(session(), state=state, before=row_id(request.args.get("before", ""))),
        counts=await outbox.counts(session()),
        state=state,
        full=outbox.PAGE,
    )


@admin.post("/mail/<int:mail_id>/retry")
@admin_required
async def retry_mail(mail_id: int) -> ResponseReturnValue:
    """Try a mail again now."""
    async with transaction() as db:
        await outbox.retry(db, mail_id)
    await flash("It is tried again.", "success")
    return redirect(url_for("admin.list_mail"))


@admin.post("/mail/retry-dead")
@admin_required
async def retry_dead_mail() -> ResponseReturnValue:
    """Try all dead mails again now."""
    async with transaction() as db:
        await outbox.retry_dead(db)
    await flash("They are tried again.", "success")
    return redirect(url_for("admin.list_mail"))
