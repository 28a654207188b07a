"""Figures that only the task of toys has: functions that the catalogue names."""
