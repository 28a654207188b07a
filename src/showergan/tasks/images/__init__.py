"""Images as a task."""
