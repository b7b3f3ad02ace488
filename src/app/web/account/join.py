"""Accepting an invitation."""

from quart import flash, redirect, request, url_for
from quart.typing import ResponseReturnValue

from app.accounts import invitations, passwords
from app.accounts.errors import ExpiredLink, UsedLink
from app.database import session, transaction
from app.web import throttling
from app.web.account import account
from app.web.account.forms import CreatePasswordForm
from app.web.auth import current_user
from app.web.templating import render
from app.web.throttling import throttled

JOINED = (
    'Your password has been set. After you log in, you can go to the "Your Account" page '
    "to review your account information and settings."
)
EXPIRED = "The confirmation link is invalid or has expired. Another invite email with a new link has been sent to you."


@account.route("/join-from-invite/<int:user_id>/<token>", methods=["GET", "POST"])
@throttled("links", by=throttling.ip, looking=True)
async def join_from_invite(user_id: int, token: str) -> ResponseReturnValue:
    """Choose a password, and be a member."""
    if current_user().is_authenticated:
        await flash("You are already logged in.", "error")
        return redirect(url_for("main.index"))
    try:
        link = await invitations.find(session(), user_id, token)
    except UsedLink:
        await flash("You have already joined.", "error")
        return redirect(url_for("main.index"))
    except ExpiredLink:
        return await _expired(user_id)
    form = await CreatePasswordForm.from_request()
    form.about = link.user.known()
    if await form.validate_on_submit():
        password_hash = await passwords.hashed(form.password.data)
        async with transaction() as db:
            await invitations.accept(db, user_id, token, password_hash=password_hash)
        await flash(JOINED, "success")
        return redirect(url_for("account.login"))
    return form.page("account/join_invite.html")


async def _expired(user_id: int) -> ResponseReturnValue:
    if request.method == "GET":
        return render("account/invite_expired.html"), 410
    async with transaction() as db:
        await invitations.renew(db, user_id)
    await flash(EXPIRED, "error")
    return redirect(url_for("main.index"))
