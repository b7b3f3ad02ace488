"""The forms about one's own account; they check shapes, the domain knows the rules."""

from wtforms import BooleanField, Field, PasswordField, StringField, SubmitField, ValidationError
from wtforms.validators import EqualTo

from app.accounts import passwords
from app.accounts.errors import WeakPassword
from app.web.auth import signed_in_user
from app.web.forms import NAME, REQUIRED, Email, Form

CURRENT = {"autocomplete": "current-password"}
NEW = {"autocomplete": "new-password"}


class LoginForm(Form):
    email = Email("Email", render_kw={"autocomplete": "username"})
    password = PasswordField("Password", [REQUIRED], render_kw=CURRENT)
    remember_me = BooleanField("Keep me logged in")
    submit = SubmitField("Log in")


async def _check_strength(_form: Form, field: Field) -> None:
    try:
        passwords.check(field.data)
    except WeakPassword as weak:
        raise ValidationError(str(weak)) from None


class RegistrationForm(Form):
    first_name = StringField("First name", NAME, render_kw={"autocomplete": "given-name"})
    last_name = StringField("Last name", NAME, render_kw={"autocomplete": "family-name"})
    email = Email("Email", render_kw={"autocomplete": "username"})
    password = PasswordField("Password", [REQUIRED, EqualTo("password2", "Passwords must match")], render_kw=NEW)
    password2 = PasswordField("Confirm password", [REQUIRED], render_kw=NEW)
    submit = SubmitField("Register")

    check_password = _check_strength


class CreatePasswordForm(Form):
    password = PasswordField("Password", [REQUIRED, EqualTo("password2", "Passwords must match.")], render_kw=NEW)
    password2 = PasswordField("Confirm new password", [REQUIRED], render_kw=NEW)
    submit = SubmitField("Set password")

    check_password = _check_strength


class RequestResetPasswordForm(Form):
    email = Email("Email", render_kw={"autocomplete": "username"})
    submit = SubmitField("Reset password")


class ResetPasswordForm(Form):
    new_password = PasswordField(
        "New password", [REQUIRED, EqualTo("new_password2", "Passwords must match.")], render_kw=NEW
    )
    new_password2 = PasswordField("Confirm new password", [REQUIRED], render_kw=NEW)
    submit = SubmitField("Reset password")

    check_new_password = _check_strength


class ChangePasswordForm(Form):
    old_password = PasswordField("Old password", [REQUIRED], render_kw=CURRENT)
    new_password = PasswordField(
        "New password", [REQUIRED, EqualTo("new_password2", "Passwords must match.")], render_kw=NEW
    )
    new_password2 = PasswordField("Confirm new password", [REQUIRED], render_kw=NEW)
    submit = SubmitField("Update password")

    check_new_password = _check_strength


class ChangeEmailForm(Form):
    email = Email("New email", render_kw={"autocomplete": "email"})
    password = PasswordField("Password", [REQUIRED], render_kw=CURRENT)
    submit = SubmitField("Update email")

    async def check_email(self, field: Field) -> None:
        if field.data == signed_in_user().email:
            raise ValidationError("That is your address already.")


class NameForm(Form):
    first_name = StringField("First name", NAME, render_kw={"autocomplete": "given-name"})
    last_name = StringField("Last name", NAME, render_kw={"autocomplete": "family-name"})
    submit = SubmitField("Update name")
