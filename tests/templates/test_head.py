"""What a page loads."""

import pytest

from tests.people import Person

LOADED = "link[href], script[src], img[src], source[src], iframe[src]"


@pytest.mark.parametrize("path", ["/", "/account/login", "/account/register", "/no/such/page"])
async def test_everything_that_a_page_loads_comes_from_here_and_is_there(ada: Person, path: str) -> None:
    page = await ada.visit(path)
    addresses = {str(tag.get("href") or tag.get("src")) for tag in page.soup.select(LOADED)}
    assert "/static/app.css" in addresses
    for address in addresses:
        assert address.startswith("/static/")
        assert (await ada.visit(address)).status == 200
