"""Summary tables: frozen dataclasses first, then Excel, PDF and screen all show the same ones."""
