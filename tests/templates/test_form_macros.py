"""Forms, as the macros write them."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from markupsafe import Markup
from quart import Quart
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SearchField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget, PasswordInput, TextInput

from app.web.forms import REQUIRED, CustomSelectField, Form
from app.web.inputs import kind_of
from tests.people import Page
from tests.templates.conftest import Show

NASTY = ["", None, "plain", "\"<>&'", "</textarea></select><script>", "Ünïcödé ✔ 日本", "\n\nlines  ", "{{ 7*7 }}"]
CHOICES = [
    SelectChoice("a", '"A" <&>', {"class_": "first", "data_x_y": "'"}),
    SelectChoice("b"),
    SelectChoice("\"<>&'"),
]
GROUPED = [SelectChoice("a", optgroup='"<fruit>"'), SelectChoice("b", optgroup='"<fruit>"'), SelectChoice("c")]


class Address(Form):
    street = StringField("Street", [InputRequired()])
    number = IntegerField("Number")
    secret = HiddenField()


class Everything(Form):
    text = StringField(
        "Text",
        [InputRequired(), Length(2, 20), Regexp("x")],
        description="Help with <text>",
        render_kw={
            "class": "mine",
            "data_some_thing": '"<>&',
            "autofocus": True,
            "readonly": False,
            "spellcheck": "false",
            "autocomplete": "off",
            "placeholder": "'\"",
            "aria_describedby": "elsewhere",
        },
    )
    search_like = StringField(render_kw={"type": "search", "value": "fixed", "id": "other-id", "required": True})
    email = EmailField("Email", [InputRequired()], render_kw={"class_": "mine too", "autocomplete": "username"})
    password = PasswordField("Password", [Length(min=12)], render_kw={"autocomplete": "new-password"})
    checkbox = BooleanField("Checkbox", [InputRequired()], render_kw={"disabled": True})
    area = TextAreaField("Area", [Length(max=50)], render_kw={"rows": 7, "wrap": "hard"})
    select = SelectField("Select", choices=CHOICES, render_kw={"size": 3})
    several = SelectMultipleField("Several", [InputRequired()], choices=GROUPED)
    radio = RadioField("Radio", [InputRequired()], choices=CHOICES, render_kw={"data_x": "y"})
    boxes = SelectMultipleField(
        "Boxes", choices=CHOICES, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    hidden = HiddenField(render_kw={"data_x": "y"})
    file = FileField("File", [InputRequired()], render_kw={"accept": "image/*", "value": "c:\\x"})
    files = MultipleFileField("Files")
    number = IntegerField("Number", description="Help with the number", render_kw={"class": "mine"})
    date = DateField("Date")
    search = SearchField("Search")
    home = FormField(Address)
    nicknames = FieldList(StringField("Nickname"), "Nicknames", min_entries=2)
    submit = SubmitField('Send "<it>"', render_kw={"formnovalidate": True})


@pytest.mark.parametrize("nasty", NASTY)
async def test_the_macros_write_what_the_widgets_of_wtforms_would_write(show: Show, nasty: str | None) -> None:
    texts = dict.fromkeys(["text", "search_like", "email", "password", "area", "hidden"], nasty)
    form = Everything(
        data={"select": nasty, "radio": nasty, "several": [nasty], "boxes": ["a", nasty], "checkbox": nasty, **texts}
    )
    compared = set()
    for field in form:
        if kind_of(field) == "fields":
            continue
        ours = _inputs((await _input(show, field)).soup)
        theirs = _inputs(BeautifulSoup(str(field()), "html.parser"))
        assert [_said(tag) for tag in ours] == [_said(tag) for tag in theirs], field.name
        compared.add(kind_of(field))
    assert compared == {"input", "hidden", "check", "submit", "textarea", "select", "choices", "other"}


async def test_a_field_that_the_macros_do_not_know_is_left_to_its_widget(show: Show) -> None:
    class Shouting(TextInput):
        def __call__(self, field: Field, **attributes: Any) -> Markup:
            return Markup('<b class="{}">{}</b>').format(attributes["class"], field.data)

    class Loud(Form):
        text = StringField(widget=Shouting(), render_kw={"class": "mine"})

    page = await _input(show, Loud(data={"text": "<hello>"}).text)
    assert '<b class="form-control mine">&lt;hello&gt;</b>' in page.text


async def test_a_password_is_never_sent_back(show: Show) -> None:
    class Login(Form):
        password = PasswordField(render_kw={"value": "hunter2"}, widget=PasswordInput(hide_value=False))

    page = await _form(show, Login(MultiDict({"password": "hunter2"})))
    assert "hunter2" not in page.text


async def test_a_form_has_its_fields_first_then_its_messages_then_its_buttons_whatever_their_order(show: Show) -> None:
    class Backwards(Form):
        save = SubmitField("Save")
        discard = SubmitField("Discard")
        token = HiddenField()
        name = StringField("Name")

    page = await _form(show, Backwards(), said=[("Never heard of it.", "form-error")])
    order = [tag.get("id") or tag.name for tag in page.soup.select("input:not([type=hidden]), .alert, button")]
    assert order == ["name", "div", "save", "discard"]
    hidden = page.soup.select("form > [hidden] input")
    assert [tag["name"] for tag in hidden] == ["csrf_token", "token"]
    assert len(page.soup.select("input[type=hidden]")) == 2


async def test_a_form_is_sent_to_where_it_stands_and_only_a_post_has_a_token(show: Show) -> None:
    [form] = (await _form(show, Address())).soup.select("form")
    assert (form["action"], form["method"], form["class"]) == ("", "POST", ["form"])
    page = await _form(show, Address(), ", 'GET', 'wide \"search'")
    [form] = page.soup.select("form")
    assert (form["method"], form["class"]) == ("GET", ["form", "wide", '"search'])
    assert not page.soup.select("[name=csrf_token]"), "it would end up in the address, and in logs"


class WithFile(Form):
    photo = FileField()


class WithFileInside(Form):
    holder = FormField(WithFile)
    several = FieldList(FileField())


class Photo(FileField):
    pass


class WithPhoto(Form):
    photo = Photo()


@pytest.mark.parametrize(
    ("form", "arguments", "enctype"),
    [
        (Address, "", None),
        (WithFile, "", "multipart/form-data"),
        (WithFileInside, "", "multipart/form-data"),
        (WithPhoto, "", "multipart/form-data"),
        (Address, ", enctype='text/plain'", "text/plain"),
        (WithFile, ", enctype='text/plain'", "text/plain"),
    ],
)
async def test_files_make_a_form_multipart_and_a_named_enctype_is_kept(
    show: Show, form: type[Form], arguments: str, enctype: str | None
) -> None:
    [tag] = (await _form(show, form(), arguments)).soup.select("form")
    assert tag.get("enctype") == enctype


async def test_a_file_that_was_sent_arrives_in_its_field(app: Quart) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="ada.png"\r\n\r\nPNG\r\n--b--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    async with app.test_request_context("/", method="POST", headers=headers, data=body):
        photo = (await WithFile.from_request()).photo.data
        assert (photo.filename, photo.read()) == ("ada.png", b"PNG")


@pytest.mark.parametrize(
    ("category", "state", "header", "attributes"),
    [
        ("form-error", "error", "Something went wrong.", {"class": ["alert", "alert-danger"], "role": "alert"}),
        ("form-check-email", "warning", "Check your email.", {"class": ["alert", "alert-warning"], "role": "status"}),
        ("form-info", "info", "Information", {"class": ["alert", "alert-info"], "role": "status"}),
        ("form-success", "success", "Success!", {"class": ["alert", "alert-success"], "role": "status"}),
    ],
)
async def test_a_form_shows_what_was_said_to_it_and_says_so_with_its_class(
    show: Show, category: str, state: str, header: str, attributes: dict[str, Any]
) -> None:
    page = await _form(show, Address(), said=[("<b>Ada</b>", category), ("Twice", category)])
    [form], [message] = page.soup.select("form"), page.soup.select(".alert")
    assert form["class"] == ["form", state]
    assert message.attrs == attributes
    assert [tag.get_text() for tag in message.select("strong")] == [header]
    assert page.messages == ["<b>Ada</b>", "Twice"], "what was said is text, never markup"


async def test_of_what_is_wrong_with_a_field_the_first_thing_is_shown(show: Show) -> None:
    form = Everything(MultiDict({"text": "<", "number": "1"}))
    form.validate()
    form.text.errors = ["<i>First</i>", "second"]
    page = await _form(show, form)
    [tag] = page.soup.select("form")
    assert tag["class"] == ["form", "error"]
    [field] = page.soup.select(".field.error:has(#text)")
    assert [error.get_text() for error in field.select(".invalid-feedback")] == ["<i>First</i>"]
    assert "second" not in page.text
    assert not page.soup.select(".field.error:has(#number)")


async def test_help_and_error_are_tied_to_their_input(show: Show) -> None:
    form = Everything()
    [number] = (await _field(show, form.number)).soup.select("input")
    assert number["aria-describedby"] == "number-help"
    assert number["class"] == ["form-control", "mine"], "also where the widget writes it"

    form.number.errors = form.text.errors = form.radio.errors = form.checkbox.errors = ["Wrong."]
    described = {
        "number": ["number-help", "number-error"],
        "text": ["text-help", "text-error", "elsewhere"],
        "checkbox": ["checkbox-error"],
    }
    for name, ids in described.items():
        page = await _field(show, form[name])
        [tag] = page.soup.select("input")
        assert str(tag["aria-describedby"]).split() == ids
        assert tag["aria-invalid"] == "true"
        assert "is-invalid" in tag["class"]
        assert {id for id in ids if page.soup.find(id=id)} == set(ids) - {"elsewhere"}

    page = await _field(show, form.radio)
    [group] = page.soup.select("fieldset")
    assert group["aria-describedby"] == "radio-error"
    assert "Help with <text>" in (await _field(show, form.text)).soup.get_text()
    assert not (await _field(show, form.email)).soup.select("[aria-describedby], [aria-invalid], .is-invalid, .error")


async def test_every_input_has_a_label_and_every_group_a_legend(show: Show) -> None:
    page = await _form(show, Everything(data={"boxes": ["a"]}))
    soup = page.soup
    for tag in soup.select("input:not([type=hidden]), select, textarea"):
        if tag["id"] != "other-id":  # its render_kw took the id that WTForms gave it
            assert len(soup.select(f"label[for='{tag['id']}']")) == 1, tag
    legends = [legend.get_text() for legend in soup.select("fieldset > legend:first-child")]
    assert legends == ["Radio", "Boxes", "Home", "Nicknames"]
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))


async def test_what_has_to_be_filled_in_is_marked(show: Show) -> None:
    soup = (await _form(show, Everything())).soup
    marked = [tag.get_text() for tag in soup.select(".required")]
    assert marked == ["Text", "Email", "Checkbox", "Several", "Radio", "File", "Street"]
    assert soup.select("#email[required]")
    assert not soup.select("#number[required]")


async def test_a_form_inside_a_form_shows_its_own_errors_and_hides_what_is_hidden(show: Show) -> None:
    form = Everything(MultiDict({"home-number": "x"}))
    form.validate()
    soup = (await _field(show, form.home, "wide")).soup
    assert soup.select(".field.wide > fieldset .field.error #home-street")
    errors = {tag["id"]: tag.get_text() for tag in soup.select(".invalid-feedback")}
    assert errors == {
        "home-street-error": "This field is required.",
        "home-number-error": "Not a valid integer value.",
    }
    assert soup.select("input[type=hidden][name=home-secret]")
    assert not soup.select("label[for=home-secret], .field .field:has([name=home-secret])")


async def test_a_list_of_fields_shows_what_is_wrong_with_each_and_with_the_list(show: Show) -> None:
    form = Everything()
    form.nicknames.errors = [["Inside."], "Too few."]
    form.nicknames[1].errors = ["Inside."]
    page = await _field(show, form.nicknames)
    assert page.messages == ["Inside.", "Too few."]


async def test_a_field_that_is_hidden_by_its_widget_is_hidden_too(show: Show) -> None:
    class Numbered(Form):
        number = IntegerField(widget=HiddenInput())

    soup = (await _form(show, Numbered(data={"number": 7}))).soup
    [number] = soup.select("form > [hidden] [name=number]")
    assert number["value"] == "7"
    assert not soup.select("label")


class Fruit(Form):
    one = CustomSelectField("One", [REQUIRED], choices=["apple", "pear"])
    any = CustomSelectField("Any", choices=["apple", "pear"], multiple=True)
    fixed = CustomSelectField("Fixed", choices=["apple", "pear"], allow_custom=False)
    basket = CustomSelectField("Basket", choices=["apple", "pear"], multiple=True, allow_custom=False)


async def test_a_custom_select_lets_people_choose_and_write_without_a_script(show: Show) -> None:
    soup = (await _form(show, Fruit(data={"one": "<fig>", "any": ["pear", "plum"]}))).soup
    chosen = {tag["name"]: [option["value"] for option in tag.select("[selected]")] for tag in soup.select("select")}
    assert chosen == {"one": ["<fig>"], "any": ["pear", "plum"], "fixed": [""], "basket": []}
    assert [tag["name"] for tag in soup.select("select[multiple]")] == ["any", "basket"]
    writable = soup.select("input[type=text]")
    assert [(tag["name"], tag["id"]) for tag in writable] == [("one", "one-custom"), ("any", "any-custom")]
    assert all(tag["aria-label"] for tag in writable)


@pytest.mark.parametrize(
    ("sent", "data"),
    [
        (
            {"one": ["apple", ""], "any": ["apple", "pear", ""], "fixed": ["pear"]},
            ("apple", ["apple", "pear"], "pear", []),
        ),
        ({"one": ["", " fig "], "any": ["apple", "apple", "fig"]}, ("fig", ["apple", "fig"], None, [])),
        ({"one": ["apple", "fig"], "basket": ["pear"]}, ("fig", [], None, ["pear"])),
    ],
)
def test_a_custom_select_gives_what_was_chosen_or_written(sent: dict[str, Any], data: tuple[Any, ...]) -> None:
    form = Fruit(MultiDict(sent))
    assert form.validate(), form.errors
    assert tuple(form.data.values()) == data


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"one": ["", " "]}, {"one": ["This field is required."]}),
        ({"one": ["fig"], "fixed": ["fig"]}, {"fixed": ["Not a valid choice."]}),
        ({"one": ["fig"], "basket": ["pear", "fig"]}, {"basket": ["Not a valid choice."]}),
        ({"one": ["fi\x00g"]}, {"one": ["This contains a character that cannot be used."]}),
        ({"one": ["fig"], "any": ["pear", "\ud800"]}, {"any": ["This contains a character that cannot be used."]}),
    ],
)
def test_a_custom_select_refuses_what_it_does_not_allow(sent: dict[str, Any], errors: dict[str, Any]) -> None:
    form = Fruit(MultiDict(sent))
    assert not form.validate()
    assert form.errors == errors


class Known(Form):
    """A form of which all see the same, but for the text in it."""

    alike = True
    name = StringField("Name", [InputRequired()], description="As people call you")
    about = TextAreaField("About", default="Nothing <yet>")
    password = PasswordField("Password")
    remembered = BooleanField("Remember it")
    submit = SubmitField("Send")


@pytest.mark.parametrize("nasty", NASTY)
@pytest.mark.parametrize("arguments", ["", ", method='GET'", ", extra_classes='wide', enctype='text/plain'"])
async def test_a_form_that_is_kept_is_what_would_be_written(
    app: Quart, show: Show, nasty: str | None, arguments: str
) -> None:
    async with app.test_request_context("/"):
        kept = await Known.from_request(name=nasty, password=nasty)
    page, written = [await _form(show, form, arguments) for form in (kept, Known(data={"name": nasty}))]
    assert _without_token(page) == _without_token(written)
    assert "_form" not in vars(kept), "its fields were not made for that"


async def test_what_is_said_to_a_form_that_is_kept_stands_in_it(app: Quart, show: Show) -> None:
    async with app.test_request_context("/"):
        kept = await Known.from_request(name="Ada")
    page = await _form(show, kept, said=[("Wrong.", "form-error")])
    assert page.messages == ["Wrong."]
    assert page.soup.select_one("form.error [name=name]")["value"] == "Ada"  # type: ignore[index]
    assert "Wrong." not in (await _form(show, kept)).text


async def test_what_was_done_to_a_form_that_is_kept_is_seen(app: Quart, show: Show) -> None:
    async with app.test_request_context("/"):
        kept = await Known.from_request(name="Ada")
        kept.name.errors = ["There is an Ada."]
    assert "There is an Ada." in (await _form(show, kept)).text


async def test_the_parts_can_be_used_by_themselves(show: Show) -> None:
    source = """
      {% import 'macros/form_macros.html' as f %}
      {{ f.begin_form(form, {'error': [], 'warning': ['x'], 'info': [], 'success': []}, extra_classes='wide') }}
      {{ f.render_form_field(form.street) }}
      {{ f.form_message(['<Hello>']) }}{{ f.form_message([], header='Never seen') }}
      {{ f.end_form(form) }}
    """
    page = await show(source, form=Address())
    [form] = page.soup.select("form")
    assert form["class"] == ["form", "wide", "warning"]
    assert form.select("#street")
    assert page.messages == ["<Hello>"]
    assert "Never seen" not in page.text


def _without_token(page: Page) -> str:
    return page.text.replace(page.csrf_token, "") if page.soup.select("[name=csrf_token]") else page.text


def _inputs(soup: BeautifulSoup) -> list[Tag]:
    return soup.select("input, textarea, select, option, optgroup, button")


def _said(tag: Tag) -> tuple[Any, ...]:
    """The attributes without what the macros add, and what the tag holds."""
    attributes = {name: value for name, value in tag.attrs.items() if name not in {"class", "aria-describedby"}}
    if tag.name == "button":
        attributes = attributes | {"type": "submit"}
    classes = {name for name in tag.get_attribute_list("class") if name and not name.startswith(("form-", "btn"))}
    described = [name for name in str(tag.get("aria-describedby", "")).split() if not name.endswith("-help")]
    text = tag.get_text() if tag.name in {"textarea", "option"} else ""
    return ("input" if tag.name == "button" else tag.name, attributes, classes, described, re.sub("^\r?\n", "", text))


async def _input(show: Show, field: Field) -> Page:
    return await show("{% import 'macros/form_macros.html' as f %}{{ f.render_form_input(field) }}", field=field)


async def _field(show: Show, field: Field, extra_classes: str = "") -> Page:
    source = "{% import 'macros/form_macros.html' as f %}{{ f.render_form_field(field, extra_classes) }}"
    return await show(source, field=field, extra_classes=extra_classes)


async def _form(show: Show, form: Form, arguments: str = "", **options: Any) -> Page:
    source = "{% import 'macros/form_macros.html' as f %}{{ f.render_form(form" + arguments + ") }}"
    return await show(source, form=form, **options)
