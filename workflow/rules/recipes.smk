import json

from showergan.recipes import canonical, setting


def recipe(step, section, *keys):
    """Return a params function that gives a step its recipe: the section, or only some keys of it.

    It must be a function, because Snakemake expands braces in plain texts.
    """
    text = canonical(step, **section.model_dump(mode="json", include=set(keys) or None))
    return lambda wildcards: text


def evaluation_recipe(wildcards):
    """Return what changes the scores of one training."""
    return canonical(
        "evaluate", choose_by=CONFIG.choose_by, **CONFIG.evaluation.model_dump(mode="json")
    )


def summary_recipe(wildcards):
    """Return which pair of learning rates stands for a method: its own, or the best of a search."""
    return canonical(
        "summarise",
        choose_by=CONFIG.choose_by,
        own_learning_rates=CONFIG.own_learning_rates,
    )


def training_recipe(wildcards):
    """Return what changes the weights of one training, and nothing else."""
    training, method = CONFIG.training, METHODS[wildcards.method]
    rates = {pair.name: pair for pair in CONFIG.learning_rates(wildcards.method)}
    own = {"seeds", "evaluate"}
    return canonical(
        "train",
        seed=int(wildcards.seed),
        method=method.composition,
        learning_rates=rates[wildcards.rates],
        evaluated_epochs=training.evaluated_epochs,
        **training.model_dump(mode="json", exclude=own),
    )


def audit_recipe(wildcards):
    """Return what the scale audit trains: the first seed, at the published learning rates."""
    return canonical(
        "audit",
        seed=CONFIG.training.seeds[0],
        learning_rates={"generator": 1e-3, "discriminator": 1e-5},
        **CONFIG.training.model_dump(mode="json", include={"discriminator", "batch_size"}),
    )


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
            "settings": {method: setting(CONFIG, method) for method in names},
        }
    )


def verdict_recipe(wildcards):
    """Return whom all methods are compared with, and the method that differs from it by noise alone."""
    return canonical("verdicts", baseline="sn", null="sn_null")


def bars_recipe(wildcards):
    """Return which methods the bars are for, and how many showers every bin needs."""
    kinds = {name: getattr(method.normaliser, "kind", None) for name, method in METHODS.items()}
    evaluation = CONFIG.evaluation
    return canonical(
        "bars",
        bounded=[name for name, kind in kinds.items() if kind == "spectral_norm"],
        fewest=evaluation.events_per_cluster * evaluation.clusters,
    )


def method_labels(wildcards):
    """Return the names of the methods for readers."""
    return json.dumps({"labels": {name: method.label for name, method in METHODS.items()}})
