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
