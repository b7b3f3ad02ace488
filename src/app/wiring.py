"""The whole application, on one screen."""

import os

from quart import Quart

from app import database, logs, reporting
from app.jobs import dispatcher, doorbell
from app.mail import transports
from app.settings import settings
from app.web import (
    assets,
    auth,
    bodies,
    compression,
    config,
    counting,
    csrf,
    errors,
    gate,
    headers,
    heads,
    hosts,
    https,
    maintenance,
    requests,
    templating,
    trail,
)
from app.web.account import account
from app.web.admin import admin
from app.web.dev import dev
from app.web.main import main


def wire(app: Quart, config_name: str | None) -> None:
    """Give the application all that it is made of."""
    if config_name is not None:
        os.environ["QUART_CONFIG"] = config_name
        settings.cache_clear()  # somebody may have asked before
    chosen = settings()
    logs.configure(chosen)

    reporting.init_app(app, chosen)
    config.init_app(app, chosen)
    database.init_app(app, chosen)
    doorbell.init_app(app, chosen)
    dispatcher.init_app(app, chosen)
    transports.init_app(app, chosen)

    compression.init_app(app)
    gate.init_app(app, chosen)
    requests.init_app(app)
    headers.init_app(app, chosen)
    hosts.init_app(app, chosen)
    https.init_app(app, chosen)
    heads.init_app(app)
    bodies.init_app(app)  # before anything looks into one
    csrf.init_app(app)  # early: a forged request is refused before anybody asks who sent it
    auth.init_app(app, chosen)
    maintenance.init_app(app, chosen)
    counting.init_app(app)
    trail.init_app(app)
    errors.init_app(app)
    templating.init_app(app, chosen)
    assets.init_app(app)

    app.register_blueprint(main)
    app.register_blueprint(account)
    app.register_blueprint(admin)
    if chosen.quart_config == "development":
        app.register_blueprint(dev)
