"""What the form macros ask about a field, so that they can write its tag: WTForms' widgets take longer."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from markupsafe import Markup, escape
from wtforms import Field, FieldList, FormField
from wtforms.fields.choices import Choice
from wtforms.widgets import (
    CheckboxInput,
    EmailInput,
    FileInput,
    Input,
    ListWidget,
    PasswordInput,
    RadioInput,
    Select,
    SubmitInput,
    TextArea,
    TextInput,
)
from wtforms.widgets.core import clean_key

KINDS = {
    TextInput: "input",
    EmailInput: "input",
    PasswordInput: "input",
    FileInput: "input",
    CheckboxInput: "check",
    RadioInput: "check",
    SubmitInput: "submit",
    TextArea: "textarea",
    Select: "select",
}


def kind_of(field: Field) -> str:
    """What the macros write for a field; `other` is left to its widget."""
    if is_hidden_field(field):
        return "hidden"
    if isinstance(field, FormField | FieldList):
        return "fields"
    if isinstance(field.widget, ListWidget):
        return "choices"
    return KINDS.get(type(field.widget), "other")  # a subclass may write something else


def is_hidden_field(field: Field) -> bool:
    return bool(field.flags.hidden)


class Arranged(NamedTuple):
    """The fields of a form in the order in which it shows them: out of sight, to fill in, to press."""

    hidden: list[Field]
    shown: list[Field]
    submits: list[Field]


def arranged(form: Iterable[Field]) -> Arranged:
    fields = Arranged([], [], [])
    places = {"hidden": fields.hidden, "submit": fields.submits}
    for field in form:
        places.get(kind_of(field), fields.shown).append(field)
    return fields


def is_untouched(form: Any) -> bool:
    """Whether it is one of those that are kept, and nobody has looked into it."""
    return getattr(form, "is_untouched", False)


def sends_files(fields: Iterable[Field]) -> bool:
    """Whether a form has a field for files, be it inside another one."""
    return any(
        isinstance(field.widget, FileInput) or (isinstance(field, FormField | FieldList) and sends_files(field))
        for field in fields
    )


def first_error(field: Field) -> str | None:
    """What is wrong with the field itself; those inside it say so for themselves."""
    if not field.errors or isinstance(field, FormField):
        return None
    return next((error for error in field.errors if isinstance(error, str)), None)


def description_ids(field: Field) -> str | Literal[False]:
    """The ids of its help and its error, for `aria-describedby`; False, which writes nothing, when it has neither."""
    return _joined(field.description and f"{field.id}-help", first_error(field) and f"{field.id}-error")


def attributes(field: Field, style: str) -> Markup:
    """All that its widget would write into the field's tag, and what `with_style` adds."""
    return _written(_own(field) | _flags(field) | with_style(field, style) | _fixed(field))


def with_style(field: Field, style: str) -> dict[str, Any]:
    """The field's `render_kw` with a class of ours, and what tells a screen reader about its help and its error."""
    chosen, wrong = _cleaned(field.render_kw), first_error(field)
    chosen["class"] = _joined(style, wrong and "is-invalid", chosen.get("class"))
    chosen["aria-describedby"] = _joined(description_ids(field), chosen.get("aria-describedby"))
    return chosen | {"aria-invalid": "true"} if wrong else chosen


def option_attributes(choice: Choice) -> Markup:
    """All that WTForms would write into the tag of one choice."""
    value = str(choice.value) if isinstance(choice.value, bool) else choice.value
    return _written({"value": value} | _cleaned(choice.render_kw) | {"selected": choice.selected})


def _own(field: Field) -> dict[str, Any]:
    own = {"id": field.id, "name": field.name}
    match field.widget:
        case SubmitInput():
            own |= {"value": field.label.text}  # the macro writes the type: it makes a button of it
        case CheckboxInput() | RadioInput():
            checked = bool(getattr(field, "checked", field.data))
            own |= {"type": field.widget.input_type, "value": field._value(), "checked": checked}
        case Input():
            own |= {"type": field.widget.input_type, "value": field._value()}
    return own


def _flags(field: Field) -> dict[str, Any]:
    """The attributes that validators ask for, such as `maxlength`."""
    allowed = field.widget.validation_attrs
    return {name: value() if callable(value) else value for name, value in vars(field.flags).items() if name in allowed}


def _fixed(field: Field) -> dict[str, Any]:
    """What no `render_kw` may change: a password is never sent back, and a browser ignores a file's name."""
    match field.widget:
        case PasswordInput():
            return {"value": ""}
        case FileInput(multiple=multiple):
            return {"value": False, "multiple": multiple}
        case Select(multiple=True):
            return {"multiple": True}
    return {}


def _joined(*texts: str | Literal[False] | None) -> str | Literal[False]:
    return " ".join([text for text in texts if text]) or False


def _cleaned(render_kw: Mapping[str, Any] | None) -> dict[str, Any]:
    return {clean_key(name): value for name, value in (render_kw or {}).items()}


def _written(chosen: Mapping[str, Any]) -> Markup:
    return Markup(  # noqa: S704 (every value is escaped, and the names are ours)
        " ".join(
            [
                name if value is True else f'{name}="{escape(value)}"'
                for name, value in chosen.items()
                if value is not False
            ]
        )
    )
