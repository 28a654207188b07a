include: "showers_sources.smk"


rule preprocess:
    input:
        SOURCES or "results/{run}/data/source.npz",
    output:
        showers="results/{run}/data/showers.h5",
        recipe="results/{run}/data/showers.recipe.json",
        provenance="results/{run}/data/showers.provenance.json",
    log:
        "logs/{run}/preprocess.log",
    conda:
        "../../../envs/showergan.yaml"
    resources:
        mem_mb=memory(LIGHT),
        runtime=minutes(30, 0.1),
    params:
        **SEEN,
        recipe=recipe_of("preprocess"),
    message:
        "Checking and splitting the showers"
    shell:
        with_recipe(
            "showergan preprocess --source {input:q} --recipe {output.recipe:q}"
            " --out {output.showers:q} --provenance {output.provenance:q} > {log:q} 2>&1"
        )


if CONFIG.embedding.file:

    rule take_embedding:
        input:
            "results/{run}/data/showers.h5",
        output:
            model="results/{run}/embedding/model.pt",
            metrics="results/{run}/embedding/metrics.json",
            predictions="results/{run}/embedding/predictions.csv",
            recipe="results/{run}/embedding/recipe.json",
            provenance="results/{run}/embedding/provenance.json",
        log:
            "logs/{run}/take_embedding.log",
        priority: 1  # every evaluation waits for it
        conda:
            "../../../envs/showergan.yaml"
        resources:
            gpu=1,
            mem_mb=memory(TORCH, 5),
            runtime=minutes(30),
        params:
            recipe=recipe_of("take_embedding"),
        message:
            "Taking the embedding: {log}"
        shell:
            with_recipe(
                in_time(
                    "showergan take-embedding --data {input:q} --recipe {output.recipe:q}"
                    " --out {output.model:q} --metrics {output.metrics:q} --predictions {output.predictions:q}"
                    " --provenance {output.provenance:q} > {log:q} 2>&1"
                )
            )

else:

    rule train_embedding:
        input:
            "results/{run}/data/showers.h5",
        output:
            model="results/{run}/embedding/model.pt",
            metrics="results/{run}/embedding/metrics.json",
            predictions="results/{run}/embedding/predictions.csv",
            recipe="results/{run}/embedding/recipe.json",
            provenance="results/{run}/embedding/provenance.json",
        log:
            "logs/{run}/train_embedding.log",
        priority: 1  # every evaluation waits for it
        conda:
            "../../../envs/showergan.yaml"
        resources:
            gpu=1,
            mem_mb=memory(TORCH, 5),
            runtime=minutes(30, 0.1 * CONFIG.embedding.epochs),
        params:
            recipe=recipe_of("train_embedding"),
        message:
            "Training the embedding: {log}"
        shell:
            with_recipe(
                in_time(
                    "showergan train-embedding --data {input:q} --recipe {output.recipe:q}"
                    " --out {output.model:q} --metrics {output.metrics:q} --predictions {output.predictions:q}"
                    " --provenance {output.provenance:q} > {log:q} 2>&1"
                )
            )


ARTEFACTS |= {
    "predictions": "results/{run}/embedding/predictions.csv",
    "embedding_metrics": "results/{run}/embedding/metrics.json",
}
