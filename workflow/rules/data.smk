if CONFIG.data.source == "simulate":

    rule simulate:
        output:
            "results/{run}/data/source.npz",
        log:
            "logs/{run}/simulate.log",
        benchmark:
            "results/{run}/benchmarks/simulate.tsv"
        conda:
            "../../envs/showergan.yaml"
        params:
            recipe=recipe("simulate", CONFIG.data, "n_showers", "seed"),
        message:
            "Simulating showers with GFLASH"
        shell:
            "showergan simulate --recipe {params.recipe:q} --out {output:q} > {log:q} 2>&1"

else:

    rule fetch:
        output:
            "results/{run}/data/source.npz",
        log:
            "logs/{run}/fetch.log",
        benchmark:
            "results/{run}/benchmarks/fetch.tsv"
        conda:
            "../../envs/showergan.yaml"
        params:
            recipe=recipe("fetch", CONFIG.data, "path", "sha256"),
        message:
            "Downloading the showers"
        shell:
            "showergan fetch --recipe {params.recipe:q} --out {output:q} > {log:q} 2>&1"


rule preprocess:
    input:
        raw_showers,
    output:
        "results/{run}/data/showers.h5",
    log:
        "logs/{run}/preprocess.log",
    benchmark:
        "results/{run}/benchmarks/preprocess.tsv"
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=recipe(
            "preprocess",
            CONFIG.data,
            *("path", "sha256", "negative_energy", "split", "split_seed"),
        ),
    message:
        "Checking and splitting the showers"
    shell:
        "showergan preprocess --source {input:q} --recipe {params.recipe:q} --out {output:q}"
        " > {log:q} 2>&1"
