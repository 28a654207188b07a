# A checkpoint: what it chooses says which trainings follow, see `at_chosen`.
checkpoint choose:
    input:
        every_tried_run(Metrics),
    output:
        grid="results/{run}/learning_rates.csv",
        recipe="results/{run}/learning_rates.recipe.json",
        provenance="results/{run}/learning_rates.provenance.json",
    log:
        "logs/{run}/choose.log",
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=recipe_of("choose"),
        metrics=lambda wildcards, input: folded(input),
    message:
        "Choosing learning rates"
    shell:
        with_recipe(
            "showergan choose {params.metrics} --recipe {output.recipe:q} --out {output.grid:q}"
            " --provenance {output.provenance:q} > {log:q} 2>&1"
        )


rule summarise:
    input:
        metrics=every_run(Metrics),
        anchors=ANCHORS,
        grid=rules.choose.output.grid,
    output:
        summary="results/{run}/summary.csv",
        recipe="results/{run}/summary.recipe.json",
        provenance="results/{run}/summary.provenance.json",
    log:
        "logs/{run}/summarise.log",
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=recipe_of("summarise"),
        metrics=lambda wildcards, input: folded(input.metrics),
    message:
        "Summarising all trainings"
    shell:
        with_recipe(
            "showergan summarise {params.metrics} --anchors {input.anchors:q} --grid {input.grid:q}"
            " --recipe {output.recipe:q} --out {output.summary:q}"
            " --provenance {output.provenance:q} > {log:q} 2>&1"
        )


rule scorecard:
    input:
        metrics=every_run(Metrics),
        anchors=ANCHORS,
        summary=rules.summarise.output.summary,
    output:
        scorecard="results/{run}/scorecard.csv",
        agreement="results/{run}/rank_agreement.csv",
        failures="results/{run}/failures.csv",
        recipe="results/{run}/scorecard.recipe.json",
        provenance="results/{run}/scorecard.provenance.json",
    log:
        "logs/{run}/scorecard.log",
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=recipe_of("scorecard"),
        metrics=lambda wildcards, input: folded(input.metrics),
    message:
        "Judging all trainings by every metric"
    shell:
        with_recipe(
            "showergan scorecard {params.metrics} --anchors {input.anchors:q}"
            " --summary {input.summary:q} --recipe {output.recipe:q} --out {output.scorecard:q}"
            " --agreement {output.agreement:q} --failures {output.failures:q}"
            " --provenance {output.provenance:q} > {log:q} 2>&1"
        )
