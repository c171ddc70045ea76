"""Measurements on data sets of real size; never run as tests, never with a verdict."""
