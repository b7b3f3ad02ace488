"""The landing page, and the pages that administrators write."""

from quart import redirect, url_for
from quart.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.database import session
from app.pages import names, pages
from app.web.main import main
from app.web.templating import render, render_alike


@main.get("/")
async def index() -> str:
    """Welcome visitors and members."""
    return render_alike("main/index.html")


@main.get("/about")
async def about() -> str:
    """Show what an administrator wrote about this site."""
    return render("main/about.html", page=await pages.get_editable_html(session(), names.ABOUT))


@main.get("/pages/<page_name:name>")
async def page(name: str) -> ResponseReturnValue:
    """Show a page that an administrator added."""
    if name == names.ABOUT:
        return redirect(url_for("main.about"))
    page = await pages.get_editable_html(session(), name)
    if not page.is_saved():
        raise NotFound
    return render("main/page.html", page=page)
