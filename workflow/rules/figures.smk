for figure, exhibit in FIGURES.items():

    rule:
        name:
            f"figure_{figure}"
        input:
            **made_from(exhibit),
        output:
            png=report(
                "results/{run}/figures/{figure}.png",
                caption=f"../report/figures/{exhibit.caption or exhibit.name}.rst",
                category=exhibit.section,
                labels={"result": exhibit.title},
            ),
            pdf="results/{run}/figures/{figure}.pdf",
            recipe="results/{run}/figures/{figure}.recipe.json",
            provenance="results/{run}/figures/{figure}.provenance.json",
        log:
            "logs/{run}/figures/{figure}.log",
        wildcard_constraints:
            figure=figure,
        group:
            together(exhibit)
        conda:
            "../../envs/showergan.yaml"
        params:
            inputs=options_of(exhibit),
            code=code_of(exhibit),
            style=style_of(exhibit),
        message:
            "Drawing {wildcards.figure}"
        shell:
            with_style(
                "showergan figure {wildcards.figure} {params.inputs} --style {output.recipe:q}"
                " --png {output.png:q} --pdf {output.pdf:q} --provenance {output.provenance:q} > {log:q} 2>&1"
            )


rule figures:
    input:
        expand(
            "results/{run}/figures/{figure}.png",
            run=CONFIG.run,
            figure=applicable(FIGURES),
        ),
