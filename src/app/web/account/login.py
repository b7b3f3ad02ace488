"""Logging in and out."""

from quart import flash, redirect, url_for
from quart.typing import ResponseReturnValue
from quart_auth import login_required

from app.accounts import passwords
from app.accounts.errors import WrongPassword
from app.audit import Action
from app.database import session
from app.web.account import account
from app.web.account.forms import LoginForm
from app.web.auth import log_in, log_out, safe_next
from app.web.guards import anonymous_only
from app.web.templating import index_for_role, render
from app.web.trail import refused


@account.route("/login", methods=["GET", "POST"])
@anonymous_only
async def login() -> ResponseReturnValue:
    """Log in and go where the visitor wanted to, or to the page of their role."""
    form = await LoginForm.from_request()
    if await form.validate_on_submit():
        try:
            user = await passwords.authenticate(session(), email=form.email.data, password=form.password.data)
        except WrongPassword as wrong:
            await refused(Action.LOG_IN, wrong.owner)
            await flash("Invalid email or password.", "form-error")
        else:
            await log_in(user, remembered=form.remember_me.data)
            await flash("You are now logged in. Welcome back!", "success")
            return redirect(safe_next() or index_for_role(user.role))
    return form.page("account/login.html")


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
    return redirect(url_for("main.index"))
