"""Invented organisations and people: the demo township, and data sets of any size for the bench.

Everything is drawn from a seeded generator, so the same size gives the same data.
"""
