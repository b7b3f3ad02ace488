"""What is recorded; an action of your own is a line more, and no migration."""

from enum import StrEnum


class Action(StrEnum):
    """As it is stored, shown and asked for."""

    LOG_IN = "log in"
    LOG_OUT = "log out"
    REAUTHENTICATE = "confirm identity"
    END_SESSIONS = "end sessions"

    REGISTER = "register"
    CONFIRM = "confirm account"
    CREATE_USER = "create user"
    INVITE = "invite"
    REVOKE_INVITATION = "revoke invitation"
    JOIN = "join"

    CHANGE_PASSWORD = "change password"  # noqa: S105 (no password)
    ASK_TO_RESET = "ask to reset password"
    RESET_PASSWORD = "reset password"  # noqa: S105 (none either)
    ASK_TO_CHANGE_EMAIL = "ask to change email"
    CHANGE_EMAIL = "change email"
    CHANGE_NAME = "change name"

    CHANGE_USER_ROLE = "change account type"
    DEACTIVATE = "deactivate"
    ACTIVATE = "activate"
    DELETE_USER = "delete user"

    MAKE_ROLE = "make role"
    CHANGE_ROLE = "change role"
    DELETE_ROLE = "delete role"

    CREATE_PAGE = "create page"
    SAVE_PAGE = "save page"
    DELETE_PAGE = "delete page"

    RETRY_JOBS = "retry jobs"
    DISCARD_JOBS = "discard jobs"
    START_JOB = "start job"


class Outcome(StrEnum):
    """Whether it was done."""

    OK = "ok"
    REFUSED = "refused"
