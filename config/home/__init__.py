"""The home page and the board: the pages that need several apps at once."""
