rule fixed_generator:
    output:
        surfaces="results/{run}/fixed_generator/surfaces.npz",
        gradients="results/{run}/fixed_generator/gradients.csv",
        weights="results/{run}/fixed_generator/weights.csv",
        recipe="results/{run}/fixed_generator/recipe.json",
        provenance="results/{run}/fixed_generator/provenance.json",
    log:
        "logs/{run}/fixed_generator.log",
    conda:
        "../../../envs/showergan.yaml"
    resources:
        mem_mb=memory(TORCH),
        runtime=minutes(60),
    params:
        recipe=recipe_of("fixed_generator"),
    message:
        "Training discriminators while the generator stays fixed"
    shell:
        with_recipe(
            "showergan fixed-generator --recipe {output.recipe:q} --out {output.surfaces:q}"
            " --gradients {output.gradients:q} --weights {output.weights:q}"
            " --provenance {output.provenance:q} > {log:q} 2>&1"
        )


ARTEFACTS |= {
    "surfaces": rules.fixed_generator.output.surfaces,
    "gradients": rules.fixed_generator.output.gradients,
    "weights": rules.fixed_generator.output.weights,
}
