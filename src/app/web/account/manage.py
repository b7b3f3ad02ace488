"""What members see of their account, and change."""

from quart import flash, redirect, request, url_for
from quart.typing import ResponseReturnValue
from quart_auth import login_required

from app.accounts import email_changes, passwords, sessions, users
from app.accounts.errors import EmailTaken, InvalidLink, WrongPassword
from app.accounts.links import CHANGE_EMAIL
from app.audit import Action
from app.database import session, transaction
from app.web import throttling
from app.web.account import account
from app.web.account.forms import ChangeEmailForm, ChangePasswordForm, NameForm
from app.web.auth import current_session, signed_in_user, stay_logged_in
from app.web.config import row_id
from app.web.sudo import check_password, recently_authenticated
from app.web.templating import render
from app.web.throttling import throttled
from app.web.timing import same_time


@account.route("/manage/info", methods=["GET", "POST"])
@account.route("/manage", methods=["GET", "POST"])
@login_required
async def manage() -> ResponseReturnValue:
    """Show what is known about the account, and change the name."""
    user = signed_in_user()
    form = await NameForm.from_request(first_name=user.first_name, last_name=user.last_name)
    if await form.validate_on_submit():
        async with transaction() as db:
            await users.rename(db, user, first_name=form.first_name.data, last_name=form.last_name.data)
        await flash("Your name has been updated.", "success")
        return redirect(url_for("account.manage"))
    return form.page("account/manage.html", user=user)


@account.route("/manage/change-password", methods=["GET", "POST"])
@login_required
@throttled("password_changes", by=throttling.member)
async def change_password() -> ResponseReturnValue:
    """Choose another password; every other browser is logged out by it."""
    user = signed_in_user()
    form = await ChangePasswordForm.from_request()
    form.about = user.known()
    if await form.validate_on_submit():
        try:
            await check_password(form.old_password.data, Action.CHANGE_PASSWORD)
        except WrongPassword:
            await flash("Original password is invalid.", "form-error")
        else:
            password_hash = await passwords.hashed(form.new_password.data)
            async with transaction() as db:
                await passwords.change(db, user, password_hash=password_hash)
            await stay_logged_in()
            await flash("Your password has been updated.", "success")
            return redirect(url_for("main.index"))
    return form.page("account/change_password.html")


@account.route("/manage/change-email", methods=["GET", "POST"])
@login_required
@throttled("email_changes", by=throttling.member)
async def change_email_request() -> ResponseReturnValue:
    """Send a link to the new address. The answer is the same when somebody else has it."""
    user = signed_in_user()
    form = await ChangeEmailForm.from_request()
    if await form.validate_on_submit():
        try:
            await check_password(form.password.data, Action.ASK_TO_CHANGE_EMAIL)
        except WrongPassword:
            await flash("Invalid email or password.", "form-error")
        else:
            async with same_time(), transaction() as db:
                await email_changes.ask(db, user, email=form.email.data)
            await flash(f"A confirmation link has been sent to {form.email.data}.", "warning")
            return redirect(url_for("main.index"))
    return form.page("account/change_email.html")


@account.get("/manage/change-email/<token>")
@login_required
@recently_authenticated
@throttled("links", by=throttling.ip, looking=True)
async def ask_to_change_email(token: str) -> ResponseReturnValue:
    """Show the button that changes the address: mail scanners open every link they see."""
    link = await email_changes.find(session(), signed_in_user(), token)
    return render("account/confirm_email.html", email=link.sent_to)


@account.post("/manage/change-email/<token>")
@login_required
@recently_authenticated
@throttled("links", by=throttling.ip)
async def change_email(token: str) -> ResponseReturnValue:
    """Change to the address that the link was sent to."""
    user = signed_in_user()
    try:
        async with transaction() as db:
            await email_changes.confirm(db, user, token)
    except EmailTaken:
        raise InvalidLink(CHANGE_EMAIL) from None  # what else was taken is nobody's business
    await stay_logged_in()
    await flash("Your email address has been updated.", "success")
    return redirect(url_for("main.index"))


@account.get("/manage/sessions")
@login_required
async def list_sessions() -> str:
    """Show where this account is logged in."""
    living = await sessions.of_user(session(), signed_in_user())
    return render("account/sessions.html", sessions=living, current=current_session())


@account.post("/manage/sessions")
@login_required
@recently_authenticated
async def end_sessions() -> ResponseReturnValue:
    """End the session that the form names, or all but this one."""
    chosen = (await request.form).get("session", "")
    async with transaction() as db:
        if chosen == "others":
            await sessions.end_others(db, signed_in_user(), than=current_session())
        elif session_id := row_id(chosen):
            await sessions.end_one(db, signed_in_user(), session_id)
    await flash("Logged out there.", "success")
    return redirect(url_for("account.list_sessions"))
