# The pages docs/study.md and docs/trained_generators.md with their figures, and the first picture of the README, from the metrics and
# generators that the repository keeps: `snakemake --cores all study`.
PAGES = "study trained_generators".split()
PAGE_FIGURES = "robustness claims differences scorecard rank_agreement trained_generators first_picture".split()
PAGE_TABLES = "verdicts robustness claims protocol order scorecard scorecard_means grid".split()
TRAINED_GENERATORS = "best sn worst".split()
IN_FIRST_PICTURE = "gan none clipping r1 sn wgan_gp abcas sn_coef_l2_offset".split()

if CONFIG.run == "study" and CONFIG.study == "published":

    rule study_page:
        input:
            expand([ARTEFACTS[table] for table in PAGE_TABLES], run="study"),
            trainings=whole_table,
            names="results/study/tables/verdicts.html",
            script="workflow/study/page.py",
            template="workflow/study/{page}.md",
        output:
            "results/study/page/{page}.md",
        log:
            "logs/study/page_{page}.log",
        conda:
            "../../envs/showergan.yaml"
        message:
            "Writing the page {wildcards.page} of the study"
        shell:
            "python {input.script:q} {input.template:q} results/study {output:q} > {log:q} 2>&1"

    rule study_showers:
        input:
            data="results/study/data/showers.h5",
            generators=expand("resources/generators/{name}/generator.pt", name=TRAINED_GENERATORS),
            script="workflow/study/showers.py",
        output:
            png="results/study/figures/trained_generators.png",
            pdf="results/study/figures/trained_generators.pdf",
        log:
            "logs/study/showers.log",
        conda:
            "../../envs/showergan.yaml"
        message:
            "Drawing showers of the trained generators beside real ones"
        shell:
            "python {input.script:q} {input.data:q} {output.png:q} {input.generators:q} > {log:q} 2>&1"

    rule study_first_picture:
        input:
            tables=expand([ARTEFACTS[table] for table in FIGURES["robustness"].reads], run="study"),
            script="workflow/study/first_picture.py",
            style="results/study/figures/robustness.recipe.json",
        output:
            png="results/study/figures/first_picture.png",
            pdf="results/study/figures/first_picture.pdf",
        log:
            "logs/study/first_picture.log",
        conda:
            "../../envs/showergan.yaml"
        params:
            methods=IN_FIRST_PICTURE,
        message:
            "Drawing the robustness of some methods for the README"
        shell:
            "python {input.script:q} {input.style:q} {input.tables:q} {output.png:q} {params.methods:q} > {log:q} 2>&1"

    rule study:
        input:
            expand(rules.study_page.output, page=PAGES),
            figures=expand("results/study/figures/{figure}.png", figure=PAGE_FIGURES),
        output:
            expand("results/study/page/study/{figure}.png", figure=PAGE_FIGURES),
        log:
            "logs/study/figures.log",
        localrule: True
        conda:
            "../../envs/showergan.yaml"
        params:
            folder=lambda wildcards, output: os.path.dirname(output[0]),
        message:
            "Putting the figures beside the pages of the study"
        shell:
            "cp {input.figures:q} {params.folder:q} > {log:q} 2>&1"

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
