# Artefacts lie in results/{run}/, those of a training in folders {architecture}/{method}/{rates}/seed{seed}: docs/results.md has all.
# Beside them the recipe of the job that made them, which its command reads: recipe.json where the folder is the job's own,
# elsewhere {name}.recipe.json, by the name of what it made; and its record, provenance.json or {name}.provenance.json, see
# src/showergan/records/provenance.py, which `showergan STEP --recipe` takes for a recipe, too. It holds the time, and so no
# rule reads it but `crate`, which no run needs: ro-crate-metadata.json has all of them at once.

from pathlib import Path

from snakemake.common.configfile import load_configfile
from snakemake.utils import min_version, update_config

min_version("9.11")


if config.get("task", "showers") == "showers":  # another task brings a whole configuration
    # What is given lies over config.yaml beside this file, wherever the workflow runs, and where it is a module of another.
    DEFAULTS = workflow.current_basedir.join("config.yaml").get_path_or_uri(True)

    configfile: DEFAULTS

    if Path("config.yaml").exists() and not Path("config.yaml").samefile(DEFAULTS):

        configfile: "config.yaml"

    given = load_configfile(DEFAULTS)
    update_config(given, config)
    config.update(given)


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/published.smk"
include: "workflow/rules/recipes.smk"
include: "workflow/rules/resources.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/evaluation.smk"
include: "workflow/rules/comparison.smk"
include: "workflow/rules/verdicts.smk"
include: "workflow/rules/wgan_study.smk"
include: "workflow/rules/artefacts.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/tables.smk"


rule all:
    default_target: True
    input:
        rules.figures.input,
        rules.tables.input,
        f"results/{CONFIG.run}/conclusion.txt",


include: "workflow/rules/crate.smk"
include: "workflow/rules/study.smk"
