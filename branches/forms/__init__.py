"""Forms of accounts, posts, organisations, campaigns and their rules."""
