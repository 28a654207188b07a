"""Figures: one per file, which says what it is called, what it is made from and when it is worth drawing."""

from showergan.drawing.registry import exhibits

FIGURES = exhibits(__name__, __path__)
