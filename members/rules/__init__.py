"""Plain rules about people: order of names, search, ID numbers, dates and the reading of a roster file; no Django."""
