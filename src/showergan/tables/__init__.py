"""Tables: one per file, which says what it is made from and when it is worth writing."""

from showergan.drawing.registry import exhibits

TABLES = exhibits(__name__, __path__)
