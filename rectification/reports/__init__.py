"""What the pages and sheets of this app show: frozen dataclasses, made with a constant number of queries."""
