"""What the pages of this app show, as frozen dataclasses."""
