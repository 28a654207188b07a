# The conclusion is a text that stands beside them.
CONCLUSION = TABLES["conclusion"]
FILES = {name: exhibit for name, exhibit in TABLES.items() if exhibit.kind == "table"}

for table, exhibit in FILES.items():

    rule:
        name:
            f"table_{table}"
        input:
            **made_from(exhibit),
        output:
            csv="results/{run}/tables/{table}.csv",
            md="results/{run}/tables/{table}.md",
            tex="results/{run}/tables/{table}.tex",
            html=report(
                "results/{run}/tables/{table}.html",
                caption=f"../report/tables/{exhibit.caption or exhibit.name}.rst",
                category=exhibit.section,
                labels={"result": exhibit.title},
            ),
            recipe="results/{run}/tables/{table}.recipe.json",
            provenance="results/{run}/tables/{table}.provenance.json",
        log:
            "logs/{run}/tables/{table}.log",
        wildcard_constraints:
            table=table,
        group:
            together(exhibit)
        conda:
            "../../envs/showergan.yaml"
        params:
            inputs=options_of(exhibit),
            code=code_of(exhibit),
            style=style_of(exhibit),
        message:
            "Writing {wildcards.table}"
        shell:
            with_style(
                "showergan table {wildcards.table} {params.inputs} --style {output.recipe:q}"
                " --csv {output.csv:q} --md {output.md:q} --tex {output.tex:q}"
                " --html {output.html:q} --provenance {output.provenance:q} > {log:q} 2>&1"
            )


rule conclusion:
    input:
        **made_from(CONCLUSION),
    output:
        txt=report(
            "results/{run}/conclusion.txt",
            caption=f"../report/tables/conclusion.rst",
            category=CONCLUSION.section,
            labels={"result": CONCLUSION.title},
        ),
        recipe="results/{run}/conclusion.recipe.json",
        provenance="results/{run}/conclusion.provenance.json",
    log:
        "logs/{run}/conclusion.log",
    group:
        "comparison"
    conda:
        "../../envs/showergan.yaml"
    params:
        inputs=options_of(CONCLUSION),
        code=code_of(CONCLUSION),
        style=style_of(CONCLUSION),
    message:
        "Concluding"
    shell:
        with_style(
            "showergan table conclusion {params.inputs} --style {output.recipe:q}"
            " --txt {output.txt:q} --provenance {output.provenance:q} > {log:q} 2>&1"
        )


rule tables:
    input:
        expand(
            "results/{run}/tables/{table}.html",
            run=CONFIG.run,
            table=applicable(FILES),
        ),
