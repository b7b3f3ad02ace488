"""Showing again who one is, on the way to a page that wants it."""

from quart import redirect, url_for
from quart.typing import ResponseReturnValue
from quart_auth import login_required

from app.web import sudo
from app.web.account import account
from app.web.auth import safe_next


@account.route("/reauthenticate", methods=["GET", "POST"])
@login_required
async def reauthenticate() -> ResponseReturnValue:
    """Ask for the password, and go on to where the user wanted to."""
    form = await sudo.ReauthenticationForm.from_request()
    if await sudo.reauthenticate(form):
        return redirect(safe_next() or url_for("account.manage"))
    return form.page("account/reauthenticate.html", kept=[])
