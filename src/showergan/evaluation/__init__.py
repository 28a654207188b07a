"""Evaluation: real showers as reference, generated showers against them, runs against runs."""
