"""What every form here has in common; the forms themselves stand beside the routes that use them."""

import re
from typing import Any, Self

from quart import request
from wtforms import EmailField, Field, StringField, TextAreaField, ValidationError
from wtforms import Form as WTForm
from wtforms.validators import InputRequired, Length

from app.accounts import emails
from app.accounts.errors import InvalidEmail
from app.web.templating import render

REQUIRED = InputRequired("This field is required.")
UNUSABLE = re.compile("[\x00-\x1f\ud800-\udfff]")
UNUSABLE_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")  # tabs and line ends are usable
NAME = [REQUIRED, Length(1, 64, "At most 64 characters.")]


class Form(WTForm):
    """A form that knows its request, refuses text that no database can store, and awaits its own checks."""

    @classmethod
    async def from_request(cls, **defaults: Any) -> Self:
        """The form as it was sent, or an empty one with the defaults."""
        return cls(await request.form if request.method == "POST" else None, data=defaults)

    async def validate_on_submit(self) -> bool:
        """Whether the form was sent and holds; runs each field's `check_<field>` too, one after the other."""
        if request.method != "POST":
            return False
        self.validate()
        for field in self:
            await self._check(field)
        return not self.errors

    def page(self, template: str, **context: Any) -> tuple[str, int]:
        """The page with this form; 422 once it was sent, for then something is wrong with it (RFC 9110, 15.5.21)."""
        return render(template, form=self, **context), 422 if request.method == "POST" else 200

    async def _check(self, field: Field) -> None:
        if field.errors:
            return
        try:
            if isinstance(field, StringField):
                _refuse_control_characters(field)
            if check := getattr(self, f"check_{field.name}", None):
                await check(field)
        except ValidationError as error:
            field.errors = [str(error)]


def _refuse_control_characters(field: StringField) -> None:
    unusable = UNUSABLE_IN_LINES if isinstance(field, TextAreaField) else UNUSABLE
    if unusable.search(field.data or ""):
        raise ValidationError("This contains a character that cannot be used.")


class Email(EmailField):
    """An address, in its one spelling once it is validated."""

    data: Any  # what WTForms leaves there is text once it is validated

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, [REQUIRED], **options)

    def pre_validate(self, form: WTForm) -> None:
        try:
            self.data = emails.normalise(self.data or "")
        except InvalidEmail:
            raise ValidationError("Invalid email address.") from None
