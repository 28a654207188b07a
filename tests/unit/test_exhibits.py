"""Figures and tables as the workflow and the command line know them: from the catalogue, drawn by name."""

import json
import re
import subprocess
import sys
from inspect import getdoc, signature
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml
from jinja2 import Environment
from typer.testing import CliRunner

from showergan.cli import app
from showergan.comparison.robustness import ROBUSTNESS
from showergan.config.catalogue.any_task import ARTEFACTS
from showergan.config.catalogue.exhibit import TRAINING, Exhibit, exhibits
from showergan.errors import UserError
from showergan.report.exhibits import READERS, function_of
from showergan.tasks.found import TASKS

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/showergan"
STYLE = json.dumps({"labels": {"sn": "vanilla SN", "none": "no normalization"}})

EXHIBITS = {
    **exhibits("figures", TASKS),
    **{f"table {k}": e for k, e in exhibits("tables", TASKS).items()},
}


@pytest.mark.parametrize("entry", EXHIBITS.values(), ids=EXHIBITS)
def test_catalogue_and_functions_agree(entry):
    """A function has the parameters that the catalogue reads, in that order: they are given by place."""
    parameters = [*signature(function_of(entry)).parameters]
    assert parameters == ["style", *entry.reads]
    assert getdoc(function_of(entry))
    assert all(artefact.reader in READERS for artefact in entry.reads.values())


@pytest.mark.parametrize("folder", ["figures", "tables"])
def test_every_file_is_in_the_catalogue_and_captioned(folder):
    found = exhibits(folder, TASKS)
    places = (SOURCE / "report" / folder, *SOURCE.glob(f"tasks/*/{folder}"))
    files = {path for place in places for path in place.glob("*.py")}
    files -= {path for path in files if path.stem == "__init__"}
    modules = {entry.module for entry in found.values()}
    assert files == {SOURCE.parent / f"{module.replace('.', '/')}.py" for module in modules}
    captions = {path.stem for path in (ROOT / f"workflow/report/{folder}").glob("*.rst")}
    assert captions == {entry.caption or entry.name for entry in found.values()}


def test_titles_are_for_readers():
    for name, entry in EXHIBITS.items():
        assert "_" not in entry.title, name
        assert entry.title.strip("0123456789 ")[0].isupper(), name


@pytest.mark.parametrize(
    "path", sorted((ROOT / "workflow/report").rglob("*.rst")), ids=lambda p: p.stem
)
def test_captions_are_not_glued(path):
    """Snakemake's Jinja drops the end of a line after a tag: "`simulate`.Every method"."""
    config = {**yaml.safe_load((ROOT / "config.yaml").read_text()), "about": "About."}
    text = Environment(trim_blocks=True, lstrip_blocks=True).from_string(path.read_text())
    given = {"snakemake": SimpleNamespace(config=config)}
    shown = text.render(**given, files=[SimpleNamespace(target="scorecard.png", path=path)])
    assert not re.findall(r"\S*[a-z`)][.;:][A-Z]\S*", shown)


def test_an_entry_of_a_module_with_several():
    one = Exhibit("birds.ducks", "Ducks", "summary metrics", section=TRAINING, artefacts=ARTEFACTS)
    assert (one.name, one.command) == ("ducks", "figure ducks")
    assert one.module == "showergan.report.figures.birds"
    assert one.reads == {name: ARTEFACTS[name] for name in ("summary", "metrics")}
    assert one.files == ("png", "pdf") and one.applicable(None)


def test_an_unknown_artefact_is_named():
    with pytest.raises(ValueError, match=r"ducks: no artefact is called sumary; there are data, "):
        Exhibit("ducks", "Ducks", "sumary", section=TRAINING, artefacts=ARTEFACTS)


def test_a_name_that_is_taken_is_refused(monkeypatch):
    taken = Exhibit("losses", "Ducks", "summary", section=TRAINING, artefacts=ARTEFACTS)
    monkeypatch.setattr("showergan.config.catalogue.toys.EXHIBITS", (taken,))
    with pytest.raises(ValueError, match="toys: another of the figures is called losses, too"):
        exhibits("figures", ["toys"])


def test_a_task_has_its_own_alone():
    own = {name: set(exhibits("figures", [name])) for name in TASKS}
    assert "target_showers" in own["showers"] - own["toys"]
    assert "generated_points" in own["toys"] - own["showers"]
    assert set(exhibits("figures", ["ducks"])) == set(exhibits("figures", [])) < own["toys"]


def test_drawing_imports_what_it_draws_alone(tmp_path):
    table = tmp_path / "verdicts.csv"
    table.write_text("score,method,architecture\n")
    code = f"""
import sys
from pathlib import Path
from showergan.config.catalogue.exhibit import exhibits
one = exhibits("figures", [])["differences"]
assert not {{"matplotlib", "showergan.report"}} & set(sys.modules)
from showergan.report.exhibits import Style, write
paths = {{name: Path({str(tmp_path)!r}) / f"verdicts.{{name}}" for name in ("png", "pdf")}}
write(one, Style(), paths | {{"verdicts": Path({str(table)!r})}})
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "verdicts.png").read_bytes().startswith(b"\x89PNG")
    loaded = set(done.stdout.split())
    of_figures = {name for name in loaded if name.startswith("showergan.report.figures.")}
    assert of_figures == {"showergan.report.figures.differences"}
    heavy = {
        *("torch", "snakemake", "showergan.cli"),
        "showergan.training.loop",
        "showergan.evaluation.measure",
    }
    assert not heavy & loaded


def test_they_stand_apart():
    """Data frames in, no training and no torch."""
    folders = (SOURCE / "report", *SOURCE.glob("tasks/*/figures"), SOURCE / "tasks/showers")
    paths = [path for folder in folders[:-1] for path in folder.rglob("*.py")]
    text = "\n".join(path.read_text() for path in (*paths, folders[-1] / "drawing.py"))
    assert not re.search(
        r"import torch|showergan\.(training|evaluation|networks|methods|cli)\b", text
    )


class TestCommandLine:
    def test_help_tells_the_inputs(self):
        done = CliRunner().invoke(app, ["figure", "score_over_epochs", "--help"])
        assert done.exit_code == 0
        for word in (
            "Draw PRD-AUC on test over epochs",
            "--metrics",
            "--anchors",
            "--grid",
            "--pdf",
        ):
            assert word in done.output

    def test_a_figure_of_runs_is_drawn_by_hand(self, tmp_path):
        options = []
        for method in ("sn", "none"):
            path = tmp_path / "small" / method / "1_1" / "seed1" / "history.csv"
            path.parent.mkdir(parents=True)
            names = ["score_gap", "discriminator_loss", "generator_loss", "lipschitz_bound"]
            pd.DataFrame(2.0, index=range(3), columns=names).rename_axis("step").to_csv(path)
            options += ["--histories", str(path)]
        grid = tmp_path / "grid.csv"
        keys = {"architecture": "small", "learning_rates": "1_1", "chosen": True, "seeds": "1"}
        pd.DataFrame({"method": ["sn", "none"], **keys}).to_csv(grid, index=False)
        (tmp_path / "style.json").write_text(STYLE)
        options += ["--grid", str(grid), "--style", str(tmp_path / "style.json")]
        options += ["--png", str(tmp_path / "losses.png"), "--pdf", str(tmp_path / "losses.pdf")]
        done = CliRunner().invoke(app, ["figure", "losses", *options])
        assert done.exit_code == 0, done.exception
        assert (tmp_path / "losses.png").read_bytes().startswith(b"\x89PNG")
        assert (tmp_path / "losses.pdf").read_bytes().startswith(b"%PDF")

    def test_a_table_is_written_by_hand(self, tmp_path):
        row = dict.fromkeys(ROBUSTNESS, 1.0) | {"best_rates": "1_1", "worst_rates": "1_2"}
        row |= {"architecture": "small", "method": "sn", "score": "bins-E", "remark": ""}
        table = tmp_path / "robustness.csv"
        pd.DataFrame([row]).to_csv(table, index=False)
        files = [f"--{kind}={tmp_path}/t.{kind}" for kind in ("csv", "md", "tex", "html")]
        done = CliRunner().invoke(
            app, ["table", "robustness", f"--robustness={table}", f"--style={STYLE}", *files]
        )
        assert done.exit_code == 0, done.exception
        assert "vanilla SN" in (tmp_path / "t.md").read_text()
        page = (tmp_path / "t.html").read_text(encoding="utf-8")
        assert "<td>vanilla SN</td>" in page and page.startswith("<!DOCTYPE html>")

    def drawn(self, tmp_path, text, style=STYLE):
        (tmp_path / "verdicts.csv").write_text(text)
        files = [f"--{kind}={tmp_path}/v.{kind}" for kind in ("png", "pdf")]
        table = f"--verdicts={tmp_path}/verdicts.csv"
        arguments = ["figure", "differences", table, f"--style={style}", *files]
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code != 0 and not (tmp_path / "v.png").exists()
        return done.exception

    def test_a_table_that_cannot_be_read_is_blamed(self, tmp_path):
        error = self.drawn(tmp_path, "")
        assert isinstance(error, UserError)
        assert "verdicts.csv: not as the steps write them" in str(error)

    def test_a_figure_that_fails_blames_no_table_alone(self, tmp_path):
        error = self.drawn(tmp_path, "method,architecture\n")
        assert isinstance(error, UserError)
        assert "not as the steps write them" not in str(error)
        assert str(error).startswith("figure differences failed (KeyError: 'score')")
        assert "--verdicts" in str(error)

    def test_what_cannot_be_written_is_no_fault_of_tables(self, tmp_path, monkeypatch):
        def save(*_, **__):
            raise ValueError("no such formula")

        monkeypatch.setattr("matplotlib.figure.Figure.draw_without_rendering", save)
        error = self.drawn(tmp_path, "score,method,architecture\n")
        assert isinstance(error, ValueError) and not isinstance(error, UserError)

    def test_a_style_without_methods_is_told(self, tmp_path):
        error = self.drawn(tmp_path, "score,method,architecture\n", style="{}")
        assert isinstance(error, UserError) and "labels" in str(error)
