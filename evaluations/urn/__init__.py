"""Voting on a device in the room as plain Python: codes, halves of the key, sealed votes, slips. No Django."""
