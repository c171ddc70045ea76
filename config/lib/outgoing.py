"""What every way out of the house shares: the outcome of a message that did not leave, and how long one waits."""

# Together at most ten seconds: connecting, then waiting for the answer.
CONNECT_SECONDS, ANSWER_SECONDS = 4, 6


class NotSent(Exception):
    """A message that was not sent, or perhaps was; `reason` is Chinese, for the page, and holds no secret.

    `unsure`: the message left but no answer came, so sending it again might show it twice.
    """

    def __init__(self, reason: str, *, unsure: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.unsure = unsure


class BadAddress(ValueError):
    """An address that cannot be used; the message says in Chinese what to change, without repeating the address."""
