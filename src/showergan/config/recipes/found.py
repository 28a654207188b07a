"""All recipes by the name of their step."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from showergan.config.recipes.recipe import Recipe
from showergan.config.tasks.found import SPECS

for _module in iter_modules([str(Path(__file__).parent)]):
    if _module.name != "found":
        import_module(f"showergan.config.recipes.{_module.name}")

RECIPES = {kind.name: kind for kind in sorted(Recipe.__subclasses__(), key=lambda kind: kind.name)}
OF_ANY_TASK = {name: kind for name, kind in RECIPES.items() if kind.only_for is None}
OF_TASK = {
    task: {name: kind for name, kind in RECIPES.items() if kind.only_for == task} for task in SPECS
}
