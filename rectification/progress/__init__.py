"""How far each organisation is with what follows the meeting; one module a topic."""
