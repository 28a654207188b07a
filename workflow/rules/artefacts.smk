import hashlib
from functools import cache

import showergan
from showergan.config.catalogue.exhibit import exhibits

# The files that figures and tables are made from, see ARTEFACTS in showergan/config/catalogue.
ARTEFACTS = {
    "data": DATASET,
    "reference": rules.reference.output.features,
    "anchors": ANCHORS,
    "anchor_curves": rules.reference.output.curves,
    "architectures": rules.describe.output.architectures,
    "audit": rules.audit.output.cosines,
    "histories": every_run(rules.train_gan.output.history),
    "lipschitz": every_run(rules.train_gan.output.lipschitz),
    "metrics": every_run(Metrics),
    "curves": every_run(rules.evaluate_gan.output.curves),
    "examples": first_seed(rules.evaluate_gan.output.examples),
    "summary": rules.summarise.output.summary,
    "grid": rules.choose.output.grid,
    "verdicts": rules.verdicts.output.verdicts,
    "ranks": rules.verdicts.output.ranks,
    "robustness": rules.verdicts.output.robustness,
    "claims": rules.claims.output.claims,
    "protocol": rules.claims.output.protocol,
    "order": rules.claims.output.order,
    "scorecard": rules.scorecard.output.scorecard,
    "scorecard_means": "results/{run}/tables/scorecard.csv",
    "agreement": rules.scorecard.output.agreement,
    "failures": rules.scorecard.output.failures,
    "outcomes": rules.outcomes.output.outcomes,
    "successes": rules.outcomes.output.successes,
    "acceptance": rules.acceptance.output.acceptance,
    "loss_estimates": rules.loss_meaning.output.estimates,
    "loss_meaning": rules.loss_meaning.output.meaning,
    "loss_correlation": rules.loss_meaning.output.correlation,
}

# What is made of metrics and anchors alone, and so of published ones, too.
OF_METRICS = set(
    "anchors metrics summary grid verdicts ranks robustness claims protocol order scorecard scorecard_means "
    "agreement failures outcomes successes acceptance published".split()
)

# The package lies on every computer that runs jobs, and in no storage: its files are never inputs.
PACKAGE = Path(showergan.__file__).parent
SHIPPED = {"published": PACKAGE / "report/tables/published.csv"}

FIGURES, TABLES = (exhibits(kind, [CONFIG.task]) for kind in ("figures", "tables"))

# Rules that only this task has; they add to ARTEFACTS what its figures and tables are made from.
if Path(workflow.current_basedir.join(f"tasks/{CONFIG.task}.smk").get_path_or_uri(True)).exists():

    include: f"tasks/{CONFIG.task}.smk"


def made_from(exhibit):
    """Return the inputs of a figure or a table."""
    return {name: ARTEFACTS[name] for name in exhibit.reads if name not in SHIPPED}


content = cache(Path.read_bytes)


def code_of(exhibit):
    """Return a text that changes with the files of the package that make an exhibit: its code, and published values."""
    _, *home, folder, module = exhibit.module.split(".")
    own = Path(*home)
    places = (own / folder / f"{module}.py", own / "drawing.py", "report/*.py")
    code = {path for place in places for path in PACKAGE.glob(str(place))}
    shipped = {SHIPPED[name] for name in exhibit.reads if name in SHIPPED}
    return hashlib.sha256(b"".join(map(content, sorted(code | shipped)))).hexdigest()


def options_of(exhibit):
    """Return a params function that gives what an exhibit is made from as options of the command line, as bash reads them."""
    shipped = {name: os.path.relpath(SHIPPED[name]) for name in exhibit.reads if name in SHIPPED}

    def options(wildcards, input):
        named = {**dict(input.items()), **shipped}.items()
        lists = [(name, [files] if isinstance(files, str) else files) for name, files in named]
        return " ".join(f"--{name.replace('_', '-')}={folded(files)}" for name, files in lists)

    return options


def applicable(exhibits):
    """Return the names of those that have something to show in this run; others say in words that they have not.

    Where trainings are published, those that show more than their metrics are made for who asks for them by name.
    """
    return [
        name
        for name, exhibit in exhibits.items()
        if exhibit.applicable(CONFIG) and (not PUBLISHED or exhibit.reads.keys() <= OF_METRICS)
    ]


def together(exhibit):
    """Return the group of a figure or a table; none where it reads a file of every run.

    Whenever an input of a job in a group is made, Snakemake counts all its inputs again: an hour where there are 10 000.
    """
    return None if any(a.of_runs for a in exhibit.reads.values()) else "comparison"
