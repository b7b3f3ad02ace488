"""Every address: what it does from its docstring, and who may from `docs/permissions.md`, which a walk has made."""

import re

from werkzeug.routing import Rule

from app.settings import ROOT
from generated.writing import application, code, summary, table

ROW = re.compile(r"^\| `(.+?)` \| ([A-Z]+) \| (.+) \|$", re.MULTILINE)
EVERYBODY = {
    "yes yes yes yes yes": "everybody",
    "yes - yes yes yes": "everybody but the unconfirmed",
    "- yes yes yes yes": "whoever is logged in",
    "- - yes yes yes": "whoever is confirmed",
    "- - - - yes": "administrators",
    "yes - - - -": "visitors",
    "- yes - - -": "the unconfirmed",
    "- - - - -": "nobody, here",
}
OF_QUART = {"static": "Send a style, a script or a picture."}


def markdown() -> str:
    may = {(address, method): _who(answers.split(" | ")) for address, method, answers in _walked()}
    rules = sorted(application().url_map.iter_rules(), key=lambda rule: rule.rule)
    rows = [
        (code(rule.rule), method, _does(rule), may.get((rule.rule, method), ""), code(rule.endpoint))
        for rule in rules
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    return table(("address", "method", "does", "for", "endpoint"), rows)


def _walked() -> list[tuple[str, str, str]]:
    return ROW.findall((ROOT / "docs/permissions.md").read_text())


def _who(answers: list[str]) -> str:
    return EVERYBODY[" ".join("yes" if answer == "yes" else "-" for answer in answers)]


def _does(rule: Rule) -> str:
    return OF_QUART.get(rule.endpoint) or summary(application().view_functions[rule.endpoint])
