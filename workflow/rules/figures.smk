SHOWERS = "results/{run}/data/showers.h5"
FEATURES = "results/{run}/reference/features.h5"
CEILING = "results/{run}/reference/ceiling.csv"

# name: title and section in the report, inputs
FIGURES = {
    "target_showers": ("Target showers", "Data", {"showers": SHOWERS}),
    "entry_points": (
        "Entry points and their bins",
        "Data",
        {"showers": SHOWERS, "reference": FEATURES, "ceiling": CEILING},
    ),
    "embedding": (
        "Predictions of the embedding",
        "Data",
        {
            "predictions": rules.train_embedding.output.predictions,
            "metrics": rules.train_embedding.output.metrics,
        },
    ),
    "score_over_epochs": (
        "PRD-AUC over epochs",
        "Comparison",
        {"metrics": every_run(rules.evaluate_gan.output.metrics), "ceiling": CEILING},
    ),
    "prd_curves": (
        "Precision and recall",
        "Comparison",
        {"curves": every_run(rules.evaluate_gan.output.curves)},
    ),
    "generated_showers": (
        "Generated beside real showers",
        "Comparison",
        {
            "reference": FEATURES,
            "examples": first_seed(rules.evaluate_gan.output.examples),
        },
    ),
    "losses": (
        "Losses and Lipschitz bounds",
        "Training",
        {"histories": every_run(rules.train_gan.output.history)},
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
