"""Pages of what follows the meeting; one topic a module."""
