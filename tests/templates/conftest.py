"""Templates by themselves, as a page of somebody's product would use them."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest
from quart import Quart, flash

from app.web.incoming import ANONYMOUS, this_request
from tests.people import Page

Show = Callable[..., Awaitable[Page]]


@pytest.fixture
def show(app: Quart) -> Show:
    """Render the text of a template, at an address, for a visitor to whom things were said before."""

    async def show(
        source: str, *, at: str = "/", to: Any = None, said: Iterable[tuple[str, str]] = (), **context: Any
    ) -> Page:
        async with app.test_request_context(at):
            this_request().user = to or ANONYMOUS
            for text, category in said:
                await flash(text, category)
            text = app.jinja_env.from_string(source).render(current_user=this_request().user, **context)
            return Page(200, {}, text)

    return show
