"""Inputs shared by the forms of this app."""

from django import forms


def date_input() -> forms.DateInput:
    """The browser's own date picker."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
