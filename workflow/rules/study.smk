# The page docs/study.md with its figures, from the metrics that the repository keeps: `snakemake --cores all study`.
PAGE_FIGURES = "robustness claims differences scorecard rank_agreement".split()
PAGE_TABLES = "verdicts robustness claims protocol order".split()

if CONFIG.run == "study" and CONFIG.study == "published":

    rule study:
        input:
            expand([ARTEFACTS[table] for table in PAGE_TABLES], run="study"),
            figures=expand("results/study/figures/{figure}.png", figure=PAGE_FIGURES),
            names=of_whole_table("results/study/tables/verdicts.html"),
            template="workflow/study/page.md",
        output:
            page="results/study/page/study.md",
            figures=expand("results/study/page/study/{figure}.png", figure=PAGE_FIGURES),
        log:
            "logs/study/page.log",
        conda:
            "../../envs/showergan.yaml"
        params:
            folder=lambda wildcards, output: os.path.dirname(output.figures[0]),
        message:
            "Writing the page of the study"
        shell:
            "(python workflow/study/page.py {input.template:q} results/study {output.page:q}"
            " && cp {input.figures:q} {params.folder:q}) > {log:q} 2>&1"

else:

    # Another configuration is another workflow.
    rule study:
        log:
            "logs/study.log",
        localrule: True
        conda:
            "../../envs/showergan.yaml"
        threads: lambda wildcards: workflow.cores
        message:
            "Drawing the study into docs: see {log}"
        shell:
            "(snakemake --cores {threads} --configfile experiments/study.yaml --config study=published -- study"
            " && cp -r results/study/page/. docs) > {log:q} 2>&1"
