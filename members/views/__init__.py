"""Pages of people, imports and rosters."""
