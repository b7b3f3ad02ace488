"""What a job says of its failure by raising it; any other exception is one of its own, and is tried again too."""


class GiveUp(Exception):
    """No further try would succeed."""


class TryLater(Exception):
    """Nothing is wrong here, somebody else is not ready: tried again however often that happens."""


class Unavailable(TryLater):
    """A service that all jobs of this name need is away: after a few in a row they all pause."""
