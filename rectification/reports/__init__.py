"""What pages, papers and files of this app show, as frozen dataclasses, one module a topic."""
