"""What can be done, a file each: a recipe, which is everything that changes the result, and the doing.

Steps that only one task has stand in its folder. Light on purpose: the workflow asks every step for its recipe whenever
it is parsed.
"""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from showergan.cli.step import Step
from showergan.tasks.found import TASKS


def steps_in(package: str) -> dict[str, type[Step]]:
    """Return the steps of a package, found by themselves, by name; none where there is no such package."""
    if spec := find_spec(package):
        for module in iter_modules(spec.submodule_search_locations):
            import_module(f"{package}.{module.name}")
    found = [step for step in Step.__subclasses__() if step.__module__.startswith(f"{package}.")]
    return {step.name: step for step in sorted(found, key=lambda step: step.name)}


OF_ANY_TASK = steps_in(__name__)
OF_TASK = {task: steps_in(f"showergan.tasks.{task}.steps") for task in TASKS}
STEPS = {name: step for steps in (OF_ANY_TASK, *OF_TASK.values()) for name, step in steps.items()}
