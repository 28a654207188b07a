"""Figures of toys alone: functions that the catalogue names."""
