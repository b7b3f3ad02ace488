"""Recipes from the `justfile`, commands from the application."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import click

from app.cli.assets import assets
from app.cli.deploy import check_deploy
from app.cli.shell import shell
from app.settings import ROOT
from generated.writing import application, table


def markdown() -> str:
    recipes = [(f"`just {recipe['name']}{_parameters(recipe)}`", recipe["doc"]) for recipe in _recipes()]
    commands = {command.name or "": command for command in (assets, check_deploy, shell)}
    commands |= application().cli.commands
    paragraphs = [text for name in sorted(commands) for text in _described(f"quart {name}", commands[name])]
    return "\n".join(("## Recipes\n", table(("recipe", "does"), recipes), "## Commands\n", *paragraphs))


def _recipes() -> list[dict[str, Any]]:
    just = shutil.which("just") or "just"
    dump = subprocess.run([just, "--dump", "--dump-format", "json"], cwd=ROOT, capture_output=True, check=True)  # noqa: S603 (ours)
    recipes: dict[str, dict[str, Any]] = json.loads(dump.stdout)["recipes"]
    return [recipe for recipe in recipes.values() if not recipe["private"]]


def _parameters(recipe: dict[str, Any]) -> str:
    return "".join(f" {parameter['name']}{'…' * (parameter['kind'] == 'star')}" for parameter in recipe["parameters"])


def _described(name: str, command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        for inner in sorted(command.commands):
            yield from _described(f"{name} {inner}", command.commands[inner])
        return
    context = click.Context(command)
    usage = " ".join([name, *(part for part in command.collect_usage_pieces(context) if part != "[OPTIONS]")])
    yield f"**`{usage}`**: {' '.join((command.help or '').split())}\n"
    if options := [_option(parameter, context) for parameter in command.params if isinstance(parameter, click.Option)]:
        yield "\n".join(options) + "\n"


def _option(option: click.Option, context: click.Context) -> str:
    names, text = option.get_help_record(context) or ("", "")
    return f"- `{names}`: {text}" if text else f"- `{names}`"
