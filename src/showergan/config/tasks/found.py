"""The tasks that there are: every file beside this one that describes one."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from showergan.config.tasks.spec import TaskSpec
from showergan.errors import UserError

DEFAULT = "showers"  # of a configuration or a file that names no task


def find(package: str, folder: Path) -> dict[str, TaskSpec]:
    """Return the descriptions that the files of a package hold under the name `SPEC`, by name."""
    modules = (import_module(f"{package}.{m.name}") for m in iter_modules([str(folder)]))
    return {m.SPEC.name: m.SPEC for m in modules if hasattr(m, "SPEC")}


SPECS = find(__package__, Path(__file__).parent)


def spec_named(name: str, where: str) -> TaskSpec:
    """Return the description of a task by its name.

    Raises:
        UserError: there is no task of this name; the message says where the name stands.
    """
    if name not in SPECS:
        raise UserError(f"{where} is of the task {name}; there are {', '.join(SPECS)}")
    return SPECS[name]
