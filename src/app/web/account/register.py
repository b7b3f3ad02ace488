"""Signing up, and confirming that one reads mail at one's address."""

from quart import flash, redirect, url_for
from quart.typing import ResponseReturnValue
from quart_auth import login_required

from app.accounts import links, passwords, registration
from app.accounts.models import User
from app.database import session, transaction
from app.web import throttling
from app.web.account import account
from app.web.account.forms import RegistrationForm
from app.web.auth import current_user, signed_in_user
from app.web.guards import anonymous_only
from app.web.templating import render
from app.web.throttling import throttled
from app.web.timing import same_time


@account.route("/register", methods=["GET", "POST"])
@anonymous_only
@throttled("registrations", by=throttling.ip)
async def register() -> ResponseReturnValue:
    """Sign up. The answer is the same for an address that has an account already."""
    form = await RegistrationForm.from_request()
    if await form.validate_on_submit():
        password_hash = await passwords.hashed(form.password.data)
        async with same_time():
            if await throttling.allows("registration_mails", form.email.data):
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
    return form.page_alike("account/register.html")


@account.get("/confirm-account/<token>")
@throttled("links", by=throttling.ip, looking=True)
async def ask_to_confirm(token: str) -> ResponseReturnValue:
    """Show the button that confirms: mail scanners open every link they see."""
    link = await links.find(session(), links.CONFIRM, token)
    if link.user.confirmed:
        return redirect(url_for("main.index"))
    return render("account/confirm.html", email=link.sent_to)


@account.post("/confirm-account/<token>")
@throttled("links", by=throttling.ip)
async def confirm(token: str) -> ResponseReturnValue:
    """Confirm the account that the link was sent to."""
    link = await links.find(session(), links.CONFIRM, token)
    if link.user.confirmed:
        return redirect(url_for("main.index"))
    async with transaction() as db:
        await registration.confirm(db, token)
    await flash("Your account has been confirmed.", "success")
    return redirect(url_for("main.index" if current_user().is_authenticated else "account.login"))


@account.get("/confirm-account")
@login_required
async def ask_to_resend() -> ResponseReturnValue:
    """Show the button that sends another confirmation link."""
    return await unconfirmed()


@account.post("/confirm-account")
@login_required
async def confirm_request() -> ResponseReturnValue:
    """Send another confirmation link."""
    user = signed_in_user()
    if not user.confirmed:
        if await throttling.allows("confirmation_mails", throttling.member()):
            async with transaction() as db:
                await registration.send_link(db, user)
        await flash(f"A new confirmation link has been sent to {user.email}.", "warning")
    return redirect(url_for("main.index"))


@account.get("/unconfirmed")
async def unconfirmed() -> ResponseReturnValue:
    """Tell people who have not confirmed yet what to do."""
    if not isinstance(user := current_user(), User) or user.confirmed:
        return redirect(url_for("main.index"))
    return render("account/unconfirmed.html")
