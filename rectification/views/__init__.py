"""Views of what follows the meeting; one module a page."""
