"""The administrators' forms; they check shapes, the domain knows the rules."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.models import Permission, Role
from app.web.forms import NAME, REQUIRED, Email, Form

PERMISSIONS = [SelectChoice(bits.value, name.capitalize()) for name, bits in Permission.__members__.items()]
AREAS = [SelectChoice("main", "The landing page"), SelectChoice("admin", "The dashboard")]


class RoleField(SelectField):
    """Which role; its choices are the roles there are."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, [REQUIRED], coerce=int, **options)

    def offer(self, roles: Sequence[Role]) -> None:
        self.choices = [SelectChoice(role.id, role.name) for role in roles]


class InviteUserForm(Form):
    role = RoleField("Account type")
    first_name = StringField("First name", NAME, render_kw={"autocomplete": "off"})
    last_name = StringField("Last name", NAME, render_kw={"autocomplete": "off"})
    email = Email("Email", render_kw={"autocomplete": "off"})
    submit = SubmitField("Invite")


class NewUserForm(InviteUserForm):
    submit = SubmitField("Create")


class ChangeUserEmailForm(Form):
    email = Email("New email", render_kw={"autocomplete": "off"})
    submit = SubmitField("Update Email")


class ChangeAccountTypeForm(Form):
    role = RoleField("New account type")
    submit = SubmitField("Update role")


class DeleteUserForm(Form):
    understood = BooleanField("I understand that this action cannot be undone.", [DataRequired("Tick this first.")])
    submit = SubmitField("Delete this user", render_kw={"class": "btn-danger"})


class CheckboxesField(SelectMultipleField):
    """Any number of choices, a box to tick for each."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RoleForm(Form):
    name = StringField("Name", NAME, render_kw={"autocomplete": "off"})
    permissions = CheckboxesField(
        "What its members may do",
        coerce=int,
        choices=PERMISSIONS,
    )
    index = SelectField("Where its members land", [REQUIRED], choices=AREAS)
    submit = SubmitField("Save role")
