"""What the pages and papers of what follows the meeting show; one topic a module."""
