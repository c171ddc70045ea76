"""The ballot on paper: drawing the form. Plain Python, no Django."""
