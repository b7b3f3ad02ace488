"""The forms about pages; they check shapes, the domain knows the rules."""

from wtforms import Field, IntegerField, StringField, SubmitField, TextAreaField, ValidationError
from wtforms import Form as WTForm
from wtforms.validators import Length
from wtforms.widgets import HiddenInput

from app.pages import names
from app.pages.errors import InvalidName
from app.web.forms import REQUIRED, Form

TITLE = [REQUIRED, Length(1, 100, "At most 100 characters.")]


class PageName(StringField):
    def pre_validate(self, form: WTForm) -> None:
        try:
            names.check(self.data or "")
        except InvalidName:
            raise ValidationError("At most 100 small letters, digits and hyphens.") from None


class NewPageForm(Form):
    editor_name = PageName("Name", description="A part of the address, for example opening-hours.")
    title = StringField("Title", TITLE)
    submit = SubmitField("Add page")


class PageForm(Form):
    title = StringField("Title", TITLE)
    source = TextAreaField(
        "Text",
        description="Markdown, in which HTML is allowed. What could do harm is left out.",
        render_kw={"rows": 20},
    )
    started_from = IntegerField(widget=HiddenInput())  # the newest revision when the editor was opened, 0 for none
    save = SubmitField("Save")
    preview = SubmitField("Preview")


class EditorContentsForm(Form):
    editor_name = PageName()
    edit_data = TextAreaField()

    async def check_edit_data(self, field: Field) -> None:
        if not field.raw_data:  # sent but empty is how a page is emptied
            raise ValidationError
