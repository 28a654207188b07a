import json

from showergan.config.recipes.found import RECIPES


def recipe_of(step, *names):
    """Return a params function that returns the recipe of a step as text, from the configuration and the wildcards of these names.

    It must be a function, because Snakemake expands braces in plain texts.
    """

    def recipe(wildcards):
        return RECIPES[step].of(CONFIG, **{name: wildcards[name] for name in names}).canonical()

    return recipe


def with_recipe(command, params="params.recipe"):
    """Return a command before which the recipe is written to a file beside the outputs, so that a person can type it again."""
    return f"printf '%s\\n' {{{params}:q}} > {{output.recipe:q}} &&\n{command}"


def with_style(command):
    """Return the same for the style of a figure or a table."""
    return with_recipe(command, "params.style")


def style_of(exhibit):
    """Return a params function that gives a figure or a table its style: no other rule may see it.

    No text in it begins a tag: the report has it in a script of its page as it is.
    """
    text = json.dumps(exhibit.style_of(CONFIG)).replace("<", r"\u003c")
    return lambda wildcards: text
