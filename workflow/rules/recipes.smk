import json

from showergan.steps import STEPS


def recipe_of(step, *names):
    """Return a params function that gives a step its recipe, from the configuration and the wildcards of these names.

    It must be a function, because Snakemake expands braces in plain texts.
    """

    def recipe(wildcards):
        return STEPS[step].of(CONFIG, **{name: wildcards[name] for name in names}).canonical()

    return recipe


def look(wildcards):
    """Return the look of the figures; no other rule may see it."""
    offsets = {name: getattr(method.penalty, "offset", None) for name, method in METHODS.items()}
    return json.dumps(
        {
            "figures": CONFIG.figures.model_dump(mode="json"),
            "labels": {name: method.label for name, method in METHODS.items()},
            "offsets": {name: offset for name, offset in offsets.items() if offset is not None},
        }
    )


def table_recipe(wildcards):
    """Return which methods and scores a table shows, the methods' names, and the setting of our values."""
    table = wildcards.table
    names = {m: METHODS[m].label for m in METHODS_OF[table] if m in METHODS}
    number = table.removeprefix("table_")
    return json.dumps(
        {
            "table": int(number) if number.isdigit() else None,
            "scores": SCORES_OF[table],
            "labels": names,
            "settings": {method: CONFIG.setting(method) for method in names},
        }
    )


def method_labels(wildcards):
    """Return the names of the methods for readers."""
    return json.dumps({"labels": {name: method.label for name, method in METHODS.items()}})
