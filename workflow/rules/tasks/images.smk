rule train_image_embedding:
    input:
        DATASET,
    output:
        model="results/{run}/embedding/model.pt",
        metrics="results/{run}/embedding/metrics.json",
        recipe="results/{run}/embedding/recipe.json",
        provenance="results/{run}/embedding/provenance.json",
    log:
        "logs/{run}/train_image_embedding.log",
    priority: 1  # every evaluation waits for it
    conda:
        "../../../envs/showergan.yaml"
    resources:
        gpu=1,
        mem_mb=memory(TORCH, 5),
        runtime=minutes(30, 0.1 * CONFIG.embedding.epochs),
    params:
        recipe=recipe_of("train_image_embedding"),
    message:
        "Training the network that images are measured with: {log}"
    shell:
        with_recipe(
            in_time(
                "showergan train-image-embedding --data {input:q} --recipe {output.recipe:q}"
                " --out {output.model:q} --metrics {output.metrics:q}"
                " --provenance {output.provenance:q} > {log:q} 2>&1"
            )
        )
