"""The steps of the documents of what follows the meeting; one topic a module."""
