TABLES = {
    "table_1": {
        "table": 1,
        "methods": ["none", "clipping", "sn"],
        "scores": ["bins-E", "bins-P"],
    },
    "all_methods": {
        "table": None,
        "methods": list(METHODS),
        "scores": ["E", "bins-E", "P", "bins-P", "P_std", "bins-P_std"],
    },
}


rule table:
    input:
        summary="results/{run}/summary.csv",
        published=shipped("workflow/published.csv")[0],
        code=rendering_code(),
    output:
        csv="results/{run}/tables/{table}.csv",
        md="results/{run}/tables/{table}.md",
        tex="results/{run}/tables/{table}.tex",
    log:
        "logs/{run}/tables/{table}.log",
    conda:
        "../../envs/render.yaml"
    params:
        recipe=table_recipe,
    message:
        "Writing {wildcards.table}"
    script:
        "../scripts/tables/published.py"


rule tables:
    input:
        expand("results/{run}/tables/{table}.csv", run=CONFIG.run, table=TABLES),
