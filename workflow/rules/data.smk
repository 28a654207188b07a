if "simulate" in STEPS_OF_TASK:

    rule simulate:
        output:
            showers="results/{run}/data/source.npz",
            recipe="results/{run}/data/source.recipe.json",
        log:
            "logs/{run}/simulate.log",
        benchmark:
            "results/{run}/benchmarks/simulate.tsv"
        conda:
            "../../envs/showergan.yaml"
        params:
            recipe=recipe_of("simulate"),
        message:
            "Simulating showers with GFLASH"
        shell:
            "showergan simulate --recipe {params.recipe:q} --out {output.showers:q}"
            " --keep-recipe {output.recipe:q} > {log:q} 2>&1"


if "fetch" in STEPS_OF_TASK:

    rule fetch:
        output:
            showers="results/{run}/data/source.npz",
            recipe="results/{run}/data/source.recipe.json",
        log:
            "logs/{run}/fetch.log",
        benchmark:
            "results/{run}/benchmarks/fetch.tsv"
        conda:
            "../../envs/showergan.yaml"
        params:
            recipe=recipe_of("fetch"),
        message:
            "Downloading the showers"
        shell:
            "showergan fetch --recipe {params.recipe:q} --out {output.showers:q}"
            " --keep-recipe {output.recipe:q} > {log:q} 2>&1"


if "preprocess" in STEPS_OF_TASK:

    rule preprocess:
        input:
            raw_showers,
        output:
            showers="results/{run}/data/showers.h5",
            recipe="results/{run}/data/showers.recipe.json",
        log:
            "logs/{run}/preprocess.log",
        benchmark:
            "results/{run}/benchmarks/preprocess.tsv"
        conda:
            "../../envs/showergan.yaml"
        params:
            recipe=recipe_of("preprocess"),
        message:
            "Checking and splitting the showers"
        shell:
            "showergan preprocess --source {input:q} --recipe {params.recipe:q}"
            " --out {output.showers:q} --keep-recipe {output.recipe:q} > {log:q} 2>&1"


if "make_data" in STEPS_OF_TASK:

    rule make_data:
        output:
            data=DATASET,
            recipe="results/{run}/data/recipe.json",
        log:
            "logs/{run}/make_data.log",
        benchmark:
            "results/{run}/benchmarks/make_data.tsv"
        conda:
            "../../envs/showergan.yaml"
        params:
            recipe=recipe_of("make_data"),
        message:
            "Making and splitting the data"
        shell:
            "showergan make-data --recipe {params.recipe:q} --out {output.data:q}"
            " --keep-recipe {output.recipe:q} > {log:q} 2>&1"
