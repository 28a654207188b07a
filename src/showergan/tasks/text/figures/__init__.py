"""Figures that only the task of text has: functions that the catalogue names."""
