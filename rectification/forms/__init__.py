"""Forms of what follows the meeting; one module a topic."""
