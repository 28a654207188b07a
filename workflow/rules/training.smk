rule train_gan:
    input:
        DATASET,
    output:
        generator="results/{run}/train/{architecture}/{method}/{rates}/seed{seed}/generator.pt",
        history="results/{run}/train/{architecture}/{method}/{rates}/seed{seed}/history.csv",
        lipschitz="results/{run}/train/{architecture}/{method}/{rates}/seed{seed}/lipschitz.csv",
        run="results/{run}/train/{architecture}/{method}/{rates}/seed{seed}/run.json",
        recipe="results/{run}/train/{architecture}/{method}/{rates}/seed{seed}/recipe.json",
        provenance="results/{run}/train/{architecture}/{method}/{rates}/seed{seed}/provenance.json",
    log:
        "logs/{run}/train/{architecture}.{method}.{rates}.seed{seed}.log",
    conda:
        "../../envs/showergan.yaml"
    resources:
        gpu=1,
        mem_mb=memory(TORCH, 5),
        runtime=minutes(30, training_rate),
    params:
        recipe=recipe_of("train", "architecture", "method", "rates", "seed"),
    message:
        "Training {wildcards.method} of {wildcards.architecture} at {wildcards.rates}, seed {wildcards.seed}: {log}"
    shell:
        with_recipe(
            in_time(
                "showergan train --data {input:q} --recipe {output.recipe:q}"
                " --generator {output.generator:q} --history {output.history:q}"
                " --lipschitz {output.lipschitz:q} --run {output.run:q}"
                " --provenance {output.provenance:q} > {log:q} 2>&1"
            )
        )


rule train:
    input:
        every_run(rules.train_gan.output.generator),


rule audit:
    input:
        DATASET,
    output:
        cosines="results/{run}/audit.csv",
        recipe="results/{run}/audit.recipe.json",
        provenance="results/{run}/audit.provenance.json",
    log:
        "logs/{run}/audit.log",
    conda:
        "../../envs/showergan.yaml"
    resources:
        gpu=1,
        mem_mb=memory(TORCH, 5),
        runtime=minutes(30),
    params:
        recipe=recipe_of("audit"),
    message:
        "Measuring what a change of the discriminator's scale changes: {log}"
    shell:
        with_recipe(
            "showergan audit --data {input:q} --recipe {output.recipe:q}"
            " --out {output.cosines:q} --provenance {output.provenance:q} > {log:q} 2>&1"
        )


rule describe:
    input:
        DATASET,
    output:
        architectures="results/{run}/architectures.csv",
        recipe="results/{run}/architectures.recipe.json",
        provenance="results/{run}/architectures.provenance.json",
    log:
        "logs/{run}/describe.log",
    conda:
        "../../envs/showergan.yaml"
    resources:
        mem_mb=memory(TORCH, 5),
        runtime=minutes(30),
    params:
        recipe=recipe_of("describe"),
    message:
        "Describing the networks"
    shell:
        with_recipe(
            "showergan describe --data {input:q} --recipe {output.recipe:q}"
            " --out {output.architectures:q} --provenance {output.provenance:q} > {log:q} 2>&1"
        )
