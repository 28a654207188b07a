rule verdicts:
    input:
        summary=rules.summarise.output.summary,
        grid=rules.choose.output.grid,
        scorecard=rules.scorecard.output.scorecard,
        failures=rules.scorecard.output.failures,
    output:
        verdicts="results/{run}/verdicts.csv",
        ranks="results/{run}/ranks.csv",
        robustness="results/{run}/robustness.csv",
        recipe="results/{run}/verdicts.recipe.json",
        provenance="results/{run}/verdicts.provenance.json",
    log:
        "logs/{run}/verdicts.log",
    group:
        "comparison"
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=recipe_of("verdicts"),
    message:
        "Testing every method against the baseline"
    shell:
        with_recipe(
            "showergan verdicts --summary {input.summary:q} --grid {input.grid:q}"
            " --scorecard {input.scorecard:q} --failures {input.failures:q}"
            " --recipe {output.recipe:q} --out {output.verdicts:q} --ranks {output.ranks:q}"
            " --robustness {output.robustness:q} --provenance {output.provenance:q} > {log:q} 2>&1"
        )


rule claims:
    input:
        summary=rules.summarise.output.summary,
        scorecard=rules.scorecard.output.scorecard,
        failures=rules.scorecard.output.failures,
    output:
        claims="results/{run}/claims.csv",
        protocol="results/{run}/protocol.csv",
        order="results/{run}/order_of_methods.csv",
        recipe="results/{run}/claims.recipe.json",
        provenance="results/{run}/claims.provenance.json",
    log:
        "logs/{run}/claims.log",
    group:
        "comparison"
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=recipe_of("claims"),
    message:
        "Testing claims"
    shell:
        with_recipe(
            "showergan claims --summary {input.summary:q} --scorecard {input.scorecard:q}"
            " --failures {input.failures:q} --recipe {output.recipe:q} --out {output.claims:q}"
            " --protocol {output.protocol:q} --order {output.order:q}"
            " --provenance {output.provenance:q} > {log:q} 2>&1"
        )


rule acceptance:
    input:
        scorecard=rules.scorecard.output.scorecard,
        failures=rules.scorecard.output.failures,
        anchors=ANCHORS,
    output:
        acceptance="results/{run}/acceptance.csv",
        recipe="results/{run}/acceptance.recipe.json",
        provenance="results/{run}/acceptance.provenance.json",
    log:
        "logs/{run}/acceptance.log",
    group:
        "comparison"
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=recipe_of("acceptance"),
    message:
        "Checking the acceptance criteria of the run"
    shell:
        with_recipe(
            "showergan acceptance --scorecard {input.scorecard:q} --failures {input.failures:q}"
            " --anchors {input.anchors:q} --recipe {output.recipe:q} --out {output.acceptance:q}"
            " --provenance {output.provenance:q} > {log:q} 2>&1"
        )
