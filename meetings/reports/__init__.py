"""What is shown and printed of a meeting, as frozen dataclasses."""
