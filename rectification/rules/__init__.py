"""Arithmetic of what follows the meeting: plain Python, without Django."""
