"""Figures of any task: functions that the catalogue names, data frames in and a matplotlib figure out."""
