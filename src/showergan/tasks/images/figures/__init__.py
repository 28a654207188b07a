"""Figures that only the task of images has: functions that the catalogue names."""
