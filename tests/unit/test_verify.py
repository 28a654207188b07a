"""Changes of a run since it was made, and the record of a file."""

import shutil

import h5py
import pytest
import yaml
from generators import network, trained
from small_run import flip, make, small_run
from typer.testing import CliRunner

from showergan.cli import app
from showergan.errors import UserError
from showergan.evaluation.generator import save_generator
from showergan.records.verification import findings


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Seen from the folder that it was started in."""
    monkeypatch.chdir(tmp_path)
    return small_run(tmp_path)


def told(folder):
    return [(f.kind, f.path.relative_to(folder).as_posix()) for f in findings(folder)]


def asked(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_nothing_is_wrong_with_what_was_made(run, tmp_path):
    assert findings(run) == []
    shown = asked("verify", "results/tiny")
    assert shown.exit_code == 0
    assert "as it was made" in shown.output


def test_one_bit_is_found_and_told_once(run):
    flip(run / "data/d.h5")
    assert told(run) == [("altered", "data/d.h5")]
    shown = asked("verify", "results/tiny")
    assert shown.exit_code == 1
    assert "altered: results/tiny/data/d.h5: " in shown.output
    assert "snakemake --cores all --forcerun results/tiny/data/d.h5\n" in shown.output


def test_what_is_gone_is_missing(run):
    (run / "train/seed2/history.csv").unlink()
    assert told(run) == [("missing", "train/seed2/history.csv")]


def test_what_was_made_anew_leaves_stale_what_was_made_of_it(run):
    make(run, "train/seed1/history.csv", "data/d.h5")
    assert findings(run) == []  # the same again
    (run.parents[1] / "source.npz").write_text("another")
    assert told(run) == [("stale", "data/d.h5")]
    make(run, "data/d.h5", "../../source.npz")
    assert told(run) == [("stale", f"train/seed{seed}/history.csv") for seed in (1, 2)]
    shown = asked("verify", "results/tiny")
    assert shown.exit_code == 1
    assert "results/tiny/data/d.h5, which it was made of, has changed since" in shown.output


def test_a_record_of_what_was_there_is_needed(run):
    (run / "notes of mine.txt").write_text("by hand")
    (run / "train/seed1/history.provenance.json").write_text("{")
    assert told(run) == [
        ("unreadable", "train/seed1/history.provenance.json"),
        ("unlisted", "notes of mine.txt"),
        ("unlisted", "train/seed1/history.csv"),
    ]
    shown = asked("verify", "results/tiny")
    assert shown.exit_code == 1
    files = "'results/tiny/notes of mine.txt' results/tiny/train/seed1/history.csv"
    assert f"move it to another folder: {files}\n" in shown.output


def test_a_run_may_be_moved_away_from_its_sources(run, tmp_path):
    moved = shutil.move(run, tmp_path / "far/away/from/it")
    assert told(moved) == [("unchecked", "data/d.h5")]
    shown = asked("verify", moved)
    assert shown.exit_code == 0
    assert "source.npz, which it was made of, is not here" in shown.output
    flip(moved / "summary.csv")
    assert ("altered", "summary.csv") in told(moved)


def test_it_may_be_asked_from_within(run, monkeypatch):
    monkeypatch.chdir(run)
    assert asked("verify", ".").exit_code == 0
    (run / "../../source.npz").unlink()
    shown = asked("verify", ".")
    assert shown.exit_code == 0
    assert shown.output.startswith("unchecked: data/d.h5: ../../source.npz")


def test_a_folder_without_records_is_no_run(tmp_path):
    with pytest.raises(UserError, match="no job left a record here"):
        findings(tmp_path)


def test_the_record_that_lists_a_file_is_printed(run):
    shown = asked("provenance", "results/tiny/summary.csv")
    assert shown.exit_code == 0
    record = yaml.safe_load(shown.output)
    assert record["step"] == "summary.csv"
    assert list(record["inputs"]) == [f"train/seed{seed}/history.csv" for seed in (1, 2)]
    assert asked("provenance", "results/tiny/summary.provenance.json").output == shown.output
    flip(run / "summary.csv")
    assert "summary.csv is not what was made" in asked("provenance", run / "summary.csv").output


def test_what_stands_alone_tells_what_it_carries(tmp_path):
    path, generator = tmp_path / "generator.pt", trained(network(1))
    save_generator(generator.description, generator.states, path)
    assert yaml.safe_load(asked("provenance", path).output) == {"recipe": {"seed": 1}}
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file.attrs.update(source_sha256="ab", n_train=3, rectangle=[1.5, 2.0])
    carried = yaml.safe_load(asked("provenance", tmp_path / "d.h5").output)
    assert carried == {"source_sha256": "ab", "n_train": 3, "rectangle": [1.5, 2.0]}


@pytest.mark.parametrize(
    ("name", "message"),
    [("a.csv", "no record"), ("a.pt", "no generator"), ("a.h5", "no HDF5"), ("b", "is no file")],
)
def test_what_tells_nothing_is_said(tmp_path, name, message):
    for there in ("a.csv", "a.pt", "a.h5"):
        (tmp_path / there).write_text("nothing")
    found = asked("provenance", tmp_path / name).exception
    assert isinstance(found, UserError)
    assert message in str(found)
