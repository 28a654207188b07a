"""The page docs/study.md, made again from the published metrics."""

import shutil

import pytest
from copies import ROOT, copy_of_the_workflow

PAGE = ROOT / "docs/study.md"


@pytest.mark.slow
@pytest.mark.skipif(not PAGE.exists(), reason="the study has not been run to its end")
def test_page_is_what_the_table_gives(tmp_path):
    (tmp_path / "copy").mkdir()
    workflow = copy_of_the_workflow(tmp_path / "copy")
    shutil.copytree(ROOT / "resources", workflow.folder / "resources")
    published = ("--config", "study=published")
    workflow.snakemake(
        "--cores", "2", *published, "--", "study", configfile="experiments/study.yaml"
    )
    assert (workflow.folder / "results/study/page/study.md").read_text() == PAGE.read_text()
