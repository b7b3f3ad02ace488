"""One spelling per address, so that `Ada@Example.com` and `ada@example.com` are the same account."""

from email_validator import EmailNotValidError, validate_email

from app.accounts.errors import InvalidEmail

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3


def normalise(text: str) -> str:
    """The address in lower case with its domain in ASCII, or InvalidEmail."""
    text = text.strip()
    if len(text) > MAX_LENGTH:  # before any pattern looks at it
        raise InvalidEmail
    if "=?" in text:  # legal, but mail programs show it decoded (RFC 2047), as the address of somebody else
        raise InvalidEmail
    try:
        # A local part outside ASCII has several spellings that look alike; few servers accept one.
        address = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise InvalidEmail from None
    return f"{address.local_part}@{address.ascii_domain}".lower()
