"""The pages on the study, made again from the published metrics."""

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
