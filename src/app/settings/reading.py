"""From text to settings."""

import os
import secrets
from collections.abc import Mapping

import msgspec

from app.settings.faults import DOCUMENTED_PASSWORD, InvalidSettings, find_faults
from app.settings.fields import VAR, Settings

ALIASES = {"FLASK_CONFIG": "QUART_CONFIG", "REDISTOGO_URL": "REDIS_URL"}
DATABASE_URL_OF = {"development": "DEV_DATABASE_URL", "testing": "TEST_DATABASE_URL"}

_PRODUCTION = {
    "HOST": "0.0.0.0",  # noqa: S104 (a PaaS's router comes from outside)
    "LOG_FORMAT": "json",
    "MAIL_PORT": "587",
    "MAIL_USE_TLS": "True",
    "SSL_DISABLE": "False",
}
CONFIGURATIONS: dict[str, dict[str, str]] = {
    "development": {
        "DATABASE_URL": f"sqlite:///{VAR}/development.sqlite",
        "ADMIN_EMAIL": "flask-base-admin@example.com",
        "ADMIN_PASSWORD": DOCUMENTED_PASSWORD,
    },
    "testing": {"DATABASE_URL": f"sqlite:///{VAR}/testing.sqlite"},
    "production": _PRODUCTION,
    "heroku": _PRODUCTION,
    "unix": _PRODUCTION,
}


def read(environ: Mapping[str, str]) -> Settings:
    """The settings that `environ` asks for, or InvalidSettings with every fault."""
    given = {ALIASES[alias]: environ[alias] for alias in ALIASES if environ.get(alias)}
    given |= {variable: text for variable, text in environ.items() if text}
    name = given.get("QUART_CONFIG", "default")
    name = "development" if name == "default" else name
    if name not in CONFIGURATIONS:
        raise InvalidSettings({"QUART_CONFIG": f"QUART_CONFIG must be default or one of {', '.join(CONFIGURATIONS)}"})
    texts = _defaults(name, given) | given | {"QUART_CONFIG": name}
    if own := given.get(DATABASE_URL_OF.get(name, "")):
        texts["DATABASE_URL"] = own
    values, malformed = _converted(texts)
    settings = msgspec.convert(values, Settings)
    if faults := find_faults(settings, on_a_dyno="DYNO" in given) | malformed:
        raise InvalidSettings(faults)
    return settings


def _defaults(name: str, given: Mapping[str, str]) -> dict[str, str]:
    defaults = {"BASE_URL": f"http://localhost:{given.get('PORT', 5000)}"} | CONFIGURATIONS[name]
    if name in {"development", "testing"} and "SECRET_KEY" not in given:
        defaults["SECRET_KEY"] = _secret_of_this_checkout()
    return defaults


def _converted(texts: Mapping[str, str]) -> tuple[dict[str, object], dict[str, str]]:
    values: dict[str, object] = {}
    faults: dict[str, str] = {}
    for field in msgspec.structs.fields(Settings):
        variable = field.name.upper()
        if variable in texts:
            try:
                values[field.name] = _converted_one(texts[variable], field)
            except msgspec.ValidationError as error:  # says what was expected, never what was given
                faults[variable] = f"{variable}: {str(error)[0].lower()}{str(error)[1:]}"
        elif field.required:
            values[field.name] = ""
            faults[variable] = "SECRET_KEY IS NOT SET!" if variable == "SECRET_KEY" else f"{variable} is not set"
    return values, faults


def _converted_one(text: str, field: msgspec.structs.FieldInfo) -> object:
    is_list = isinstance(field.default, tuple)
    parts = [part.strip() for part in text.split(",")] if is_list else text.strip()
    return msgspec.convert(parts, field.type, strict=False)


def _secret_of_this_checkout() -> str:
    """The key in `var/`, made at the first start, so that restarts do not log everybody out."""
    file = VAR / "secret_key"
    if not file.exists():
        VAR.mkdir(exist_ok=True)
        draft = VAR / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, file)  # of two processes that start at once, the first wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text()
