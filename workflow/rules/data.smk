from functools import cache

# Snakemake sees that a file is later than what was made of it, and no change within a folder. What is seen of both goes by
# this to the rule that reads them; the time of a folder says nothing then.
SOURCES = [ancient(path) if Path(path).is_dir() else path for path in CONFIG.data.files]
state_once = cache(state)
SEEN = {"sources": lambda wildcards: state_once(CONFIG.data.files)} if SOURCES else {}

if not TASK.own_data:

    rule make_data:
        input:
            SOURCES,
        output:
            data=DATASET,
            recipe="results/{run}/data/recipe.json",
            provenance="results/{run}/data/provenance.json",
        log:
            "logs/{run}/make_data.log",
        conda:
            "../../envs/showergan.yaml"
        resources:
            mem_mb=memory(LIGHT, 5),
            runtime=minutes(30, 0.1),
        params:
            **SEEN,
            recipe=recipe_of("make_data"),
        message:
            "Making and splitting the data"
        shell:
            with_recipe(
                "showergan make-data --recipe {output.recipe:q} --out {output.data:q}"
                " --provenance {output.provenance:q} > {log:q} 2>&1"
            )


rule reference:
    input:
        **EMBEDDING,
        data=DATASET,
    output:
        features="results/{run}/reference/features.h5",
        anchors="results/{run}/reference/anchors.csv",
        curves="results/{run}/reference/curves.csv",
        recipe="results/{run}/reference/recipe.json",
        provenance="results/{run}/reference/provenance.json",
    log:
        "logs/{run}/reference.log",
    conda:
        "../../envs/showergan.yaml"
    resources:
        gpu=1,
        mem_mb=memory(TORCH, 5),
        runtime=minutes(30, 2),
    params:
        recipe=recipe_of("reference"),
    message:
        "Computing features, ceilings and floors of the real samples: {log}"
    shell:
        with_recipe(
            "showergan reference --data {input.data:q}"
            + EMBEDDING_OPTION
            + " --recipe {output.recipe:q} --out {output.features:q} --anchors {output.anchors:q}"
            " --curves {output.curves:q} --provenance {output.provenance:q} > {log:q} 2>&1"
        )
