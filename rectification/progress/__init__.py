"""How far each organisation is with what follows the meeting; one topic a module."""
