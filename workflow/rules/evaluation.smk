rule evaluate_gan:
    input:
        snapshots=rules.train_gan.output.snapshots,
        embedding=rules.train_embedding.output.model,
        reference=rules.reference.output.features,
    output:
        metrics="results/{run}/evaluate/{discriminator}/{method}/{rates}/seed{seed}/metrics.csv",
        curves="results/{run}/evaluate/{discriminator}/{method}/{rates}/seed{seed}/curves.csv",
        examples="results/{run}/evaluate/{discriminator}/{method}/{rates}/seed{seed}/examples.npz",
    log:
        "logs/{run}/evaluate/{discriminator}.{method}.{rates}.seed{seed}.log",
    benchmark:
        "results/{run}/benchmarks/evaluate/{discriminator}.{method}.{rates}.seed{seed}.tsv"
    conda:
        "../../envs/showergan.yaml"
    resources:
        gpu=1,
    params:
        recipe=evaluation_recipe,
    message:
        "Evaluating {wildcards.method}, seed {wildcards.seed}"
    shell:
        "showergan evaluate --snapshots {input.snapshots:q} --embedding {input.embedding:q}"
        " --reference {input.reference:q} --recipe {params.recipe:q}"
        " --metrics {output.metrics:q} --curves {output.curves:q}"
        " --examples {output.examples:q} > {log:q} 2>&1"


rule evaluate:
    input:
        every_run(rules.evaluate_gan.output.metrics),


rule summarise:
    input:
        metrics=every_run(rules.evaluate_gan.output.metrics),
        anchors="results/{run}/reference/anchors.csv",
    output:
        summary="results/{run}/summary.csv",
        grid="results/{run}/learning_rates.csv",
    log:
        "logs/{run}/summarise.log",
    benchmark:
        "results/{run}/benchmarks/summarise.tsv"
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=summary_recipe,
    message:
        "Summarising all trainings"
    shell:
        "showergan summarise {input.metrics:q} --anchors {input.anchors:q}"
        " --recipe {params.recipe:q} --out {output.summary:q} --grid {output.grid:q}"
        " > {log:q} 2>&1"


rule verdicts:
    input:
        summary=rules.summarise.output.summary,
        grid=rules.summarise.output.grid,
    output:
        verdicts="results/{run}/verdicts.csv",
        robustness="results/{run}/robustness.csv",
    log:
        "logs/{run}/verdicts.log",
    benchmark:
        "results/{run}/benchmarks/verdicts.tsv"
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=verdict_recipe,
    message:
        "Testing every method against vanilla SN"
    shell:
        "showergan verdicts --summary {input.summary:q} --grid {input.grid:q}"
        " --recipe {params.recipe:q} --out {output.verdicts:q} --robustness {output.robustness:q}"
        " > {log:q} 2>&1"


rule scorecard:
    input:
        metrics=every_run(rules.evaluate_gan.output.metrics),
        anchors="results/{run}/reference/anchors.csv",
        summary=rules.summarise.output.summary,
    output:
        scorecard="results/{run}/scorecard.csv",
        agreement="results/{run}/rank_agreement.csv",
        failures="results/{run}/failures.csv",
    log:
        "logs/{run}/scorecard.log",
    benchmark:
        "results/{run}/benchmarks/scorecard.tsv"
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=recipe("scorecard", CONFIG, "choose_by"),
    message:
        "Judging all trainings by every metric"
    shell:
        "showergan scorecard {input.metrics:q} --anchors {input.anchors:q}"
        " --summary {input.summary:q} --recipe {params.recipe:q} --out {output.scorecard:q}"
        " --agreement {output.agreement:q} --failures {output.failures:q} > {log:q} 2>&1"


rule bars:
    input:
        scorecard=rules.scorecard.output.scorecard,
        failures=rules.scorecard.output.failures,
        anchors="results/{run}/reference/anchors.csv",
        verdicts=rules.verdicts.output.verdicts,
    output:
        "results/{run}/bars.csv",
    log:
        "logs/{run}/bars.log",
    benchmark:
        "results/{run}/benchmarks/bars.tsv"
    conda:
        "../../envs/showergan.yaml"
    params:
        recipe=bars_recipe,
    message:
        "Holding the run against its bars"
    shell:
        "showergan bars --scorecard {input.scorecard:q} --failures {input.failures:q}"
        " --anchors {input.anchors:q} --verdicts {input.verdicts:q}"
        " --recipe {params.recipe:q} --out {output:q} > {log:q} 2>&1"
