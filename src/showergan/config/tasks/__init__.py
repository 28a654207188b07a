"""Descriptions of the tasks, a file each: sections of the configuration, scores, samples."""
