"""Figures of any task: each in a file, which says what it is called, made from and when worth drawing."""
