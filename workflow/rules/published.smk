"""Trainings whose metrics the repository keeps, in resources/{run}: see showergan.records.published."""

TABLE = f"resources/{CONFIG.run}"


class Metrics:
    """Pattern of the metrics of all trainings. Those of published ones lie in a folder of their own.

    So any of them is trained by asking for its evaluation, and lies beside what is published.
    """

    @staticmethod
    def apply_wildcards(run):
        name = "{architecture}/{method}/{rates}/seed{seed}".format(**run)
        if name in PUBLISHED:
            return f"results/{CONFIG.run}/published/{name}/metrics.csv"
        return rules.evaluate_gan.output.metrics.apply_wildcards(run)


def whole_table(wildcards):
    """Return the table of the published trainings; an error if it lacks any, of which none is to be done here."""

    def require(runs):
        names = ["{architecture}/{method}/{rates}/seed{seed}".format(**run) for run in runs]
        if missing := set(names).difference(PUBLISHED):
            raise WorkflowError(
                f"{TABLE} lacks {len(missing)} of {len(names)} trainings: the study has not been run to its end. To go on "
                "with it: snakemake --cores all --configfile experiments/study.yaml --config study=published"
            )

    require(TRIED)  # first, for a choice would train what is missing
    if CONFIG.learning_rate_search:
        require(at_chosen())
    return f"{TABLE}/runs.csv"
