"""Sudo mode: what could cost an account is done only shortly after showing again who one is (ASVS 5.0, 7.5)."""

from functools import wraps

from quart import redirect, request, url_for
from quart.typing import ResponseReturnValue
from wtforms import PasswordField

from app.accounts import passwords, sessions
from app.accounts.errors import WrongPassword
from app.audit import Action
from app.database import session
from app.web import throttling
from app.web.auth import current_session, renew_session, signed_in_user
from app.web.csrf import SAFE
from app.web.forms import REQUIRED, Form
from app.web.guards import P, View
from app.web.templating import render
from app.web.trail import refused

WRONG = "That is not your password."


class ReauthenticationForm(Form):
    # A name that no other form has, for its fields are sent along.
    current_password = PasswordField("Your password", [REQUIRED], render_kw={"autocomplete": "current-password"})


def recently_authenticated(view: View[P, ResponseReturnValue]) -> View[P, ResponseReturnValue]:
    """Ask those whose last password is older than SUDO_LIFETIME for it, on pages behind `login_required`.

    What they wanted is not lost: a page comes after the question, and a form is sent again with the answer.
    """

    @wraps(view)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if await sessions.authenticated_recently(session(), current_session()):
            return await view(*args, **kwargs)
        if request.method in SAFE:
            return redirect(url_for("account.reauthenticate", next=request.full_path.rstrip("?")))
        form = await ReauthenticationForm.from_request()
        if form.current_password.name in await request.form and await reauthenticate(form):
            return await view(*args, **kwargs)
        return render("account/reauthenticate.html", form=form, kept=await _kept(form)), 403

    return guarded


async def reauthenticate(form: ReauthenticationForm) -> bool:
    """Whether the form holds the user's password, after which their session goes on under another token."""
    if not await form.validate_on_submit():
        return False
    try:
        await check_password(form.current_password.data, Action.REAUTHENTICATE)
    except WrongPassword:
        form.current_password.errors = [WRONG]
        return False
    await renew_session()
    return True


async def check_password(password: str, action: Action) -> None:
    """Raise WrongPassword unless it is the signed-in user's; it is counted like one that somebody logs in with."""
    user = signed_in_user()
    try:
        async with throttling.guess(user.email):
            await passwords.verify(user, password)
    except WrongPassword:
        await refused(action, user)
        raise


async def _kept(form: ReauthenticationForm) -> list[tuple[str, str]]:
    ours = {form.current_password.name, "csrf_token"}
    return [(name, value) for name, value in (await request.form).items(multi=True) if name not in ours]
