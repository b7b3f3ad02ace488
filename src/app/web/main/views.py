"""The landing page, and the answer that the process is alive."""

from app.web.main import main
from app.web.templating import render


@main.get("/")
async def index() -> str:
    """Welcome visitors and members."""
    return render("main/index.html")


@main.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that the process is alive, whatever else is down."""
    return {"status": "ok"}
