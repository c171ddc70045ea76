"""How many have voted, told in steps, so that nobody sees the number move when somebody leaves the tablet."""

STEP = 3


def shown_turnout(used: int, issued: int) -> int:
    """The number to show: rounded down to a multiple of three until all have voted."""
    return used if used >= issued else used - used % STEP
