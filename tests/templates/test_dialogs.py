"""Questions that are asked over the page that they are about; without a script, on a page of their own."""

from quart import Quart

from tests.conftest import user_of
from tests.people import Person


async def test_what_opens_in_a_dialog_is_a_page_with_a_question_and_a_way_back(
    app: Quart, boss: Person, grace: Person
) -> None:
    await boss.submit("/admin/pages", editor_name="news", title="News")
    user = await user_of(app, grace.email)
    assert user is not None
    for address in ("/account/manage", f"/admin/user/{user.id}", "/admin/pages/news"):
        [link] = (await boss.visit(address)).soup.select("a[data-dialog]")
        [question] = (await boss.visit(str(link["href"]))).soup.select("[data-question]")
        assert question.select("h1")
        assert question.select("form[method=POST][action]")
        assert (await boss.visit(str(question.select("a[data-cancel]")[0]["href"]))).status == 200
