"""Every address: what it does from its docstring, and who may from `docs/permissions.md`, which a walk has made."""

import re
from collections import defaultdict

from app.settings import ROOT
from generated.writing import application, summary

ROW = re.compile(r"^\| `(.+?)` \| ([A-Z]+) \| (.+) \|$", re.MULTILINE)
EVERYBODY = ("visitors", "the unconfirmed", "members", "custom roles", "administrators")
IN_SHORT = {
    EVERYBODY: "everybody",
    EVERYBODY[:1] + EVERYBODY[2:]: "everybody but the unconfirmed",
    EVERYBODY[1:]: "whoever is logged in",
    EVERYBODY[2:]: "whoever is confirmed",
    (): "whom, the walk cannot tell",
}
OF_QUART = {"static": "Send a style, a script or a picture."}


def markdown() -> str:
    """A list for each blueprint: addresses are too long for a table."""
    rules = application().url_map.iter_rules()
    endpoints = {rule.rule + method: rule.endpoint for rule in rules for method in rule.methods or ()}
    methods: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for address, method, answers in ROW.findall((ROOT / "docs/permissions.md").read_text()):
        if endpoint := endpoints.get(address + method):
            methods[address, endpoint, _who(answers)].append(method)
    chapters = defaultdict(list)
    for (address, endpoint, who), allowed in methods.items():
        line = f"- {', '.join(allowed)} `{address}`: {_does(endpoint)} *For {who}.* `{endpoint}`\n"
        chapters[endpoint.rpartition(".")[0] or "files"].append(line)
    return "\n".join(f"## {blueprint.capitalize()}\n\n{''.join(lines)}" for blueprint, lines in chapters.items())


def _who(answers: str) -> str:
    may = tuple(who for who, answer in zip(EVERYBODY, answers.split(" | "), strict=True) if answer == "yes")
    return IN_SHORT.get(may) or " and ".join(may)


def _does(endpoint: str) -> str:
    return OF_QUART.get(endpoint) or summary(application().view_functions[endpoint])
