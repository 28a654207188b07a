DATA = "results/{run}/data/showers.h5"
FEATURES = "results/{run}/reference/features.h5"
ANCHORS = "results/{run}/reference/anchors.csv"
ARCHITECTURES = rules.describe.output[0]
METRICS = every_run(rules.evaluate_gan.output.metrics)
HISTORIES = every_run(rules.train_gan.output.history)

# name: title and section in the report, inputs
FIGURES = {
    "task": ("The task", "Data", {"showers": DATA}),
    "target_showers": ("Target showers", "Data", {"showers": DATA}),
    "entry_points": (
        "Entry points and their bins",
        "Data",
        {"showers": DATA, "reference": FEATURES, "anchors": ANCHORS},
    ),
    "embedding": (
        "Predictions of the embedding",
        "Data",
        {
            "predictions": rules.train_embedding.output.predictions,
            "metrics": rules.train_embedding.output.metrics,
        },
    ),
    "generator_architecture": ("Generator", "Networks", {"architectures": ARCHITECTURES}),
    "discriminator_architecture": ("Discriminator", "Networks", {"architectures": ARCHITECTURES}),
    "score_over_epochs": (
        "PRD-AUC over epochs",
        "Comparison",
        {"metrics": METRICS, "anchors": ANCHORS},
    ),
    "conditional_scores": (
        "Conditional PRD-AUC, SN against ABCAS",
        "Comparison",
        {"metrics": METRICS, "anchors": ANCHORS},
    ),
    "prd_curves": (
        "Precision and recall",
        "Comparison",
        {
            "curves": every_run(rules.evaluate_gan.output.curves),
            "anchors": "results/{run}/reference/curves.csv",
        },
    ),
    "generated_showers": (
        "Generated beside real showers",
        "Comparison",
        {"reference": FEATURES, "examples": first_seed(rules.evaluate_gan.output.examples)},
    ),
    "scorecard": (
        "Scorecard",
        "Comparison",
        {"scorecard": rules.scorecard.output.scorecard},
    ),
    "rank_agreement": (
        "Do metrics agree?",
        "Comparison",
        {"agreement": rules.scorecard.output.agreement},
    ),
    "energy_response": (
        "Energy response and resolution",
        "Comparison",
        {"metrics": METRICS, "anchors": ANCHORS},
    ),
    "differences": (
        "Differences to vanilla SN",
        "Verdicts",
        {"verdicts": rules.verdicts.output[0]},
    ),
    "critical_difference": ("Ranks", "Verdicts", {"summary": rules.summarise.output.summary}),
    "learning_rate_grid": (
        "Learning rates",
        "Verdicts",
        {"grid": rules.summarise.output.grid, "anchors": ANCHORS},
    ),
    "losses": ("Losses and Lipschitz bounds", "Training", {"histories": HISTORIES}),
    "multipliers": ("Multiplier of the output", "Training", {"histories": HISTORIES}),
    "layer_multipliers": ("Multipliers of the layers", "Training", {"histories": HISTORIES}),
    "abcas": ("r of ABCAS", "Training", {"histories": HISTORIES}),
    "lipschitz": (
        "Lipschitz bounds and gradients",
        "Training",
        {"lipschitz": every_run(rules.train_gan.output.lipschitz)},
    ),
    "update_cosine": (
        "What a change of scale changes",
        "Training",
        {"cosines": rules.audit.output[0]},
    ),
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
                labels={"figure": title},
            ),
            pdf="results/{run}/figures/{figure}.pdf",
        log:
            "logs/{run}/figures/{figure}.log",
        wildcard_constraints:
            figure=figure,
        conda:
            "../../envs/render.yaml"
        params:
            look=look,
        message:
            "Drawing {wildcards.figure}"
        script:
            "../scripts/figures/{wildcards.figure}.py"


rule figures:
    input:
        expand("results/{run}/figures/{figure}.png", run=CONFIG.run, figure=FIGURES),
