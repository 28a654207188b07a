import csv
import os
import re
import sys
from pathlib import Path

try:
    from showergan.errors import UserError
    from showergan.io import missing_gpu
    from showergan.io.braces import folded
    from showergan.config.whole import parse_config
    from showergan.config.keys import refuse_twice
    from showergan.io.sources import state
    from showergan.config.evaluation import EPOCHS
    from showergan.config.tasks.found import SPECS
    from showergan.records.published import published_runs
except ImportError as error:
    raise WorkflowError(
        f"{error}: this snakemake belongs to another environment ({sys.prefix}), in which showergan is not installed. "
        "In the folder of the workflow, type: make setup && source .venv/bin/activate"
    ) from None
except UserError as error:  # about what installed packages add to the configuration
    raise WorkflowError(str(error)) from None

try:
    refuse_twice(workflow.configfiles, sys.argv)
    CONFIG = parse_config(config)
    # Trainings whose metrics are taken from the table in resources/{run}, {architecture}/{method}/{rates}/seed{seed}.
    PUBLISHED = published_runs(CONFIG)
except UserError as error:
    raise WorkflowError(str(error)) from None

# The command line stands beside the Python that runs the workflow, activated or not.
os.environ.update(
    PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
)

METHODS = CONFIG.sorted_methods
# Labels of architectures, where there are several.
ARCHITECTURES = {k: a.label for k, a in CONFIG.compared.items()} if len(CONFIG.compared) > 1 else {}

TASK = SPECS[CONFIG.task]
# For the front page and the captions of the report.
config["about"] = TASK.about
config["baseline"] = getattr(METHODS.get(CONFIG.compare.baseline), "label", None)
config["epochs"] = EPOCHS[CONFIG.compare.column]
DATASET = f"results/{{run}}/data/{CONFIG.task}.h5"
# What looks at the embedding takes it where the task has one.
EMBEDDING = {"embedding": "results/{run}/embedding/model.pt"} if TASK.has_embedding else {}
EMBEDDING_OPTION = " --embedding {input.embedding:q}" if TASK.has_embedding else ""

# The trainings at all pairs of learning rates, which are known beforehand; after a search others follow at those chosen.
TRIED = [
    {
        "run": CONFIG.run,
        "architecture": architecture,
        "method": name,
        "rates": rates.name,
        "seed": seed,
    }
    for architecture, name in CONFIG.trained
    for rates in CONFIG.learning_rates(name)
    for seed in CONFIG.tried_seeds(name)
]


wildcard_constraints:
    run=CONFIG.run,
    architecture="|".join(CONFIG.compared),
    method="|".join(METHODS),
    rates="|".join(sorted({re.escape(run["rates"]) for run in TRIED})),
    seed=r"\d+",


def at_chosen():
    """Return the trainings of the seeds that test learning rates, at the pairs that others chose.

    Snakemake calls it again when the choice is made: a plan that named no pair would train all of these anew whenever a
    choice is made anew, also where it is the same.
    """
    with checkpoints.choose.get(run=CONFIG.run).output.grid.open() as table:
        chosen = [row for row in csv.DictReader(table) if row["chosen"] == "True"]
    return [
        {
            "run": CONFIG.run,
            "architecture": row["architecture"],
            "method": row["method"],
            "rates": row["learning_rates"],
            "seed": seed,
        }
        for row in chosen
        for seed in CONFIG.chosen_seeds(row["method"])
    ]


def every_tried_run(pattern):
    """Return one file for each training that is planned beforehand."""
    return [pattern.apply_wildcards(run) for run in TRIED]


def every_run(pattern):
    """Return one file for each training; a function that does, where some follow a choice."""
    tried = every_tried_run(pattern)
    if not CONFIG.learning_rate_search:
        return tried
    return lambda wildcards: tried + [pattern.apply_wildcards(run) for run in at_chosen()]


def first_seed(pattern):
    """Return one file for each architecture and method, of the first seed that tests; a function as `every_run` does."""

    def of_first(runs):
        first = CONFIG.training.seeds.test[0]
        return [pattern.apply_wildcards(run) for run in runs if run["seed"] == first]

    return (
        (lambda wildcards: of_first(at_chosen()))
        if CONFIG.learning_rate_search
        else of_first(TRIED)
    )
