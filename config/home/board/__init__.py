"""The board of a superior: every organisation below and every step, who is missing what, sums and coverage."""
