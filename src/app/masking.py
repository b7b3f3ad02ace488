"""What nobody may read in a log or a report: our own secrets, what lets somebody in, and what is named like it."""

import json
import re
from collections.abc import Callable
from typing import Any

from app.settings import Settings
from app.settings.faults import DOCUMENTED_PASSWORD

MASK = "[masked]"
SECRETS = ("secret_key", "admin_password", "mail_password", "mail_key", "readyz_token", "sentry_dsn", "raygun_apikey")
SHORTEST = 6  # characters; what is shorter would be found in half of all words

NAMES = ("password", "passwd", "secret", "token", "cookie", "authorization", "apikey", "api-key", "api_key")
# Lengths are bounded, and each match begins at one place only: a line can hold what a stranger has made up.
NAMED = re.compile(
    rf"""((?:{"|".join(NAMES)})\w{{0,40}}(?:\\?["'])?\s{{0,8}}[:=]\s{{0,8}})"""
    r"""(?:(\\").*?\\"|(")(?:[^"\\]|\\.)*"|(')[^']*'|(?:bearer\s+)?[^\s"',;&}\]]+)""",
    re.IGNORECASE,
)
IN_ADDRESS = re.compile(r"(\w://[^\s/:@]*:)[^\s/@]+(?=@)")  # the password of a database, or of Redis
# What itsdangerous signs begins like `"` or `{` in base64: links, sessions, and who is logged in.
# To look behind the first letter takes half as long as in front of it: the others are skipped without looking.
SIGNED = re.compile(r"[Ie](?<![\w-][Ie])[\w-]{15,}\.(?:[\w-]{6,8}\.)?[\w-]{27,}", re.ASCII)

Mask = Callable[[str], str]


def masking(settings: Settings) -> Mask:
    """What masks the secrets in a text."""
    known = [*settings.secret_key_fallbacks, *(getattr(settings, name) for name in SECRETS)]
    spellings = {spelling for secret in known for spelling in (secret, json.dumps(secret)[1:-1])}
    secrets = {spelling for spelling in spellings if len(spelling) >= SHORTEST and spelling != DOCUMENTED_PASSWORD}
    ours = sorted(secrets, key=len, reverse=True)

    def mask(text: str) -> str:
        for secret in ours:
            text = text.replace(secret, MASK)
        text = SIGNED.sub(MASK, text)
        # Every line of the log comes by here: the slow ones look only where there can be something.
        if "://" in text:
            text = IN_ADDRESS.sub(rf"\1{MASK}", text)
        folded = text.casefold()
        return NAMED.sub(_named, text) if any(map(folded.__contains__, NAMES)) else text

    return mask


def everywhere(mask: Mask, value: Any) -> Any:
    """The same lists and dictionaries, with every text in them masked; an object becomes what it holds."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {name: everywhere(mask, each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [everywhere(mask, each) for each in value]
    return everywhere(mask, vars(value)) if hasattr(value, "__dict__") else value


def _named(found: re.Match[str]) -> str:
    name, *quotes = found.groups()
    quote = next(filter(None, quotes), "")
    return f"{name}{quote}{MASK}{quote}"
