"""The outbox: what was promised, and what became of it."""

from quart import request

from app.database import session
from app.mail import outbox
from app.mail.delivery import deliver
from app.web.admin import admin
from app.web.admin.jobs import chosen_state, overview
from app.web.config import row_id
from app.web.guards import admin_required
from app.web.paging import earlier
from app.web.templating import render


@admin.get("/mail")
@admin_required
async def list_mail() -> str:
    """List the mails, the latest first."""
    state = chosen_state()
    mails = await outbox.listing(session(), state=state, before=row_id(request.args.get("before", "")))
    return render(
        "admin/mail.html",
        **await overview(deliver.name),
        mails=mails,
        state=state,
        earlier=earlier("admin.list_mail", mails, state=state),
    )
