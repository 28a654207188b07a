"""Lines of text as a task."""
