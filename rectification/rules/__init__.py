"""Arithmetic of what follows the meeting: plain Python, one topic a module."""
