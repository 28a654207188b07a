"""The pages on the study, made again from the published metrics."""

import re
import shutil

import pytest
from copies import ROOT, copy_of_the_workflow

PAGES = [ROOT / "docs/study.md", ROOT / "docs/trained_generators.md"]


@pytest.mark.slow
def test_pages_are_what_the_table_gives(tmp_path):
    (tmp_path / "copy").mkdir()
    workflow = copy_of_the_workflow(tmp_path / "copy")
    shutil.copytree(ROOT / "resources", workflow.folder / "resources")
    published = ("--config", "study=published")
    workflow.snakemake(
        "--cores", "2", *published, "--", "study", configfile="experiments/study.yaml"
    )
    for page in PAGES:
        made = workflow.folder / "results/study/page" / page.name
        assert made.read_text() == page.read_text()
    # A training at a chosen rate that is missing is told, not done.
    table = workflow.folder / "resources/study/runs.csv"
    rows = table.read_text().splitlines(keepends=True)
    table.write_text("".join(row for row in rows if not re.search(r"/sn/.*/seed211,", row)))
    told = workflow.snakemake(
        *("--cores", "2", *published, "--", "study"),
        configfile="experiments/study.yaml",
        check=False,
    )
    assert "resources/study lacks 2 of 260 trainings" in told
    assert not (workflow.folder / "results/study/train").exists()
