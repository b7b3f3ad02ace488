"""The forms about one's own account; they check shapes, the domain knows the rules."""

from wtforms import BooleanField, Field, PasswordField, StringField, SubmitField, ValidationError
from wtforms.validators import EqualTo

from app.accounts import passwords
from app.accounts.errors import WeakPassword
from app.web.forms import NAME, REQUIRED, Email, Form


class LoginForm(Form):
    email = Email("Email", render_kw={"autocomplete": "username"})
    password = PasswordField("Password", [REQUIRED], render_kw={"autocomplete": "current-password"})
    remember_me = BooleanField("Keep me logged in")
    submit = SubmitField("Log in")


class RegistrationForm(Form):
    first_name = StringField("First name", NAME, render_kw={"autocomplete": "given-name"})
    last_name = StringField("Last name", NAME, render_kw={"autocomplete": "family-name"})
    email = Email("Email", render_kw={"autocomplete": "username"})
    password = PasswordField(
        "Password",
        [REQUIRED, EqualTo("password2", "Passwords must match")],
        render_kw={"autocomplete": "new-password"},
    )
    password2 = PasswordField("Confirm password", [REQUIRED], render_kw={"autocomplete": "new-password"})
    submit = SubmitField("Register")

    async def check_password(self, field: Field) -> None:
        try:
            passwords.check(field.data)
        except WeakPassword as weak:
            raise ValidationError(str(weak)) from None
