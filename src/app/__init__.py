"""Quart Base: accounts, roles, administration, editable pages and mail, to build a product on."""

from quart import Quart

from app import cli
from app.settings import ROOT


def create_app(config_name: str | None = None) -> Quart:
    """The whole application; the name of a configuration wins over `QUART_CONFIG`."""
    app = Quart(__name__, root_path=str(ROOT))
    cli.init_app(app)
    if not cli.is_asked_for_help():
        from app.wiring import wire

        wire(app, config_name)
    return app
