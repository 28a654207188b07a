rule evaluate_gan:
    input:
        **EMBEDDING,
        generator=rules.train_gan.output.generator,
        reference=rules.reference.output.features,
    output:
        metrics="results/{run}/evaluate/{architecture}/{method}/{rates}/seed{seed}/metrics.csv",
        curves="results/{run}/evaluate/{architecture}/{method}/{rates}/seed{seed}/curves.csv",
        examples="results/{run}/evaluate/{architecture}/{method}/{rates}/seed{seed}/examples.npz",
        recipe="results/{run}/evaluate/{architecture}/{method}/{rates}/seed{seed}/recipe.json",
        provenance="results/{run}/evaluate/{architecture}/{method}/{rates}/seed{seed}/provenance.json",
    log:
        "logs/{run}/evaluate/{architecture}.{method}.{rates}.seed{seed}.log",
    conda:
        "../../envs/showergan.yaml"
    resources:
        gpu=1,
        mem_mb=memory(TORCH, 5),
        runtime=minutes(30, 2),
    params:
        recipe=recipe_of("evaluate"),
    message:
        "Evaluating {wildcards.method} of {wildcards.architecture} at {wildcards.rates}, seed {wildcards.seed}: {log}"
    shell:
        with_recipe(
            "showergan evaluate --generator {input.generator:q}"
            + EMBEDDING_OPTION
            + " --reference {input.reference:q} --recipe {output.recipe:q}"
            " --metrics {output.metrics:q} --curves {output.curves:q}"
            " --examples {output.examples:q} --provenance {output.provenance:q} > {log:q} 2>&1"
        )


ANCHORS = f"{TABLE}/anchors.csv" if PUBLISHED else rules.reference.output.anchors

if PUBLISHED:

    rule unpack:
        input:
            table=f"{TABLE}/metrics.json.xz",
        output:
            metrics=[f"results/{CONFIG.run}/published/{name}/metrics.csv" for name in PUBLISHED],
            recipe=f"results/{CONFIG.run}/published/recipe.json",
            provenance=f"results/{CONFIG.run}/published/provenance.json",
        log:
            f"logs/{CONFIG.run}/unpack.log",
        conda:
            "../../envs/showergan.yaml"
        params:
            recipe=recipe_of("unpack"),
            metrics=lambda wildcards, output: folded(output.metrics),
        message:
            "Taking published trainings from their table"
        shell:
            with_recipe(
                "showergan unpack --table {input.table:q} --metrics={params.metrics}"
                " --recipe {output.recipe:q} --provenance {output.provenance:q} > {log:q} 2>&1"
            )


rule evaluate:
    input:
        every_run(Metrics),
