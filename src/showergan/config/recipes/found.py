"""All recipes by the name of their step: a module named like a task has those of this task alone."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from showergan.config.recipes.recipe import Recipe
from showergan.tasks.found import TASKS

_MODULES = [module.name for module in iter_modules([str(Path(__file__).parent)])]


def _recipes_in(modules: list[str]) -> dict[str, type[Recipe]]:
    found = {
        recipe.name: recipe
        for module in modules
        for recipe in vars(import_module(f"showergan.config.recipes.{module}")).values()
        if isinstance(recipe, type) and issubclass(recipe, Recipe) and recipe is not Recipe
    }
    return dict(sorted(found.items()))


OF_ANY_TASK = _recipes_in([name for name in _MODULES if name not in (*TASKS, "found")])
OF_TASK = {task: _recipes_in([name for name in _MODULES if name == task]) for task in TASKS}
RECIPES = OF_ANY_TASK | {n: recipe for recipes in OF_TASK.values() for n, recipe in recipes.items()}
