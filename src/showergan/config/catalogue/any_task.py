"""Figures and tables of any task, and the artefacts that they are made from."""

from functools import partial

from showergan.config.catalogue import applicable as when
from showergan.config.catalogue.exhibit import (
    COMPARISON,
    GLANCE,
    IN_NUMBERS,
    NETWORKS,
    TRAINING,
    VERDICTS,
    WGAN_STUDY,
    Artefact,
    Exhibit,
)

METHODS, NETS, NONE = ("labels", "architectures"), ("architectures",), ()

ARTEFACTS = {
    "data": Artefact("data set of `preprocess` or `make-data`: HDF5", "path", names=NONE),
    "reference": Artefact("features of the real samples: HDF5 of `reference`", "path", names=NONE),
    "anchors": Artefact("ceilings and floors of `reference`: CSV", names=NONE),
    "anchor_curves": Artefact("PRD curves of `reference`: CSV", names=NONE),
    "architectures": Artefact("layers of the networks: CSV of `describe`", names=NETS),
    "audit": Artefact("effects of changes of the discriminator: CSV of `audit`", names=NETS),
    "histories": Artefact("history.csv of each run", of_runs=True, names=(*METHODS, "offsets")),
    "lipschitz": Artefact("lipschitz.csv of each run", of_runs=True),
    "metrics": Artefact("metrics.csv of each run", of_runs=True),
    "curves": Artefact("curves.csv of each run", "curves", of_runs=True),
    "examples": Artefact("examples.npz of a run of each method", "examples", of_runs=True),
    "summary": Artefact("summary of `summarise`: CSV"),
    "grid": Artefact("learning rates of `summarise`: CSV"),
    "verdicts": Artefact("verdicts of `verdicts`: CSV"),
    "ranks": Artefact("ranks of `verdicts`: CSV"),
    "robustness": Artefact("robustness of `verdicts`: CSV"),
    "scorecard": Artefact("scorecard of `scorecard`: CSV"),
    "scorecard_means": Artefact("table of the scorecard, means over seeds: CSV"),
    "agreement": Artefact("agreement of metrics of `scorecard`: CSV", names=NETS),
    "failures": Artefact("failures of `scorecard`: CSV"),
    "outcomes": Artefact("outcomes of methods on architectures: CSV of `outcomes`"),
    "successes": Artefact("on how many one of two succeeds: CSV of `outcomes`"),
    "acceptance": Artefact("acceptance criteria of `acceptance`: CSV"),
    "loss_estimates": Artefact("estimated distances of `loss_meaning`: CSV"),
    "loss_meaning": Artefact("estimates and quality of `loss_meaning`: CSV"),
    "loss_correlation": Artefact("Spearman's rho of `loss_meaning`: CSV"),
    "published": Artefact("published values: CSV", "published", names=(*METHODS, "settings")),
}

figure = partial(Exhibit, artefacts=ARTEFACTS)
table = partial(Exhibit, artefacts=ARTEFACTS, section=IN_NUMBERS, kind="table")
published = partial(table, read="summary published", caption="published")
ORDER, RATES = when.methods_to_order, when.several_rates
EPOCHS, LOSSES = when.several_epochs, when.losses_over_epochs
SN, ABCAS = when.constraint("spectral_norm"), when.constraint("abcas")
TRAINED, PER_LAYER = when.constraint("trainable"), when.constraint("trainable_per_layer")
SEVERAL, RANDOM = when.several_architectures, when.random_architectures
STANDARD, SMALL = when.architecture("standard"), when.architecture("small")

EXHIBITS = (
    figure(
        "conclusion",
        "1 Conclusion",
        GLANCE,
        "summary verdicts robustness acceptance scorecard",
        kind="text",
    ),
    figure("scorecard", "2 Scorecard", GLANCE, "scorecard_means"),
    figure("differences", "4 Differences to the baseline", GLANCE, "verdicts", when.baseline),
    figure(
        "robustness",
        "5 Robustness to the learning rates",
        GLANCE,
        "summary grid robustness anchors",
        RATES,
    ),
    figure(
        "prd.score_over_epochs", "PRD-AUC over epochs", COMPARISON, "metrics anchors grid", EPOCHS
    ),
    figure("prd.prd_curves", "Precision and recall", COMPARISON, "curves anchor_curves grid"),
    figure("scorecard.rank_agreement", "Do metrics agree?", COMPARISON, "agreement", ORDER),
    figure("critical_difference", "Ranks", VERDICTS, "ranks", when.ranks),
    figure("learning_rate_grid", "Learning rates", VERDICTS, "grid anchors", when.grid_of_rates),
    figure("losses", "Losses and Lipschitz bounds", TRAINING, "histories grid"),
    figure("lipschitz", "Lipschitz bounds and gradients", TRAINING, "lipschitz grid"),
    figure(
        "lipschitz.binding",
        "Lipschitz bounds beside scores",
        TRAINING,
        "lipschitz summary grid anchors",
        RATES,
    ),
    figure("abcas", "Exponent of ABCAS", TRAINING, "histories", ABCAS),
    figure("multipliers", "Multiplier of the output", TRAINING, "histories", TRAINED),
    figure(
        "multipliers.layer_multipliers",
        "Multipliers of the layers",
        TRAINING,
        "histories",
        PER_LAYER,
    ),
    figure("update_cosine", "What a change of scale changes", TRAINING, "audit", SN),
    figure("architectures.generator_architecture", "Generator", NETWORKS, "architectures"),
    figure("architectures.discriminator_architecture", "Discriminator", NETWORKS, "architectures"),
    figure(
        "loss_meaning",
        "Does the loss mean something?",
        WGAN_STUDY,
        "loss_estimates loss_meaning loss_correlation",
        LOSSES,
    ),
    figure(
        "loss_meaning.convergence",
        "Convergence by steps and by the clock",
        WGAN_STUDY,
        "loss_meaning",
        LOSSES,
    ),
    table("failures", "Failures", read="failures"),
    table("scorecard", "Scorecard", read="scorecard"),
    table("verdicts", "Verdicts", read="verdicts", applicable=when.baseline),
    table(
        "verdicts.robustness",
        "Robustness to the learning rates",
        read="robustness",
        applicable=RATES,
    ),
    table("outcomes", "Architectures under each method", read="outcomes", applicable=SEVERAL),
    table(
        "outcomes.successes",
        "Architectures on which one of two succeeds",
        read="successes",
        applicable=RANDOM,
    ),
    published("published.all_methods", "All methods"),
    published("published.table_1", "Table 1: bounds on the discriminator", applicable=STANDARD),
    published("published.table_2", "Table 2: what is built on SN", applicable=STANDARD),
    published("published.table_3", "Table 3: the small discriminator", applicable=SMALL),
)
