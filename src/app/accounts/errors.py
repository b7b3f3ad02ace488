"""Refusals, named after the fact. The web turns them into words."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.accounts.models import User


class Refused(Exception):
    """Something that was asked for cannot be had; nothing was changed."""


class InvalidEmail(Refused):
    """The text is no address that mail can be sent to."""


class EmailTaken(Refused):
    """Another account, the owner's, has this address."""

    def __init__(self, owner: "User") -> None:
        super().__init__(owner)
        self.owner = owner


class UnknownEmail(Refused):
    """Nobody has an account with this address."""


class UnknownRole(Refused):
    """No role has this name; the message says which there are."""


class NoPromotion(Refused):
    """The new role would take something away that the user may do now."""


class WeakPassword(Refused):
    """The password breaks the policy; the message says how."""


class WrongPassword(Refused):
    """Address and password do not belong together."""


class InvalidLink(Refused):
    """The link is forged, used, expired, for something else, or its address has changed since."""


class TooBusy(Refused):
    """More passwords wait to be hashed than may; try again in a moment."""
