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


class WeakPassword(Refused):
    """The password breaks the policy; the message says how."""


class WrongPassword(Refused):
    """Address and password do not belong together; nobody may be told whether the address has an owner."""

    def __init__(self, owner: "User | None" = None) -> None:
        super().__init__()
        self.owner = owner


class InvalidLink(Refused):
    """The link is forged, for something else, or issued for an address that has changed since."""

    def __init__(self, purpose: str) -> None:
        super().__init__(purpose)
        self.purpose = purpose


class UsedLink(InvalidLink):
    """The link is ours, and has done its work."""


class ExpiredLink(InvalidLink):
    """The link is ours, and nobody used it in time."""


class Deactivated(Refused):
    """The account is kept out, and no link would let its owner in."""


class OwnAccount(Refused):
    """Administrators do not do this to themselves."""


class LastAdministrator(Refused):
    """Nobody would be left to administer."""


class BuiltInRole(Refused):
    """The role is defined in the code, and is brought back to it at each release."""


class RoleTaken(Refused):
    """Another role has this name."""


class RoleInUse(Refused):
    """The role still has members."""


class TooBusy(Refused):
    """More passwords wait to be hashed than may; try again in a moment."""
