# What heavy jobs ask a scheduler for; where a profile sets no limit, as at home, it limits nothing. All others take less than
# LIGHT and some seconds; they are the group `comparison`, and ask for what a profile says. A further try asks for more.
# Measured (the records of results/*) with the CPU build of torch: 0.2 GB without torch and 0.5 GB with it; training on a file of
# 42 MB, 60 000 showers, takes 0.1 GB more than on one of 0.6 MB, an embedding 0.16 GB; Snakemake itself takes 0.2 GB in
# every job of a cluster. What a GPU's driver takes of the host's memory is not measured.
LIGHT = 1000  # MB
TORCH = 2000
# Minutes that most partitions allow; a training that takes longer goes on at its next try.
DAY = 24 * 60

# Where a scheduler ends jobs, a training takes nine tenths of each minute of its runtime; here it may take for ever.
os.environ.update(SHOWERGAN_SECONDS_OF_A_MINUTE=str(54 if workflow.remote_exec else 10**9))


# The person who starts a run is warned of an idle GPU; jobs write that to their logs alone.
onstart:
    if workflow.is_main_process and workflow.local_exec and (warning := missing_gpu.idle_gpu()):
        logger.warning(warning)
    if workflow.is_main_process and CONFIG.study == "published":
        logger.warning(
            f"{len(PUBLISHED)} trainings are taken from resources/{CONFIG.run}, all others are trained. "
            "Figures and tables of more than their metrics are left out."
        )


# Also after Ctrl-C.
onerror:
    if workflow.is_main_process:
        logger.error(
            "Stopped. What is finished stays: the same command, typed again, goes on from there."
        )


def in_time(command):
    """Return the command of a training that saves its state and exits before its job is ended; the next try goes on."""
    return (
        "SHOWERGAN_MAX_SECONDS="
        "${{SHOWERGAN_MAX_SECONDS:-$(({resources.runtime} * SHOWERGAN_SECONDS_OF_A_MINUTE))}} "
        f"{command}"
    )


def megabytes(files):
    """Return the size of a job's inputs; of files that lie here without `size_mb`, which takes a millisecond to ask for it."""
    if any(file.is_storage for file in files):
        return files.size_mb
    return sum(os.path.getsize(file) for file in files) / 2**20


def memory(base, per_megabyte=0):
    """Return how many MB a job asks for: `base`, and so many for each MB of its inputs."""
    return lambda wildcards, input, attempt: round(
        attempt * (base + per_megabyte * megabytes(input))
    )


def minutes(base, per_megabyte=0):
    """Return how long a job may take: `base`, and so much for each MB of its inputs, a number or a function of wildcards."""

    def runtime(wildcards, input, attempt):
        rate = per_megabyte(wildcards) if callable(per_megabyte) else per_megabyte
        return min(round(attempt * (base + rate * megabytes(input))), DAY)

    return runtime


def training_rate(wildcards):
    """Return minutes of a training per MB of data: 2 s for each pass of a network over it on a slow core, thrice."""
    return 0.1 * CONFIG.training.epochs * (1 + CONFIG.n_critic(wildcards.method))
