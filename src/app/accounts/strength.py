"""How hard a password is to guess: zxcvbn has the common ones with it, and asks nobody."""

import re
from collections.abc import Iterable

from app.settings import settings

LONGEST = 32  # characters; no list of common passwords has longer ones, and to reckon with them takes a second
SHORTEST = 3  # letters of a word that is worth looking for


def is_easy_to_guess(password: str, *, about: Iterable[str]) -> bool:
    """Whether it would be guessed soon, once its words about the owner, which are known, are left out."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 (its lists of words take 12 MB, in the worker for nothing)

    rest = _without(_words(about), password)
    return not rest or (len(rest) <= LONGEST and zxcvbn(rest)["score"] < settings().password_score)


def _words(texts: Iterable[str]) -> set[str]:
    words = (word for text in texts for word in re.split(r"[\W_]+", text))
    return {word for word in words if len(word) >= SHORTEST}


def _without(words: set[str], password: str) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), "", password, flags=re.IGNORECASE) if words else password
