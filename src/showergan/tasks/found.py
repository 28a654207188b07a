"""The tasks by name, and by the file that holds their samples."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from showergan.config.tasks.found import DEFAULT, SPECS, spec_named
from showergan.io.hdf5 import opened_hdf5
from showergan.tasks.task import Task


def found_for(names: Iterable[str], package: str = __package__) -> dict[str, Task]:
    """Return the tasks of these names, which the files `task.py` of their folders in a package hold as `TASK`."""
    return {name: import_module(f"{package}.{name}.task").TASK for name in names}


TASKS = found_for(SPECS)


def named(name: str, where: str) -> Task:
    """Return a task by its name; a `UserError` refuses an unknown one, with the place where the name stands."""
    return TASKS[spec_named(name, where).name]


def of_file(path: Path) -> Task:
    """Return the task that a data set or a reference belongs to, for its samples; a `UserError` refuses other files."""
    with opened_hdf5(path) as file:
        task = named(str(file.attrs.get("task", DEFAULT)), str(path))
    return task.of(task.samples_in(path))
