"""Every variable, from `src/app/settings/`."""

from datetime import timedelta
from typing import Any

import msgspec
from msgspec import inspect as kinds
from sphinx.pycode import ModuleAnalyzer

from app.settings import ROOT, Settings
from app.settings.fields import RATE
from app.settings.reading import ALIASES, CONFIGURATIONS, DATABASE_URL_OF
from app.web.templating import duration
from generated.writing import code, table

OF_THE_MACHINE = {"hashing_threads"}  # the default, which its text tells


def markdown() -> str:
    told = ModuleAnalyzer.for_module("app.settings.fields").find_attr_docs()
    fields = msgspec.structs.fields(Settings)
    rows = [
        (
            code(field.name.upper()),
            "" if field.name in OF_THE_MACHINE else _default(field.default),
            f"{' '.join(told['Settings', field.name]).strip()} *{_kind(kinds.type_info(field.type))}*",
        )
        for field in fields
    ]
    differences = [
        (code(name), code(variable), code(_short(text)))
        for name, defaults in CONFIGURATIONS.items()
        for variable, text in defaults.items()
    ]
    aliases = [(code(alias), code(name)) for alias, name in ALIASES.items()]
    aliases += [(code(alias), f"`DATABASE_URL` in {name}") for name, alias in DATABASE_URL_OF.items()]
    return "\n".join(
        (
            "## All of them\n",
            table(("variable", "default", "what it is"), rows),
            "## What a configuration changes\n",
            table(("configuration", "variable", "default there"), differences),
            "## Other names\n",
            table(("is read as well", "as"), aliases),
        )
    )


def _default(value: object) -> str:
    match value:
        case msgspec.UNSET | msgspec.NODEFAULT:
            return ""
        case timedelta():
            return duration(value)
        case tuple():
            return code(", ".join(map(str, value)))
    return code(_short(str(value)))


def _short(text: str) -> str:
    return text.replace(f"{ROOT}/", "")


def _kind(kind: kinds.Type) -> str:
    match kind:
        case kinds.LiteralType(values=values):
            return ", ".join(code(value) for value in values)
        case kinds.VarTupleType(item_type=item):
            return f"{_kind(item)}s, with commas between"
        case kinds.StrType(pattern=pattern):
            return "Limit" if pattern and RATE in pattern else "Text"
        case kinds.IntType(ge=least, le=most) | kinds.FloatType(ge=least, le=most):
            return f"Number{_bounds(least, most)}"
        case kinds.BoolType():
            return "`True` or `False`"
        case kinds.TimeDeltaType():
            return "Duration"
    raise NotImplementedError(kind)


def _bounds(least: Any, most: Any) -> str:
    if least is None:
        return ""
    return f", {least} to {most}" if most is not None else f", at least {least}" if least else ""
