"""What was done to one's account, and with it."""

from quart import request
from quart_auth import login_required

from app.audit import reading
from app.database import session
from app.web.account import account
from app.web.auth import signed_in_user
from app.web.config import row_id
from app.web.paging import earlier
from app.web.templating import render


@account.get("/manage/activity")
@login_required
async def activity() -> str:
    """List it, the latest first; where another did it, not from where."""
    own = reading.Query(person=signed_in_user().id, before=row_id(request.args.get("before", "")))
    events = await reading.find(session(), own)
    return render("account/activity.html", events=events, earlier=earlier("account.activity", events))
