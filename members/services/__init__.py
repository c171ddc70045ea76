"""What is done with people, rosters and imports."""
