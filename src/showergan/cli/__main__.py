"""python -m showergan.cli, which ends as Python does, and so under a profiler, too."""

from showergan.cli import run

run()
