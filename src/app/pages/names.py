"""What a page may be called: its name is a part of its address."""

import re

from app.pages.errors import InvalidName

PATTERN = "[a-z0-9-]{1,100}"
ABOUT = "about"


def check(name: str) -> None:
    """Raise InvalidName unless the name is made of small letters, digits and hyphens."""
    if not re.fullmatch(PATTERN, name):
        raise InvalidName


def title(name: str) -> str:
    """The title of a page until it is given another: `opening-hours` is Opening hours."""
    return name.replace("-", " ").capitalize()
