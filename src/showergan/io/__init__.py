"""Files, folders and the device: reading, atomic writing, progress."""
