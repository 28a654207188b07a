"""Figures and tables as the workflow and the command line see them: found by themselves, light, drawn by name."""

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml
from jinja2 import Environment
from typer.testing import CliRunner

from showergan.cli import app
from showergan.config.whole import parse_config
from showergan.errors import UserError
from showergan.report.artefacts import ARTEFACTS, Artefact, read_table
from showergan.report.registry import exhibits, register_figure
from showergan.tasks.found import TASKS

HOMES = [f"showergan.tasks.{name}" for name in TASKS]
ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/showergan"
LOOK = json.dumps({"labels": {"sn": "vanilla SN", "none": "no normalization"}})

NEW = '''
from showergan.report.artefacts import Artefact, read_table
from showergan.report.registry import TRAINING, register_figure
from showergan.report.layout import new_figure

FEATHERS = {"feathers": Artefact("feathers: CSV", read_table, of_runs=True)}


@register_figure("New", TRAINING, lambda config: config.run == "new", own=FEATHERS)
def how_new(style, summary, feathers):
    """Draw nothing."""
    return new_figure(2)
'''


@pytest.mark.parametrize("package", ["figures", "tables"])
def test_every_file_is_found_and_captioned(package):
    found = exhibits(package, HOMES)
    places = (SOURCE / package, *SOURCE.glob(f"tasks/*/{package}"))
    files = {path for place in places for path in place.glob("*.py")}
    files -= {path for path in files if path.stem in ("__init__", "file_table")}  # of no run
    assert files == {
        Path(sys.modules[exhibit.make.__module__].__file__) for exhibit in found.values()
    }
    for name, exhibit in found.items():
        assert exhibit.make.__name__ == name
        assert (ROOT / f"workflow/report/{package}/{exhibit.caption}.rst").exists()
    captions = {path.stem for path in (ROOT / f"workflow/report/{package}").glob("*.rst")}
    assert captions == {exhibit.caption for exhibit in found.values()}


def test_titles_are_for_readers():
    found = {**exhibits("figures", HOMES), **exhibits("tables", HOMES)}
    for name, exhibit in found.items():
        assert "_" not in exhibit.title, name
        assert exhibit.title.strip("0123456789 ")[0].isupper(), name


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


@pytest.fixture
def ducks(tmp_path, monkeypatch):
    """A task with a folder for its own figures."""
    folder = tmp_path / "ducks/figures"
    folder.mkdir(parents=True)
    for place in (folder, folder.parent):
        (place / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.startswith("ducks")]:
        del sys.modules[name]


def test_a_new_file_is_a_new_figure(ducks):
    (ducks / "how_new.py").write_text(NEW)
    (ducks / "helper.py").write_text("helper = 3\n")
    found = exhibits("figures", ["ducks"])
    figure = found.pop("how_new")
    assert found == exhibits("figures", []) != {}
    assert exhibits("tables", ["ducks"]) == exhibits("tables", [])
    assert (figure.title, figure.section, figure.caption) == ("New", "4 Training", "how_new")
    assert figure.inputs == {
        "summary": ARTEFACTS["summary"],
        "feathers": Artefact("feathers: CSV", read_table, of_runs=True),
    }
    assert figure.kinds == ("png", "pdf")
    methods = {"sn": {"label": "SN", "learning_rates": {"generator": 1, "discriminator": 1}}}
    for run, worth in (("new", True), ("old", False)):
        text = json.dumps({"run": run, "methods": methods})
        assert figure.applicable(parse_config(json.loads(text))) == worth


def test_a_name_that_is_taken_is_told(ducks):
    (ducks / "losses.py").write_text(NEW.replace("how_new", "losses"))
    with pytest.raises(ValueError, match="ducks: other figures are called losses, too"):
        exhibits("figures", ["ducks"])


def test_a_task_has_its_own_alone():
    own = {name: set(exhibits("figures", [home])) for name, home in zip(TASKS, HOMES, strict=True)}
    assert "target_showers" in own["showers"] - own["toys"]
    assert "generated_points" in own["toys"] - own["showers"]


def test_an_unknown_input_is_told():
    with pytest.raises(ValueError, match=r"drawn: no artefact is called sumary; there are data, "):

        @register_figure("New", "1 Section")
        def drawn(style, sumary):
            pass


def test_drawing_needs_no_torch_and_no_training(tmp_path):
    table = tmp_path / "verdicts.csv"
    table.write_text("score,method,architecture\n")
    files = [f"--{kind}={tmp_path}/v.{kind}" for kind in ("png", "pdf")]
    arguments = ["figure", "differences", f"--verdicts={table}", f"--look={LOOK}", *files]
    code = f"import sys, showergan.cli; showergan.cli.app({arguments!r}, standalone_mode=False)"
    code += "; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (tmp_path / "v.png").read_bytes().startswith(b"\x89PNG")
    loaded = set(done.stdout.split())
    assert "matplotlib.figure" in loaded
    assert (
        not {"torch", "snakemake", "showergan.training.loop", "showergan.evaluation.measure"}
        & loaded
    )


@pytest.mark.parametrize("package", ["drawing", "figures", "tables"])
def test_they_stand_apart(package):
    places = (SOURCE / package, *SOURCE.glob(f"tasks/*/{package}"))
    text = "\n".join(path.read_text() for place in places for path in place.glob("*.py*"))
    assert not re.search(
        r"torch|showergan\.(training|measurement|inference|networks|steps|cli)", text
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
        keys = {"architecture": "small", "learning_rates": "1_1", "chosen": True}
        pd.DataFrame({"method": ["sn", "none"], **keys}).to_csv(grid, index=False)
        (tmp_path / "look.json").write_text(LOOK)
        options += ["--grid", str(grid), "--look", str(tmp_path / "look.json")]
        options += ["--png", str(tmp_path / "losses.png"), "--pdf", str(tmp_path / "losses.pdf")]
        done = CliRunner().invoke(app, ["figure", "losses", *options])
        assert done.exit_code == 0, done.exception
        assert (tmp_path / "losses.png").read_bytes().startswith(b"\x89PNG")
        assert (tmp_path / "losses.pdf").read_bytes().startswith(b"%PDF")

    def test_a_table_is_written_by_hand(self, tmp_path):
        names = ["n_rates", "best_rates", "best", "worst_rates", "worst", "robustness", "remark"]
        row = ["bins-E", "sn", 2, "1_1", 0.8, "1_2", 0.4, 0.5, ""]
        table = tmp_path / "robustness.csv"
        pd.DataFrame([row], columns=["score", "method", *names]).to_csv(table, index=False)
        files = [f"--{kind}={tmp_path}/t.{kind}" for kind in ("csv", "md", "tex", "html")]
        done = CliRunner().invoke(
            app, ["table", "robustness", f"--robustness={table}", f"--look={LOOK}", *files]
        )
        assert done.exit_code == 0, done.exception
        assert "vanilla SN" in (tmp_path / "t.md").read_text()
        page = (tmp_path / "t.html").read_text(encoding="utf-8")
        assert "<td>vanilla SN</td>" in page and page.startswith("<!DOCTYPE html>")

    def drawn(self, tmp_path, text, look=LOOK):
        (tmp_path / "verdicts.csv").write_text(text)
        files = [f"--{kind}={tmp_path}/v.{kind}" for kind in ("png", "pdf")]
        table = f"--verdicts={tmp_path}/verdicts.csv"
        arguments = ["figure", "differences", table, f"--look={look}", *files]
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

    def test_a_look_without_methods_is_told(self, tmp_path):
        error = self.drawn(tmp_path, "score,method,architecture\n", look="{}")
        assert isinstance(error, UserError) and "labels" in str(error)
