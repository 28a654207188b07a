import json

from showergan.cli.steps import STEPS


def recipe_of(step, *names):
    """Return a params function that gives a step its recipe, from the configuration and the wildcards of these names.

    It must be a function, because Snakemake expands braces in plain texts.
    """

    def recipe(wildcards):
        return STEPS[step].of(CONFIG, **{name: wildcards[name] for name in names}).canonical()

    return recipe


def style_of(exhibit):
    """Return a params function that gives a figure or a table its style: no other rule may see it.

    No text in it begins a tag: the report has it in a script of its page as it is.
    """
    text = json.dumps(exhibit.style_of(CONFIG)).replace("<", r"\u003c")
    return lambda wildcards: text
