"""From text to settings."""

import os
import secrets
from collections.abc import Mapping
from typing import Literal, get_args, get_origin

import msgspec

from app.settings.faults import DOCUMENTED_PASSWORD, InvalidSettings, find_faults
from app.settings.fields import EXAMPLE_ADDRESS, IN_PRODUCTION, VAR, Rate, Settings
from app.settings.risks import DOCUMENTED_EMAIL, find_risks

ALIASES = {"FLASK_CONFIG": "QUART_CONFIG", "MAIL_API": "MAIL_KEY", "REDISTOGO_URL": "REDIS_URL"}
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
        "ALLOWED_HOSTS": "localhost, 127.0.0.1, [::1]",
        "ADMIN_EMAIL": DOCUMENTED_EMAIL,
        "ADMIN_PASSWORD": DOCUMENTED_PASSWORD,
        "MAIL_SERVER": "localhost",
    },
    "testing": {"DATABASE_URL": f"sqlite:///{VAR}/testing.sqlite", "MAIL_SERVER": "localhost"},
    "production": _PRODUCTION,
    "heroku": _PRODUCTION | {"TRUSTED_HOPS": "1"},
    "unix": _PRODUCTION | {"SYSLOG": "/dev/log"},
}


def read(environ: Mapping[str, str]) -> Settings:
    """The settings that `environ` asks for, or InvalidSettings with every fault."""
    given = _given(environ)
    if (name := given["QUART_CONFIG"]) not in CONFIGURATIONS:
        raise InvalidSettings({"QUART_CONFIG": f"QUART_CONFIG must be default or one of {', '.join(CONFIGURATIONS)}"})
    settings, faults = _settings_and_faults(name, given)
    if faults:
        raise InvalidSettings(faults)
    return settings


def find_obstacles(environ: Mapping[str, str]) -> dict[str, str]:
    """One line per variable with which `environ` is not fit for production, whatever it says that it is for."""
    given, obstacles = _given(environ), {}
    if (name := given["QUART_CONFIG"]) not in IN_PRODUCTION:
        obstacles["QUART_CONFIG"] = f"QUART_CONFIG is {name}, and must be one of {', '.join(IN_PRODUCTION)}"
        name = "production"
    settings, faults = _settings_and_faults(name, given)
    return obstacles | find_risks(settings) | faults


def _given(environ: Mapping[str, str]) -> dict[str, str]:
    given = {ALIASES[alias]: environ[alias] for alias in ALIASES if environ.get(alias, "").strip()}
    given |= {variable: text for variable, text in environ.items() if text.strip()}
    if given.get("QUART_CONFIG", "default") == "default":
        given["QUART_CONFIG"] = "development"
    return given


def _settings_and_faults(name: str, given: dict[str, str]) -> tuple[Settings, dict[str, str]]:
    texts = _defaults(name, given) | given | {"QUART_CONFIG": name}
    if own := given.get(DATABASE_URL_OF.get(name, "")):
        texts["DATABASE_URL"] = own
    texts["BASE_URL"] = texts["BASE_URL"].strip().rstrip("/")
    if name == "heroku":
        texts["REDIS_URL"] = _unverified(texts.get("REDIS_URL", ""))
    values, malformed = _converted(texts)
    settings = msgspec.convert(values, Settings)
    faults = find_faults(settings, on_a_dyno="DYNO" in given)
    if "BASE_URL" not in given:
        faults.pop("BASE_URL", None)  # it follows from PORT, of which enough is said
    return settings, faults | malformed


def _defaults(name: str, given: dict[str, str]) -> dict[str, str]:
    base_url = given.get("BASE_URL", f"http://localhost:{given.get('PORT', 5000)}")
    defaults = {
        "BASE_URL": base_url,
        "MAIL_DOMAIN": given.get("MAIL_ADDRESS", EXAMPLE_ADDRESS).rpartition("@")[2],
    }
    if name in {"development", "testing"} and "SECRET_KEY" not in given:
        defaults["SECRET_KEY"] = _secret_of_this_checkout()
    defaults |= CONFIGURATIONS[name]
    if (defaults | given).get("TRUSTED_HOPS", "0").strip() != "0":
        defaults["KEEP_ALIVE"] = "95"  # longer than a router does, or it asks on a connection that is being closed
    return defaults


def _unverified(redis_url: str) -> str:
    """Heroku's Redis signs its own certificates; all that it is told is that a job waits."""
    as_given = not redis_url.startswith("rediss://") or "?" in redis_url
    return redis_url if as_given else f"{redis_url}?ssl_cert_reqs=none"


def _converted(texts: Mapping[str, str]) -> tuple[dict[str, object], dict[str, str]]:
    values: dict[str, object] = {}
    faults: dict[str, str] = {}
    for field in msgspec.structs.fields(Settings):
        variable = field.name.upper()
        if variable in texts:
            try:
                values[field.name] = _converted_one(texts[variable], field)
            except msgspec.ValidationError as error:
                faults[variable] = f"{variable}: {_expected(field, error)}"
        elif field.required:
            values[field.name] = ""
            faults[variable] = "SECRET_KEY IS NOT SET!" if variable == "SECRET_KEY" else f"{variable} is not set"
    return values, faults


def _converted_one(text: str, field: msgspec.structs.FieldInfo) -> object:
    is_list = isinstance(field.default, tuple)
    parts = [part.strip() for part in text.split(",")] if is_list else text.strip()
    return msgspec.convert(parts, field.type, strict=False)


def _expected(field: msgspec.structs.FieldInfo, error: msgspec.ValidationError) -> str:
    """What would be right; never what was given."""
    if field.type is Rate:
        return "expected a limit like 10/5 minutes, or several with commas"
    if get_origin(field.type) is Literal:
        return f"expected one of {', '.join(get_args(field.type))}"
    return f"{str(error)[0].lower()}{str(error)[1:]}"


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
