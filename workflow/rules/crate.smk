# Nothing asks for it but a person: `snakemake --cores all crate`.
rule crate:
    input:
        rules.all.input,
    output:
        expand("results/{run}/ro-crate-metadata.json", run=CONFIG.run),
    log:
        f"logs/{CONFIG.run}/crate.log",
    conda:
        "../../envs/showergan.yaml"
    params:
        run=lambda wildcards, output: os.path.dirname(output[0]),
    message:
        "Describing the run as an RO-Crate"
    shell:
        "showergan crate {params.run:q} > {log:q} 2>&1"
