"""Every table, from the models."""

import inspect
from typing import Any

from sphinx.pycode import ModuleAnalyzer
from sqlalchemy import Column, make_url

from app.database import Model
from generated.writing import application, code, summary, table

DIALECT = make_url("postgresql+asyncpg://").get_dialect()()


def markdown() -> str:
    application()  # with it come all models
    models = sorted((mapper.class_ for mapper in Model.registry.mappers), key=lambda model: model.__tablename__)
    return "\n".join(text for model in models for text in _described(model))


def _described(model: type[Model]) -> tuple[str, str, str]:
    told = ModuleAnalyzer.for_module(model.__module__).find_attr_docs()
    rows = [
        (
            code(column.name),
            _type(column),
            _rules(column),
            " ".join(told.get((model.__name__, column.name), [])).strip(),
        )
        for column in inspect.getattr_static(model, "__table__").columns
    ]
    head = f"## `{model.__tablename__}`\n"
    return (
        head,
        f"`{model.__module__}.{model.__name__}`: {summary(model)}\n",
        table(("column", "type", "rules", ""), rows),
    )


def _type(column: Column[Any]) -> str:
    return str(column.type.compile(dialect=DIALECT)).lower()


def _rules(column: Column[Any]) -> str:
    rules = {
        "primary key": column.primary_key,
        "unique": column.unique,
        "indexed": any(index.columns[0] is column for index in column.table.indexes),
        "may be empty": column.nullable,
    }
    leads = [f"leads to `{key.column.table.name}.{key.column.name}`" for key in column.foreign_keys]
    return ", ".join([rule for rule, holds in rules.items() if holds] + sorted(leads))
