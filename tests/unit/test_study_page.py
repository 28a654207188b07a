"""The page on the study: a template filled with numbers of tables, and no other."""

import importlib.util
import json
from pathlib import Path

import pandas as pd
import pytest
from jinja2 import UndefinedError

SCRIPT = Path(__file__).parents[2] / "workflow/study/page.py"
SPEC = importlib.util.spec_from_file_location("study_page", SCRIPT)
study_page = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(study_page)


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = Path("results/study")
    (run / "tables").mkdir(parents=True)
    names = {"labels": {"sn": "vanilla SN"}, "architectures": {"small": "small discriminator"}}
    (run / "tables/verdicts.recipe.json").write_text(json.dumps(names))
    table = {
        "method": ["sn", "none"],
        "value": [0.5, -0.25],
        "low": [0.4, None],
        "high": [0.6, None],
    }
    pd.DataFrame(table).to_csv(run / "scores.csv", index=False)
    Path("resources/study").mkdir(parents=True)
    pd.DataFrame({"cpu_seconds": [1800, 5400]}).to_csv("resources/study/runs.csv", index=False)
    return lambda template: study_page.page(template, run)


def test_numbers_are_those_of_the_tables(page):
    template = (
        '{% set r = one("scores", method="sn") %}{{ label.sn }} {{ interval(r.value, r.low, r.high) }};'
        '{% for r in rows("scores") %} {{ number(r.value, ".2f") }}{% endfor %};'
        ' {{ trainings | sum(attribute="cpu_seconds") / 3600 }} h'
    )
    assert page(template) == "vanilla SN +0.500 [+0.400, +0.600]; 0.50 \N{MINUS SIGN}0.25; 2.0 h"


def test_without_an_interval_a_number_stands_alone(page):
    text = page('{% set r = one("scores", method="none") %}{{ interval(r.value, r.low, r.high) }}')
    assert text == "\N{MINUS SIGN}0.250"


def test_a_row_that_is_not_there_is_told(page):
    with pytest.raises(LookupError, match=r"0 rows with .*gan.*, not one"):
        page('{{ one("scores", method="gan").value }}')
    with pytest.raises(LookupError, match="2 rows"):
        page('{{ one("scores", method=["sn", "none"]).value }}')
    with pytest.raises(UndefinedError):
        page('{{ one("scores", method="sn").mean }}')


def test_what_is_missing_is_told_and_nothing_is_written(page, tmp_path):
    template, out = tmp_path / "page.md", tmp_path / "out.md"
    for wrong in ('{{ one("scores", method="gan") }}', '{{ rows("nothing") }}', "{% for %}"):
        template.write_text(wrong)
        with pytest.raises(SystemExit, match=r"error: .*page.md: "):
            study_page.main(template, Path("results/study"), out)
    assert not out.exists()
