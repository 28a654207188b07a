"""Tasks: what is learned, a folder each."""
