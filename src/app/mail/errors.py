"""Why a mail cannot be delivered."""


class Undeliverable(Exception):
    """The mail server refuses this mail for good."""
