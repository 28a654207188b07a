DATA = "results/{run}/data/showers.h5"
FEATURES = "results/{run}/reference/features.h5"
ANCHORS = "results/{run}/reference/anchors.csv"
ARCHITECTURES = rules.describe.output.architectures
METRICS = every_run(rules.evaluate_gan.output.metrics)
GRID = rules.summarise.output.grid
HISTORIES = every_run(rules.train_gan.output.history)

# The report sorts sections, and the titles in them, by name: the numbers are the order of reading.
GLANCE = "1 At a glance"
COMPARISON, VERDICTS, TRAINING = "2 Comparison", "3 Verdicts", "4 Training"
INPUTS, NETWORKS, IN_NUMBERS = "5 Data", "6 Networks", "7 Tables"

# name: title and section in the report, inputs
FIGURES = {
    "task": ("The task", INPUTS, {"showers": DATA}),
    "target_showers": ("Target showers", INPUTS, {"showers": DATA}),
    "entry_points": (
        "Entry points and their bins",
        INPUTS,
        {"showers": DATA, "reference": FEATURES, "anchors": ANCHORS},
    ),
    "embedding": (
        "Predictions of the embedding",
        INPUTS,
        {
            "predictions": rules.train_embedding.output.predictions,
            "metrics": rules.train_embedding.output.metrics,
        },
    ),
    "generator_architecture": ("Generator", NETWORKS, {"architectures": ARCHITECTURES}),
    "discriminator_architecture": ("Discriminator", NETWORKS, {"architectures": ARCHITECTURES}),
    "score_over_epochs": (
        "PRD-AUC over epochs",
        COMPARISON,
        {"metrics": METRICS, "anchors": ANCHORS, "grid": GRID},
    ),
    "conditional_scores": (
        "Conditional PRD-AUC, SN against ABCAS",
        COMPARISON,
        {"metrics": METRICS, "anchors": ANCHORS},
    ),
    "prd_curves": (
        "Precision and recall",
        COMPARISON,
        {
            "curves": every_run(rules.evaluate_gan.output.curves),
            "anchors": "results/{run}/reference/curves.csv",
            "grid": GRID,
        },
    ),
    "generated_showers": (
        "3 Generated beside real showers",
        GLANCE,
        {
            "reference": FEATURES,
            "examples": first_seed(rules.evaluate_gan.output.examples),
            "grid": GRID,
        },
    ),
    "scorecard": (
        "2 Scorecard",
        GLANCE,
        {"scorecard": rules.scorecard.output.scorecard},
    ),
    "rank_agreement": (
        "Do metrics agree?",
        COMPARISON,
        {"agreement": rules.scorecard.output.agreement},
    ),
    "energy_response": (
        "Energy response and resolution",
        COMPARISON,
        {"metrics": METRICS, "anchors": ANCHORS, "grid": GRID},
    ),
    "differences": (
        "4 Differences to vanilla SN",
        GLANCE,
        {"verdicts": rules.verdicts.output.verdicts},
    ),
    "robustness": (
        "5 Robustness to the learning rates",
        GLANCE,
        {
            "summary": rules.summarise.output.summary,
            "grid": GRID,
            "robustness": rules.verdicts.output.robustness,
            "anchors": ANCHORS,
        },
    ),
    "critical_difference": ("Ranks", VERDICTS, {"summary": rules.summarise.output.summary}),
    "learning_rate_grid": (
        "Learning rates",
        VERDICTS,
        {"grid": GRID, "anchors": ANCHORS},
    ),
    "losses": (
        "Losses and Lipschitz bounds",
        TRAINING,
        {"histories": HISTORIES, "grid": GRID},
    ),
    "multipliers": ("Multiplier of the output", TRAINING, {"histories": HISTORIES}),
    "layer_multipliers": ("Multipliers of the layers", TRAINING, {"histories": HISTORIES}),
    "abcas": ("r of ABCAS", TRAINING, {"histories": HISTORIES}),
    "lipschitz": (
        "Lipschitz bounds and gradients",
        TRAINING,
        {"lipschitz": every_run(rules.train_gan.output.lipschitz), "grid": GRID},
    ),
    "update_cosine": (
        "What a change of scale changes",
        TRAINING,
        {"cosines": rules.audit.output.cosines},
    ),
}
