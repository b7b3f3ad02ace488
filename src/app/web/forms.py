"""What every form here has in common; the forms themselves stand beside the routes that use them."""

import re
from collections.abc import Callable, Hashable, Iterator
from functools import cached_property
from typing import Any, Self, cast

from markupsafe import Markup
from quart import current_app, request
from werkzeug.datastructures import CombinedMultiDict
from wtforms import EmailField, Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms import Form as WTForm
from wtforms.fields.choices import Choice
from wtforms.validators import DataRequired, InputRequired, Length, Regexp
from wtforms.widgets import Select

from app.accounts import emails
from app.accounts.errors import InvalidEmail
from app.web.incoming import this_request
from app.web.inputs import sends_files
from app.web.keeping import Pattern
from app.web.templating import render, render_alike

REQUIRED = InputRequired("This field is required.")
UNUSABLE = re.compile("[\x00-\x1f\ud800-\udfff]")
UNUSABLE_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")  # tabs and line ends are usable
NAME = [
    DataRequired("This field is required."),
    Length(1, 64, "At most 64 characters."),
    Regexp(r"(?!.*(://|www\.))", re.IGNORECASE, "A name has no address in it."),  # it goes into mails to strangers
]


class Form(WTForm):
    """A form that knows its request, refuses text that no database can store, and awaits its own checks."""

    alike = False  # until it is sent, all are asked for the same, and only the text in its fields differs

    @classmethod
    async def from_request(cls, **defaults: Any) -> Self:
        """The form as it was sent, with files if it has fields for them, or an empty one with the defaults."""
        was_sent = _was_sent()
        if cls.alike and not was_sent:
            return cast(Self, Unsent(cls, defaults))  # which stands in for one
        form = cls(data=defaults)
        if was_sent:
            # No other field knows what to do with a file.
            sent: Any = [await request.form, await request.files] if sends_files(form) else [await request.form]
            form.process(CombinedMultiDict(sent), data=defaults)
        return form

    async def validate_on_submit(self) -> bool:
        """Whether the form was sent and holds; runs each field's `check_<field>` too, one after the other."""
        if not _was_sent():
            return False
        self.validate()
        for field in self:
            await self._check(field)
        return not self.errors

    def page(self, template: str, **context: Any) -> tuple[str, int]:
        """The page with this form; 422 once it was sent, for then something is wrong with it (RFC 9110, 15.5.21)."""
        return render(template, form=self, **context), 422 if _was_sent() else 200

    def page_alike(self, template: str) -> tuple[str, int]:
        """The same for a form that is `alike`, on a page that is, too, and so is kept."""
        return self.page(template)

    async def _check(self, field: Field) -> None:
        if field.errors:
            return
        try:
            if isinstance(field, StringField):
                unusable = UNUSABLE_IN_LINES if isinstance(field, TextAreaField) else UNUSABLE
                _refuse_control_characters(field.data or "", unusable)
            if check := getattr(self, f"check_{field.name}", None):
                await check(field)
        except ValidationError as error:
            field.errors = [str(error)]


class Unsent:
    """A form that is `alike` before it is sent; its fields are made only if somebody looks at them."""

    def __init__(self, form_class: type[Form], defaults: dict[str, Any]) -> None:
        self._form_class, self._defaults = form_class, defaults

    @cached_property
    def _form(self) -> Form:
        return self._form_class(data=self._defaults)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._form, name)

    def __iter__(self) -> Iterator[Field]:
        return iter(self._form)

    def __hash__(self) -> int:
        return hash(self._form_class)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unsent) and self._said() == other._said()

    async def validate_on_submit(self) -> bool:
        """False, since it was not sent."""
        return False

    def page(self, template: str, **context: Any) -> tuple[str, int]:
        """The page with this form."""
        return render(template, form=self, **context), 200

    def page_alike(self, template: str) -> tuple[str, int]:
        """The same, which is kept as a whole."""
        return render_alike(template, form=self), 200

    @property
    def is_untouched(self) -> bool:
        """Whether `filled` shows all that there is to show."""
        return "_form" not in vars(self)

    def filled(self, csrf_token: Callable[[], str], **how: Hashable) -> Markup:
        """What `render_form` writes of it; only what stands in the gaps is written anew."""
        pattern: Pattern = current_app.extensions["forms"](self._form_class, **how)
        return pattern.filled(csrf_token, self._defaults)

    def _said(self) -> tuple[type[Form], dict[str, Any]]:
        return self._form_class, self._defaults


def _was_sent() -> bool:
    return this_request().method == "POST"


def _refuse_control_characters(text: str, unusable: re.Pattern[str] = UNUSABLE) -> None:
    if unusable.search(text):
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


class CustomSelectField(SelectField):
    """One choice, or a list of them with `multiple`; with `allow_custom` also text that is none of the choices."""

    data: Any  # text, or a list of it

    def __init__(
        self,
        label: str | None = None,
        validators: Any = None,
        *,
        multiple: bool = False,
        allow_custom: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(label, validators, widget=Select(multiple=multiple), **options)
        self.multiple, self.allow_custom = multiple, allow_custom

    @property
    def chosen(self) -> list[str]:
        """What is chosen, as a list in any case."""
        if self.multiple:
            return self.data or []
        return [self.data] if self.data else []

    def process_data(self, value: Any) -> None:
        self.data = list(value or ()) if self.multiple else value

    def process_formdata(self, valuelist: list[str]) -> None:
        given = list(dict.fromkeys(text for value in valuelist if (text := value.strip())))
        self.raw_data = given  # an empty option is no answer, whatever was typed beside it
        self.data = given if self.multiple else next(reversed(given), None)  # the text comes after the choices

    def pre_validate(self, form: WTForm) -> None:
        _refuse_control_characters("".join(self.chosen))
        if not self.allow_custom and not {choice.value for choice in super().iter_choices()}.issuperset(self.chosen):
            raise ValidationError("Not a valid choice.")

    def has_groups(self) -> bool:
        return False

    def iter_choices(self) -> list[Choice]:
        """The choices and what was chosen besides; before a single one stands none, else a browser would choose."""
        choices = [choice._replace(selected=choice.value in self.chosen) for choice in super().iter_choices()]
        known = {choice.value for choice in choices}
        besides = [Choice(text, text, True, {}) for text in self.chosen if text not in known]
        none = [] if self.multiple else [Choice("", "", not self.chosen, {})]
        return [*none, *choices, *besides]
