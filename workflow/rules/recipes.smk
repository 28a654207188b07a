import json

from showergan.steps import STEPS


def recipe_of(step, *names):
    """Return a params function that gives a step its recipe, from the configuration and the wildcards of these names.

    It must be a function, because Snakemake expands braces in plain texts.
    """

    def recipe(wildcards):
        return STEPS[step].of(CONFIG, **{name: wildcards[name] for name in names}).canonical()

    return recipe


def in_page(parts):
    """Return JSON without the beginning of a tag: the report has it in a script of its page as it is."""
    return json.dumps(parts).replace("<", r"\u003c")


def look(wildcards):
    """Return the look of the figures; no other rule may see it."""
    offsets = {name: getattr(method.penalty, "offset", None) for name, method in METHODS.items()}
    return in_page(
        {
            "figures": CONFIG.figures.model_dump(mode="json"),
            "labels": {name: method.label for name, method in METHODS.items()},
            "architectures": ARCHITECTURES,
            "offsets": {name: offset for name, offset in offsets.items() if offset is not None},
        }
    )


def words(exhibit):
    """Return a params function that gives a table what it calls things, and our setting where it has published values."""
    parts = {
        "run": CONFIG.run,
        "task": CONFIG.task,
        "labels": {name: method.label for name, method in METHODS.items()},
        "architectures": ARCHITECTURES,
    }
    if "published" in exhibit.inputs:
        parts["settings"] = {name: CONFIG.setting(name) for name in METHODS}
    text = in_page(parts)
    return lambda wildcards: text
