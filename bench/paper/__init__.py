"""Invented filled ballot sheets, made independently of the program that reads them, and its figures on them."""
