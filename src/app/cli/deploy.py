"""Before a deploy."""

import click

from app.settings import obstacles


@click.command()
def check_deploy() -> None:
    """Say which settings are not fit for production.

    It needs no application, so that it can tell of settings with which none would start.
    """
    found = obstacles()
    print("\n".join(found) or "Ready to deploy.")
    raise SystemExit(1 if found else 0)
