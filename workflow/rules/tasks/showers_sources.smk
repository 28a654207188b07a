# Where showers come from: one of four rules, which all make results/{run}/data/source.npz.
if CONFIG.data.source == "simulate":

    rule simulate:
        output:
            showers="results/{run}/data/source.npz",
            recipe="results/{run}/data/source.recipe.json",
            provenance="results/{run}/data/source.provenance.json",
        log:
            "logs/{run}/simulate.log",
        conda:
            "../../../envs/showergan.yaml"
        resources:
            mem_mb=memory(LIGHT),
            runtime=minutes(30 + CONFIG.data.n_showers // 20000),
        params:
            recipe=recipe_of("simulate"),
        message:
            "Simulating showers with GFLASH"
        shell:
            with_recipe(
                "showergan simulate --recipe {output.recipe:q} --out {output.showers:q}"
                " --provenance {output.provenance:q} > {log:q} 2>&1"
            )

elif CONFIG.data.source == "geant4":

    rule simulate_geant4:
        output:
            showers="results/{run}/data/source.npz",
            recipe="results/{run}/data/source.recipe.json",
            provenance="results/{run}/data/source.provenance.json",
        log:
            "logs/{run}/simulate_geant4.log",
        conda:
            "../../../envs/showergan.yaml"
        threads: 16
        resources:
            mem_mb=memory(LIGHT),
            runtime=minutes(30 + CONFIG.data.n_showers // 500),
        params:
            recipe=recipe_of("simulate_geant4"),
        message:
            "Simulating showers with Geant4: {log}"
        shell:
            with_recipe(
                "showergan simulate-geant4 --recipe {output.recipe:q} --out {output.showers:q}"
                " --cores {threads} --provenance {output.provenance:q} > {log:q} 2>&1"
            )

elif CONFIG.data.source == "sample":

    rule sample:
        output:
            showers="results/{run}/data/source.npz",
            recipe="results/{run}/data/source.recipe.json",
            provenance="results/{run}/data/source.provenance.json",
        log:
            "logs/{run}/sample.log",
        conda:
            "../../../envs/showergan.yaml"
        resources:
            mem_mb=memory(LIGHT),
            runtime=minutes(30),
        params:
            recipe=recipe_of("sample"),
        message:
            "Taking the Geant4 showers of the package"
        shell:
            with_recipe(
                "showergan sample --recipe {output.recipe:q} --out {output.showers:q}"
                " --provenance {output.provenance:q} > {log:q} 2>&1"
            )

else:
    # What is secret of a URL goes to the job by this alone, which no record and no message repeats.
    os.environ.update(SHOWERGAN_URL=CONFIG.data.path)

    rule fetch:
        output:
            showers="results/{run}/data/source.npz",
            recipe="results/{run}/data/source.recipe.json",
            provenance="results/{run}/data/source.provenance.json",
        log:
            "logs/{run}/fetch.log",
        conda:
            "../../../envs/showergan.yaml"
        resources:
            mem_mb=memory(LIGHT),
            runtime=minutes(120),
        params:
            recipe=recipe_of("fetch"),
        message:
            "Downloading the showers: {log}"
        shell:
            with_recipe(
                "showergan fetch --recipe {output.recipe:q} --out {output.showers:q}"
                " --provenance {output.provenance:q} > {log:q} 2>&1"
            )
