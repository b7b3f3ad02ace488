"""Register, confirm, log in, look at the account, log out."""

from quart import flash, redirect, url_for
from quart.typing import ResponseReturnValue
from quart_auth import login_required

from app.accounts import links, passwords, registration
from app.accounts.errors import WrongPassword
from app.accounts.models import User
from app.database import session, transaction
from app.web.account import account
from app.web.account.forms import LoginForm, RegistrationForm
from app.web.auth import current_user, log_in, log_out, safe_next, signed_in_user
from app.web.templating import index_for_role, render


@account.route("/login", methods=["GET", "POST"])
async def login() -> ResponseReturnValue:
    """Log in and go where the visitor wanted to, or to the page of their role."""
    if current_user().is_authenticated:
        return redirect(url_for("main.index"))
    form = await LoginForm.from_request()
    if await form.validate_on_submit():
        try:
            user = await passwords.authenticate(session(), email=form.email.data, password=form.password.data)
        except WrongPassword:
            await flash("Invalid email or password.", "form-error")
        else:
            await log_in(user, remembered=form.remember_me.data)
            await flash("You are now logged in. Welcome back!", "success")
            return redirect(safe_next() or index_for_role(user.role))
    return form.page("account/login.html")


@account.route("/register", methods=["GET", "POST"])
async def register() -> ResponseReturnValue:
    """Sign up. The answer is the same for an address that has an account already."""
    if current_user().is_authenticated:
        return redirect(url_for("main.index"))
    form = await RegistrationForm.from_request()
    if await form.validate_on_submit():
        password_hash = await passwords.hashed(form.password.data)
        async with transaction() as db:
            await registration.register(
                db,
                email=form.email.data,
                first_name=form.first_name.data,
                last_name=form.last_name.data,
                password_hash=password_hash,
            )
        await flash(f"A confirmation link has been sent to {form.email.data}.", "warning")
        return redirect(url_for("main.index"))
    return form.page("account/register.html")


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


@account.get("/confirm-account")
@login_required
async def ask_to_resend() -> ResponseReturnValue:
    """Show the button that sends another confirmation link."""
    if signed_in_user().confirmed:
        return redirect(url_for("main.index"))
    return render("account/unconfirmed.html")


@account.post("/confirm-account")
@login_required
async def confirm_request() -> ResponseReturnValue:
    """Send another confirmation link."""
    user = signed_in_user()
    if not user.confirmed:
        async with transaction() as db:
            await registration.send_link(db, user)
        await flash(f"A new confirmation link has been sent to {user.email}.", "warning")
    return redirect(url_for("main.index"))


@account.get("/confirm-account/<token>")
async def ask_to_confirm(token: str) -> str:
    """Show the button that confirms: mail scanners open every link they see."""
    link = await links.find(session(), links.CONFIRM, token)
    return render("account/confirm.html", email=link.sent_to)


@account.post("/confirm-account/<token>")
async def confirm(token: str) -> ResponseReturnValue:
    """Confirm the account that the link was sent to."""
    async with transaction() as db:
        await registration.confirm(db, token)
    await flash("Your account has been confirmed.", "success")
    return redirect(url_for("main.index" if current_user().is_authenticated else "account.login"))


@account.get("/unconfirmed")
async def unconfirmed() -> ResponseReturnValue:
    """Tell people who have not confirmed yet what to do."""
    if not isinstance(user := current_user(), User) or user.confirmed:
        return redirect(url_for("main.index"))
    return render("account/unconfirmed.html")


@account.get("/manage")
@account.get("/manage/info")
@login_required
async def manage() -> str:
    """Show what is known about the account."""
    return render("account/manage.html", user=signed_in_user())
