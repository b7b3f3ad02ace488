"""Who may see a page."""

from app.accounts.models import Permission
from app.web.guards import admin_required, anonymous_only, permission_required
from tests.people import Person


async def test_visitors_are_asked_to_log_in(ada: Person) -> None:
    assert (await ada.visit("/admin/")).location == "/account/login?next=/admin/"


async def test_members_are_told_that_they_may_not(grace: Person) -> None:
    await grace.log_in()
    page = await grace.visit("/admin/")
    assert (page.status, page.heading) == (403, "Forbidden")


async def test_administrators_see_how_things_stand(root: Person, ada: Person) -> None:
    await ada.register()
    page = await root.follow(await root.log_in())
    assert page.heading == "Administrator Dashboard"
    assert [figure.get_text() for figure in page.soup.select(".figure")] == ["2", "0", "1", "0"]


def test_a_guarded_view_keeps_its_name_and_its_words() -> None:
    async def report() -> str:
        """Say how it went."""
        return ""

    for guard in (permission_required(Permission.GENERAL), admin_required, anonymous_only):
        guarded = guard(report)
        assert (guarded.__name__, guarded.__doc__) == ("report", "Say how it went.")
