"""Files, folders and devices: reading, atomic writing, progress."""
