"""What pages and papers of this app show: frozen dataclasses first, one module a topic."""
