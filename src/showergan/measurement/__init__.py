"""One sample against the real one."""
