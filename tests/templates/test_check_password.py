"""The strength of a password, which only a script can tell."""

from tests.people import Person
from tests.templates.conftest import Show


async def test_a_script_finds_the_field_the_level_and_the_words(show: Show) -> None:
    source = """{% import 'macros/check_password.html' as check %}{{ check.password_check('new"password', 3) }}"""
    soup = (await show(source)).soup
    [check], [meter] = soup.select("[data-password-check]"), soup.select("meter")
    assert (check["data-password-check"], check["data-level"]) == ('new"password', "3")
    assert str(check["data-words"]).split(",") == ["Bad", "Okay", "Good", "Very Good", "Strong"]
    assert (meter["max"], meter["value"]) == ("4", "0")
    [text] = soup.select("[aria-live=polite]")
    assert text.get_text(strip=True) == "Strength:"
    assert text.select("[data-word]")


async def test_without_a_script_nothing_is_shown_and_nothing_is_disabled(ada: Person) -> None:
    soup = (await ada.visit("/account/register")).soup
    [check] = soup.select("[data-password-check=password]")
    assert check.has_attr("hidden")
    assert not soup.select("[disabled], script:not([type=module])"), "a module waits for the page, and no page for it"
    assert soup.select("form #password")
