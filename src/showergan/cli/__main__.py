"""python -m showergan.cli."""

from showergan.cli import main

main()
