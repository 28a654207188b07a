from showergan.drawing.registry import exhibits

# Where lies what figures and tables are made from, see showergan/drawing/artefacts.py.
ARTEFACTS = {
    "data": DATASET,
    "reference": rules.reference.output.features,
    "anchors": rules.reference.output.anchors,
    "anchor_curves": rules.reference.output.curves,
    "architectures": rules.describe.output.architectures,
    "audit": rules.audit.output.cosines,
    "histories": every_run(rules.train_gan.output.history),
    "lipschitz": every_run(rules.train_gan.output.lipschitz),
    "metrics": every_run(rules.evaluate_gan.output.metrics),
    "curves": every_run(rules.evaluate_gan.output.curves),
    "examples": first_seed(rules.evaluate_gan.output.examples),
    "summary": rules.summarise.output.summary,
    "grid": rules.summarise.output.grid,
    "verdicts": rules.verdicts.output.verdicts,
    "ranks": rules.verdicts.output.ranks,
    "robustness": rules.verdicts.output.robustness,
    "scorecard": rules.scorecard.output.scorecard,
    "scorecard_means": "results/{run}/tables/scorecard.csv",
    "agreement": rules.scorecard.output.agreement,
    "failures": rules.scorecard.output.failures,
    "outcomes": rules.outcomes.output.outcomes,
    "successes": rules.outcomes.output.successes,
    "bars": rules.bars.output.bars,
    "loss_estimates": rules.loss_meaning.output.estimates,
    "loss_meaning": rules.loss_meaning.output.meaning,
    "loss_correlation": rules.loss_meaning.output.correlation,
    "published": shipped("workflow/published.csv")[0],
}

FIGURES, TABLES = (exhibits(kind, [TASK]) for kind in ("figures", "tables"))

# Rules that only this task has; they add to ARTEFACTS what its figures and tables are made from.
if (ROOT / f"workflow/rules/tasks/{CONFIG.task}.smk").exists():

    include: f"tasks/{CONFIG.task}.smk"


def made_from(exhibit):
    """Return the inputs of a figure or a table: its artefacts, and the code that makes it."""
    *home, kind, module = exhibit.make.__module__.split(".")
    own = Path("src", *home)
    code = {
        path
        for place in (f"{own}/{kind}/{module}", f"{own}/drawing/*", "src/showergan/drawing/*")
        for path in shipped(f"{place}.py")
    }
    return {**{name: ARTEFACTS[name] for name in exhibit.inputs}, "code": sorted(code)}


def as_options(wildcards, input):
    """Return the artefacts among the inputs of a job as options of the command line, as bash reads them."""
    named = [(name, [files] if isinstance(files, str) else files) for name, files in input.items()]
    return " ".join(
        f"--{name.replace('_', '-')}={folded(files)}" for name, files in named if name != "code"
    )


def worth_making(exhibits):
    """Return the names of those that have something to show in this run; others say in words that they have not."""
    return [name for name, exhibit in exhibits.items() if exhibit.worth(CONFIG)]


def together(exhibit):
    """Return the group of a figure or a table; none where it reads a file of every run.

    Whenever an input of a job in a group is made, Snakemake counts all its inputs again: an hour where there are 10 000.
    """
    return None if any(a.of_runs for a in exhibit.inputs.values()) else "comparison"
