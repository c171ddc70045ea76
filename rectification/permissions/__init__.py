"""Who may do what in what follows the meeting; one topic a module."""
