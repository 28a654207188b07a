"""Points in a plane as a task."""
