"""The forms about one's own account; they check shapes, the domain knows the rules."""

from collections.abc import Sequence

from wtforms import BooleanField, Field, PasswordField, StringField, SubmitField, ValidationError
from wtforms.validators import EqualTo

from app.accounts import passwords
from app.accounts.errors import WeakPassword
from app.web.auth import signed_in_user
from app.web.forms import NAME, REQUIRED, Email, Form

CURRENT = {"autocomplete": "current-password"}
NEW = {"autocomplete": "new-password"}


class LoginForm(Form):
    alike = True
    email = Email("Email", render_kw={"autocomplete": "username"})
    password = PasswordField("Password", [REQUIRED], render_kw=CURRENT)
    remember_me = BooleanField("Keep me logged in")
    submit = SubmitField("Log in")


class NewPasswordForm(Form):
    """A form in which somebody chooses a password, which must not be `about` them."""

    about: Sequence[str] = ()

    async def check_password(self, field: Field) -> None:
        try:
            await passwords.check(field.data, about=self.about)
        except WeakPassword as weak:
            raise ValidationError(str(weak)) from None

    check_new_password = check_password


class RegistrationForm(NewPasswordForm):
    alike = True
    first_name = StringField("First name", NAME, render_kw={"autocomplete": "given-name"})
    last_name = StringField("Last name", NAME, render_kw={"autocomplete": "family-name"})
    email = Email("Email", render_kw={"autocomplete": "username"})
    password = PasswordField("Password", [REQUIRED, EqualTo("password2", "Passwords must match")], render_kw=NEW)
    password2 = PasswordField("Confirm password", [REQUIRED], render_kw=NEW)
    submit = SubmitField("Register")

    async def check_password(self, field: Field) -> None:
        self.about = [known.data or "" for known in (self.first_name, self.last_name, self.email)]
        await super().check_password(field)


class CreatePasswordForm(NewPasswordForm):
    password = PasswordField("Password", [REQUIRED, EqualTo("password2", "Passwords must match.")], render_kw=NEW)
    password2 = PasswordField("Confirm new password", [REQUIRED], render_kw=NEW)
    submit = SubmitField("Set password")


class RequestResetPasswordForm(Form):
    alike = True
    email = Email("Email", render_kw={"autocomplete": "username"})
    submit = SubmitField("Reset password")


class ResetPasswordForm(NewPasswordForm):
    new_password = PasswordField(
        "New password", [REQUIRED, EqualTo("new_password2", "Passwords must match.")], render_kw=NEW
    )
    new_password2 = PasswordField("Confirm new password", [REQUIRED], render_kw=NEW)
    submit = SubmitField("Reset password")


class ChangePasswordForm(NewPasswordForm):
    old_password = PasswordField("Old password", [REQUIRED], render_kw=CURRENT)
    new_password = PasswordField(
        "New password", [REQUIRED, EqualTo("new_password2", "Passwords must match.")], render_kw=NEW
    )
    new_password2 = PasswordField("Confirm new password", [REQUIRED], render_kw=NEW)
    submit = SubmitField("Update password")


class ChangeEmailForm(Form):
    email = Email("New email", render_kw={"autocomplete": "email"})
    password = PasswordField("Password", [REQUIRED], render_kw=CURRENT)
    submit = SubmitField("Update email")

    async def check_email(self, field: Field) -> None:
        if field.data == signed_in_user().email:
            raise ValidationError("That is your address already.")


class NameForm(Form):
    alike = True
    first_name = StringField("First name", NAME, render_kw={"autocomplete": "given-name"})
    last_name = StringField("Last name", NAME, render_kw={"autocomplete": "family-name"})
    submit = SubmitField("Update name")
