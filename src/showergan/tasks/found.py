"""The tasks that there are: every folder beside this file, found by itself."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from showergan.errors import UserError
from showergan.io.hdf5 import opened_hdf5
from showergan.tasks.task import Task

DEFAULT = "showers"  # the task of what names none: it was there before there were others


def find(package: str, folder: Path) -> dict[str, Task]:
    """Return the tasks in the folder of a package by name: each sub-package has one in its `task.py`."""
    names = [module.name for module in iter_modules([str(folder)]) if module.ispkg]
    return {name: import_module(f"{package}.{name}.task").TASK for name in names}


TASKS = find("showergan.tasks", Path(__file__).parent)


def of_file(path: Path) -> Task:
    """Return the task that a data set or a reference belongs to, as its samples have it.

    Raises:
        UserError: it is none of these, or of a task that there is not.
    """
    with opened_hdf5(path) as file:
        task = named(str(file.attrs.get("task", DEFAULT)), str(path))
    return task.of(task.samples_in(path))


def named(name: str, where: str) -> Task:
    """Return a task by its name.

    Raises:
        UserError: there is none of this name; it says where the name stands.
    """
    if name not in TASKS:
        raise UserError(f"{where} is of the task {name}; there are {', '.join(TASKS)}")
    return TASKS[name]
