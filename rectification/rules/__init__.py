"""Arithmetic and words of what follows the meeting: plain values, no database; one module a topic."""
