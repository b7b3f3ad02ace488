"""Refusals, named after the fact. The web turns them into words."""

from app.accounts.errors import Refused


class InvalidName(Refused):
    """The name would not do as a part of an address."""


class NameTaken(Refused):
    """Another page has this name."""


class SavedMeanwhile(Refused):
    """Somebody else saved the page after this text was begun."""


class Indispensable(Refused):
    """The application itself leads to this page."""
