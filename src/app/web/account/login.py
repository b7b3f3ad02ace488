"""Logging in and out."""

from quart import flash, redirect, url_for
from quart.typing import ResponseReturnValue
from quart_auth import login_required

from app.accounts import passwords
from app.accounts.errors import WrongPassword
from app.accounts.models import User
from app.audit import Action
from app.database import reader, transaction
from app.web import throttling
from app.web.account import account
from app.web.account.forms import LoginForm
from app.web.auth import log_in, log_out, safe_next
from app.web.guards import anonymous_only
from app.web.templating import index_for_role, render
from app.web.throttling import throttled
from app.web.trail import refused


@account.route("/login", methods=["GET", "POST"])
@anonymous_only
@throttled("logins", by=throttling.ip)
async def login() -> ResponseReturnValue:
    """Log in and go where the visitor wanted to, or to the page of their role."""
    form = await LoginForm.from_request()
    if await form.validate_on_submit():
        try:
            async with throttling.guess(form.email.data):
                user = await passwords.authenticate(reader(), email=form.email.data, password=form.password.data)
            await _renew_hash(user, form.password.data)
            await log_in(user, remembered=form.remember_me.data)
        except WrongPassword as wrong:
            await refused(Action.LOG_IN, wrong.owner)
            await flash("Invalid email or password.", "form-error")
        else:
            await flash("You are now logged in. Welcome back!", "success")
            return redirect(safe_next() or index_for_role(user.role))
    return form.page_alike("account/login.html")


@account.get("/logout")
@login_required
async def ask_to_log_out() -> str:
    """Show the button that logs out: following an address must not."""
    return render("account/logout.html")


@account.post("/logout")
@login_required
async def logout() -> ResponseReturnValue:
    """End this session on the server."""
    await log_out()
    await flash("You have been logged out.", "info")
    response = redirect(url_for("main.index"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'  # the next one at this computer finds nothing
    return response


async def _renew_hash(user: User, password: str) -> None:
    # Only while somebody logs in is the password at hand.
    if passwords.has_old_hash(user):
        password_hash = await passwords.hashed(password)
        async with transaction() as db:
            await passwords.renew_hash(db, user, password_hash=password_hash)
