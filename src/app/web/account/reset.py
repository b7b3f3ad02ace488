"""Forgotten passwords."""

from quart import flash, redirect, url_for
from quart.typing import ResponseReturnValue

from app.accounts import links, passwords
from app.database import session, transaction
from app.web import throttling
from app.web.account import account
from app.web.account.forms import RequestResetPasswordForm, ResetPasswordForm
from app.web.guards import anonymous_only
from app.web.throttling import throttled
from app.web.timing import same_time


@account.route("/reset-password", methods=["GET", "POST"])
@anonymous_only
@throttled("resets", by=throttling.ip)
async def reset_password_request() -> ResponseReturnValue:
    """Send a link to the owner of the address. The answer is the same when nobody has it."""
    form = await RequestResetPasswordForm.from_request()
    if await form.validate_on_submit():
        async with same_time():
            if await throttling.allows("reset_mails", form.email.data):
                async with transaction() as db:
                    await passwords.ask_to_reset(db, email=form.email.data)
        await flash(f"A password reset link has been sent to {form.email.data}.", "warning")
        return redirect(url_for("account.login"))
    return form.page_alike("account/reset_password_request.html")


@account.route("/reset-password/<token>", methods=["GET", "POST"])
@anonymous_only
@throttled("links", by=throttling.ip, looking=True)
async def reset_password(token: str) -> ResponseReturnValue:
    """Choose another password."""
    link = await links.find(session(), links.RESET, token)
    form = await ResetPasswordForm.from_request()
    form.about = link.user.known()
    if await form.validate_on_submit():
        password_hash = await passwords.hashed(form.new_password.data)
        async with transaction() as db:
            user = await passwords.reset(db, token, password_hash=password_hash)
        await throttling.let_in(user.email)
        await flash("Your password has been updated.", "success")
        return redirect(url_for("account.login"))
    return form.page("account/reset_password.html")
