"""Commands for office scripts."""
