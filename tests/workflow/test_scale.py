"""Groups of jobs, where a run has thousands of trainings."""

import re


def test_no_job_that_reads_every_run_is_in_a_group(fresh):
    """Snakemake counts all inputs of such a job again whenever one of them is made: an hour for 10 000 (`dag.py`)."""
    said = fresh.snakemake("--dry-run")
    grouped = re.findall("^    Reason: .*", said, re.MULTILINE)
    assert any("verdicts.csv" in reason for reason in grouped)
    assert not [reason for reason in grouped if "/seed" in reason]
