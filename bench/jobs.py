"""The application with one job more, which does nothing: what is left is what a job costs by itself."""

from app import create_app
from app.jobs import job

__all__ = ["create_app", "nothing"]


@job()
async def nothing() -> None:
    """Do nothing."""
