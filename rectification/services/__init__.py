"""Writes of what follows the meeting and of those who look in from above, one module a topic."""
