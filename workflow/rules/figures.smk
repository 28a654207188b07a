DATA = "results/{run}/data/showers.h5"
FEATURES = "results/{run}/reference/features.h5"
ANCHORS = "results/{run}/reference/anchors.csv"
ARCHITECTURES = rules.describe.output[0]
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
        {"cosines": rules.audit.output[0]},
    ),
}

KINDS = {constraint.kind for method in METHODS.values() for constraint in method.constraints}
PAIRS = [CONFIG.learning_rates(method) for method in METHODS]
N_EPOCHS = len(CONFIG.training.evaluated_epochs)

# When a figure has something to show; the others always have. What has not is left out of the run; asked for by its
# name, it says so in words.
WORTH_DRAWING = {
    "score_over_epochs": N_EPOCHS > 1,
    # Its thick lines are running means over three epochs.
    "conditional_scores": N_EPOCHS >= 3 and not {"sn", "abcas"}.isdisjoint(METHODS),
    "rank_agreement": len(METHODS) >= 3,
    "differences": "sn" in METHODS and len(METHODS) >= 2,
    # Of fewer seeds or methods the critical difference is as long as the axis of ranks, whatever the ranks.
    "critical_difference": len(METHODS) >= 3 and len(CONFIG.training.seeds) >= 3,
    "robustness": any(len(pairs) > 1 for pairs in PAIRS),
    # With one rate of either network the figure of robustness shows the same, and more.
    "learning_rate_grid": any(
        len({pair.generator for pair in pairs}) > 1
        and len({pair.discriminator for pair in pairs}) > 1
        for pairs in PAIRS
    ),
    "multipliers": "trainable" in KINDS,
    "layer_multipliers": "trainable_per_layer" in KINDS,
    "abcas": "abcas" in KINDS,
}

for figure, (title, section, sources) in FIGURES.items():

    rule:
        name:
            f"figure_{figure}"
        input:
            **sources,
            code=rendering_code(),
        output:
            png=report(
                "results/{run}/figures/{figure}.png",
                caption=f"../report/{figure}.rst",
                category=section,
                labels={"result": title},
            ),
            pdf="results/{run}/figures/{figure}.pdf",
        log:
            "logs/{run}/figures/{figure}.log",
        wildcard_constraints:
            figure=figure,
        conda:
            "../../envs/showergan.yaml"
        params:
            look=look,
        message:
            "Drawing {wildcards.figure}"
        script:
            "../scripts/figures/{wildcards.figure}.py"


rule figures:
    input:
        expand(
            "results/{run}/figures/{figure}.png",
            run=CONFIG.run,
            figure=[figure for figure in FIGURES if WORTH_DRAWING.get(figure, True)],
        ),
