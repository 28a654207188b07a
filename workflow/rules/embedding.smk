if "train_embedding" in STEPS_OF_TASK:

    rule train_embedding:
        input:
            "results/{run}/data/showers.h5",
        output:
            model="results/{run}/embedding/model.pt",
            metrics="results/{run}/embedding/metrics.json",
            predictions="results/{run}/embedding/predictions.csv",
            recipe="results/{run}/embedding/recipe.json",
        log:
            "logs/{run}/train_embedding.log",
        benchmark:
            "results/{run}/benchmarks/train_embedding.tsv"
        priority: 1  # every evaluation waits for it
        conda:
            "../../envs/showergan.yaml"
        resources:
            gpu=1,
        params:
            recipe=recipe_of("train_embedding"),
        message:
            "Training the embedding"
        shell:
            "showergan train-embedding --data {input:q} --recipe {params.recipe:q}"
            " --out {output.model:q} --metrics {output.metrics:q}"
            " --predictions {output.predictions:q} --keep-recipe {output.recipe:q} > {log:q} 2>&1"


rule reference:
    input:
        **EMBEDDING,
        data=DATASET,
    output:
        features="results/{run}/reference/features.h5",
        anchors="results/{run}/reference/anchors.csv",
        curves="results/{run}/reference/curves.csv",
        recipe="results/{run}/reference/recipe.json",
    log:
        "logs/{run}/reference.log",
    benchmark:
        "results/{run}/benchmarks/reference.tsv"
    conda:
        "../../envs/showergan.yaml"
    resources:
        gpu=1,
    params:
        recipe=recipe_of("reference"),
    message:
        "Computing features, ceilings and floors of the real samples"
    shell:
        "showergan reference --data {input.data:q}"
        + EMBEDDING_OPTION
        + " --recipe {params.recipe:q} --out {output.features:q} --anchors {output.anchors:q}"
        " --curves {output.curves:q} --keep-recipe {output.recipe:q} > {log:q} 2>&1"
