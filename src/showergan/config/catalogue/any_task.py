"""Figures and tables of any task, and the artefacts that they are made from."""

from functools import partial

from showergan.config.catalogue import applicable as when
from showergan.config.catalogue import exhibit
from showergan.config.catalogue.exhibit import Artefact, Exhibit

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
    "grid": Artefact("learning rates of `choose`: CSV"),
    "verdicts": Artefact("verdicts of `verdicts`: CSV"),
    "ranks": Artefact("ranks of `verdicts`: CSV"),
    "robustness": Artefact("robustness of `verdicts`: CSV"),
    "claims": Artefact("tested claims of `claims`: CSV"),
    "protocol": Artefact("what few seeds would say, of `claims`: CSV"),
    "order": Artefact("agreement of architectures on methods of `claims`: CSV", names=NETS),
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
glance = partial(figure, section=exhibit.GLANCE)
comparison = partial(figure, section=exhibit.COMPARISON)
verdicts = partial(figure, section=exhibit.VERDICTS)
training = partial(figure, section=exhibit.TRAINING)
networks = partial(figure, section=exhibit.NETWORKS)
wgan_study = partial(figure, section=exhibit.WGAN_STUDY)
table = partial(figure, section=exhibit.IN_NUMBERS, kind="table")
published = partial(table, read="summary failures published", caption="published")
ORDER, RATES = when.methods_to_order, when.several_rates
EPOCHS, LOSSES = when.several_epochs, when.losses_over_epochs
SN, ABCAS = when.constraint("spectral_norm"), when.constraint("abcas")
TRAINED, PER_LAYER = when.constraint("trainable"), when.constraint("trainable_per_layer")
SEVERAL, RANDOM = when.several_architectures, when.random_architectures
STANDARD, SMALL = when.architecture("standard"), when.architecture("small")

EXHIBITS = (
    glance(
        "conclusion",
        "1 Conclusion",
        "summary verdicts robustness acceptance scorecard",
        kind="text",
    ),
    glance("scorecard", "2 Scorecard", "scorecard_means"),
    glance("differences", "4 Differences to the baseline", "verdicts", when.baseline),
    glance(
        "learning_rates.robustness",
        "5 Robustness to the learning rates",
        "summary grid robustness anchors",
        RATES,
        every_architecture=True,
    ),
    comparison("prd.score_over_epochs", "PRD-AUC over epochs", "metrics anchors grid", EPOCHS),
    comparison("prd.prd_curves", "Precision and recall", "curves anchor_curves grid"),
    comparison("scorecard.rank_agreement", "Do metrics agree?", "agreement", ORDER),
    verdicts("claims", "Claims", "claims", when.claims),
    verdicts("critical_difference", "Ranks", "ranks", when.ranks),
    verdicts(
        "learning_rates.learning_rate_grid", "Learning rates", "grid anchors", when.grid_of_rates
    ),
    training("losses", "Losses and Lipschitz bounds", "histories grid"),
    training("lipschitz", "Lipschitz bounds and gradients", "lipschitz grid"),
    training(
        "lipschitz.binding",
        "Lipschitz bounds beside scores",
        "lipschitz summary grid anchors",
        RATES,
    ),
    training("multipliers.abcas", "Exponent of ABCAS", "histories", ABCAS),
    training("multipliers", "Multiplier of the output", "histories", TRAINED),
    training("multipliers.layer_multipliers", "Multipliers of the layers", "histories", PER_LAYER),
    training("update_cosine", "What a change of scale changes", "audit", SN),
    networks("architectures.generator_architecture", "Generator", "architectures"),
    networks("architectures.discriminator_architecture", "Discriminator", "architectures"),
    wgan_study(
        "losses.loss_meaning",
        "Does the loss mean something?",
        "loss_estimates loss_meaning loss_correlation",
        LOSSES,
    ),
    wgan_study(
        "losses.convergence", "Convergence by steps and by the clock", "loss_meaning", LOSSES
    ),
    table("failures", "Failures", "failures"),
    table("scorecard", "Scorecard", "scorecard"),
    table("claims", "Claims", "claims", when.claims),
    table("claims.protocol", "Claims by few seeds", "protocol", when.claims),
    table(
        "claims.order_of_methods", "Order of the methods", "order", when.claims_and_architectures
    ),
    table("verdicts", "Verdicts", "verdicts", when.baseline),
    table("verdicts.robustness", "Robustness to the learning rates", "robustness", RATES),
    table("outcomes", "Architectures under each method", "outcomes", SEVERAL),
    table("outcomes.successes", "Architectures on which one of two succeeds", "successes", RANDOM),
    published("published.all_methods", "All methods"),
    published("published.table_1", "Table 1: bounds on the discriminator", applicable=STANDARD),
    published("published.table_2", "Table 2: what is built on SN", applicable=STANDARD),
    published("published.table_3", "Table 3: the small discriminator", applicable=SMALL),
)
