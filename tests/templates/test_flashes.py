"""What was said on the page before."""

import pytest
from wtforms import StringField

from app.web.forms import Form
from tests.templates.conftest import Show

CATEGORIES = {
    "error": "alert-danger",
    "warning": "alert-warning",
    "info": "alert-info",
    "success": "alert-success",
    "message": "alert-info",
    "form-error": "alert-danger",
    "form-check-email": "alert-warning",
    "form-info": "alert-info",
    "form-success": "alert-success",
}


class Name(Form):
    name = StringField()


@pytest.mark.parametrize(("category", "tone"), CATEGORIES.items())
async def test_a_page_without_a_form_shows_everything_at_its_top(show: Show, category: str, tone: str) -> None:
    page = await show(
        "{% extends 'layouts/base.html' %}{% block content %}<h1>Hi</h1>{% endblock %}", said=[("<b>Ada</b>", category)]
    )
    [message] = page.soup.select("main > .alert:has(~ h1)")
    assert message["class"] == ["alert", tone]
    assert message["role"] == ("alert" if tone == "alert-danger" else "status")
    assert message.get_text() == "<b>Ada</b>"


@pytest.mark.parametrize("category", CATEGORIES)
async def test_a_page_with_forms_shows_each_message_once(show: Show, category: str) -> None:
    source = """
      {% extends 'layouts/base.html' %}{% import 'macros/form_macros.html' as f %}
      {% block content %}{{ f.render_form(form) }}{{ f.render_form(form) }}{% endblock %}
    """
    page = await show(source, form=Name(), said=[("Hello", category), ("Hello", category)])
    assert page.messages == ["Hello", "Hello"]
    inside = page.soup.select("main > form:first-of-type .alert li")
    assert len(inside) == (2 if category.startswith("form-") else 0)


async def test_messages_stand_worst_first_and_nothing_hides_or_closes_them(show: Show) -> None:
    page = await show("{% extends 'layouts/base.html' %}", said=[(tone, tone) for tone in reversed(CATEGORIES)])
    assert page.messages == [
        "form-error",
        "error",
        "form-check-email",
        "warning",
        "form-info",
        "message",
        "info",
        "form-success",
        "success",
    ]
    assert not page.soup.select(".alert button, [data-autohide]"), "a button that needs a script comes with the script"


async def test_what_was_said_on_one_page_is_not_said_again_on_the_next(show: Show) -> None:
    source = "{% extends 'layouts/base.html' %}"
    assert (await show(source, said=[("Hello", "form-error")])).messages == ["Hello"]
    assert (await show(source)).messages == []
