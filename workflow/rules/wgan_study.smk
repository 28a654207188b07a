rule outcomes:
    input:
        summary=rules.summarise.output.summary,
        failures=rules.scorecard.output.failures,
    output:
        outcomes="results/{run}/outcomes.csv",
        successes="results/{run}/successes.csv",
        recipe="results/{run}/outcomes.recipe.json",
        provenance="results/{run}/outcomes.provenance.json",
    log:
        "logs/{run}/outcomes.log",
    group:
        "comparison"
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=recipe_of("outcomes"),
    message:
        "Counting on which architectures methods succeed"
    shell:
        with_recipe(
            "showergan outcomes --summary {input.summary:q} --failures {input.failures:q}"
            " --recipe {output.recipe:q} --out {output.outcomes:q} --successes {output.successes:q}"
            " --provenance {output.provenance:q} > {log:q} 2>&1"
        )


rule loss_meaning:
    input:
        metrics=every_run(rules.evaluate_gan.output.metrics),
        histories=every_run(rules.train_gan.output.history),
        trainings=every_run(rules.train_gan.output.run),
    output:
        estimates="results/{run}/loss_estimates.csv",
        meaning="results/{run}/loss_meaning.csv",
        correlation="results/{run}/loss_correlation.csv",
        recipe="results/{run}/loss_meaning.recipe.json",
        provenance="results/{run}/loss_meaning.provenance.json",
    log:
        "logs/{run}/loss_meaning.log",
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=recipe_of("loss_meaning"),
        metrics=lambda wildcards, input: folded(input.metrics),
        histories=lambda wildcards, input: folded(input.histories),
        trainings=lambda wildcards, input: folded(input.trainings),
    message:
        "Asking whether losses mean something"
    shell:
        with_recipe(
            "showergan loss-meaning {params.metrics} --histories={params.histories}"
            " --trainings={params.trainings} --recipe {output.recipe:q}"
            " --estimates {output.estimates:q} --out {output.meaning:q}"
            " --correlation {output.correlation:q} --provenance {output.provenance:q} > {log:q} 2>&1"
        )
