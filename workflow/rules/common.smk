import json
import os
import sys
from pathlib import Path

from showergan.config import parse_config
from showergan.recipes import canonical
from showergan.errors import UserError

try:
    CONFIG = parse_config(config)
except UserError as error:
    raise WorkflowError(str(error)) from None

# The command line stands beside the Python that runs the workflow, activated or not.
os.environ.update(
    PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
)

ROOT = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parents[1]

# From plain to elaborate, whatever the order in the YAML file.
METHODS = dict(sorted(CONFIG.methods.items(), key=lambda m: (len(m[1].constraints), m[0])))

RUNS = [
    {
        "run": CONFIG.run,
        "discriminator": CONFIG.training.discriminator,
        "method": name,
        "rates": rates.name,
        "seed": seed,
    }
    for name in METHODS
    for rates in CONFIG.learning_rates(name)
    for seed in CONFIG.training.seeds
]


wildcard_constraints:
    run=CONFIG.run,
    discriminator=CONFIG.training.discriminator,
    method="|".join(METHODS),
    rates="|".join(sorted({run["rates"] for run in RUNS})).replace(".", r"\."),
    seed=r"\d+",


def every_run(pattern):
    """Return one file for each training."""
    return [pattern.format(**run) for run in RUNS]


def first_seed(pattern):
    """Return one file for each method, of its first seed."""
    return [pattern.format(**r) for r in RUNS if r["seed"] == CONFIG.training.seeds[0]]


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


def raw_showers(wildcards):
    """Return a local file where it is; anything else becomes data/source.npz first."""
    data = CONFIG.data
    if data.source == "npz" and "://" not in data.path:
        return data.path
    return f"results/{wildcards.run}/data/source.npz"


def training_recipe(wildcards):
    """Return what changes the weights of one training, and nothing else."""
    training, method = CONFIG.training, METHODS[wildcards.method]
    rates = {pair.name: pair for pair in CONFIG.learning_rates(wildcards.method)}
    own = {"seeds", "evaluate"}
    return canonical(
        "train",
        seed=int(wildcards.seed),
        method=method.model_dump(mode="json", exclude={"label", "learning_rates"}),
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
    """Return which methods and scores a table shows, and the methods' names."""
    table = wildcards.table
    names = {m: METHODS[m].label for m in METHODS_OF[table] if m in METHODS}
    number = table.removeprefix("table_")
    return json.dumps(
        {
            "table": int(number) if number.isdigit() else None,
            "scores": SCORES_OF[table],
            "labels": names,
        }
    )


def verdict_recipe(wildcards):
    """Return whom all methods are compared with."""
    return canonical("verdicts", baseline="sn")


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


def shipped(pattern):
    """Return files of this repository, as seen from the working directory."""
    return sorted(os.path.relpath(path) for path in ROOT.glob(pattern))


def rendering_code():
    """Return the code that draws: what a script imports is invisible to Snakemake."""
    return shipped("src/showergan/rendering/*.py")
