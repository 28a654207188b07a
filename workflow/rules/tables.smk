METHODS_OF = {
    "table_1": ["none", "clipping", "sn"],
    "table_2": [
        *("sn", "sn_constant", "sn_coef", "sn_coef_l1_offset", "sn_coef_l2_offset"),
        *("sn_coef_l2_low_offset", "sn_coefs_l2_offset", "abcas"),
    ],
    "table_3": [
        *("none", "sn", "sn_constant", "sn_coef", "sn_coef_l2_offset"),
        *("sn_coefs_l2_offset", "abcas"),
    ],
    "all_methods": list(METHODS),
}
SCORES_OF = {
    "table_1": ["bins-E", "bins-P"],
    "table_2": ["bins-E", "bins-P"],
    "table_3": ["E", "bins-E", "bins-P"],
    "all_methods": ["E", "bins-E", "P", "bins-P", "P_std", "bins-P_std"],
}
# Tables 1 and 2 are about the standard discriminator, table 3 about the small one.
STANDARD = CONFIG.training.discriminator.name == "standard"
TABLES = ["table_1", "table_2", "all_methods"] if STANDARD else ["table_3", "all_methods"]


rule table:
    input:
        summary="results/{run}/summary.csv",
        published=shipped("workflow/published.csv")[0],
        code=rendering_code(),
    output:
        csv=report(
            "results/{run}/tables/{table}.csv",
            caption="../report/table.rst",
            category=IN_NUMBERS,
            labels={"result": "{table}"},
        ),
        md="results/{run}/tables/{table}.md",
        tex="results/{run}/tables/{table}.tex",
    log:
        "logs/{run}/tables/{table}.log",
    wildcard_constraints:
        table="|".join(TABLES),
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=table_recipe,
    message:
        "Writing {wildcards.table}"
    script:
        "../scripts/tables/published.py"


# name: caption, input
RESULT_TABLES = {
    "verdicts": ("verdicts", rules.verdicts.output.verdicts),
    "robustness": ("robustness_table", rules.verdicts.output.robustness),
    "scorecard": ("scorecard_table", rules.scorecard.output.scorecard),
    "failures": ("failures", rules.scorecard.output.failures),
}
# As for figures.
WORTH_WRITING = {
    "verdicts": WORTH_DRAWING["differences"],
    "robustness": WORTH_DRAWING["robustness"],
}

for table, (caption, source) in RESULT_TABLES.items():
    shown = {
        "caption": f"../report/{caption}.rst",
        "category": IN_NUMBERS,
        "labels": {"result": table},
    }

    rule:
        name:
            f"table_{table}"
        input:
            **{table: source},
            code=rendering_code(),
        output:
            csv=report("results/{run}/tables/{table}.csv", **shown),
            md="results/{run}/tables/{table}.md",
            tex="results/{run}/tables/{table}.tex",
        log:
            "logs/{run}/tables/{table}.log",
        wildcard_constraints:
            table=table,
        conda:
            "../../envs/showergan.yaml"
        params:
            recipe=method_labels,
        message:
            "Writing {wildcards.table}"
        script:
            "../scripts/tables/{wildcards.table}.py"


rule conclusion:
    input:
        summary=rules.summarise.output.summary,
        verdicts=rules.verdicts.output.verdicts,
        robustness=rules.verdicts.output.robustness,
        bars=rules.bars.output.bars,
        code=rendering_code(),
    output:
        report(
            "results/{run}/conclusion.txt",
            caption="../report/conclusion.rst",
            category=GLANCE,
            labels={"result": "1 Conclusion"},
        ),
    log:
        "logs/{run}/conclusion.log",
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=method_labels,
    message:
        "Concluding"
    script:
        "../scripts/tables/conclusion.py"


rule tables:
    input:
        expand(
            "results/{run}/tables/{table}.csv",
            run=CONFIG.run,
            table=[*TABLES, *(t for t in RESULT_TABLES if WORTH_WRITING.get(t, True))],
        ),
