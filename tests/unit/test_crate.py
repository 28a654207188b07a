"""A run as an RO-Crate."""

import hashlib
import json
import shutil
import subprocess
import sys

import pytest
from small_run import flip, make, small_run
from typer.testing import CliRunner

from showergan.cli import app
from showergan.errors import UserError
from showergan.records.provenance import read_record
from showergan.records.verification import findings

# It asks w3id.org, and wants another version of rich than Typer does here.
VALIDATOR = shutil.which("rocrate-validator")


def write(run, *options):
    done = CliRunner().invoke(app, ["crate", str(run), *options])
    return done.exception


def entities(run):
    graph = json.loads((run / "ro-crate-metadata.json").read_text())["@graph"]
    return {entity["@id"]: entity for entity in graph}


def links(value):
    return {link["@id"] for link in (value if isinstance(value, list) else [value])}


@pytest.fixture
def run(tmp_path):
    folder = small_run(tmp_path)
    assert write(folder, "--license", "https://spdx.org/licenses/CC-BY-4.0") is None
    return folder


def test_every_job_is_an_action_that_made_files_of_files(run):
    found = entities(run)
    actions = {i: e for i, e in found.items() if e["@type"] == "CreateAction"}
    assert len(actions) == 4
    assert found["./"]["license"] == "https://spdx.org/licenses/CC-BY-4.0"
    assert links(found["./"]["mentions"]) == set(actions)
    summarised = found["#summary.provenance.json"]
    assert links(summarised["object"]) == {f"train/seed{seed}/history.csv" for seed in (1, 2)}
    assert links(summarised["result"]) == {"summary.csv"}
    assert summarised["endTime"] == read_record(run / "summary.provenance.json").finished
    (software,) = links(summarised["instrument"])
    assert found[software]["name"] == "showergan"
    assert any(name.startswith("torch ") for name in found[software]["softwareRequirements"])
    assert links(found["#data/d.provenance.json"]["object"]) == {"#../../source.npz"}


def test_files_are_those_that_are_there(run):
    files = {i: e for i, e in entities(run).items() if e["@type"] == "File"}
    assert len(files) == 8  # of four jobs, and their records
    assert links(entities(run)["./"]["hasPart"]) == set(files)
    for name, file in files.items():
        content = (run / name).read_bytes()
        assert int(file["contentSize"]) == len(content)
        assert file.get("sha256", "") in (hashlib.sha256(content).hexdigest(), "")
        assert ("sha256" in file) != name.endswith("provenance.json")


def test_it_is_no_artefact_and_the_same_again(run):
    assert findings(run) == []
    first = (run / "ro-crate-metadata.json").read_bytes()
    assert write(run, "--license", "https://spdx.org/licenses/CC-BY-4.0") is None
    assert (run / "ro-crate-metadata.json").read_bytes() == first


def test_it_grows_old(run):
    path = run / "summary.provenance.json"
    record = json.loads(path.read_text()) | {"finished": "2999-01-01T00:00:00+00:00"}
    path.write_text(json.dumps(record))
    [stale] = findings(run)
    assert (stale.kind, stale.path.name) == ("stale", "ro-crate-metadata.json")
    assert write(run) is None  # it is written again
    assert findings(run) == []


def test_a_run_that_is_not_as_it_was_made_is_refused(run):
    (run / "notes.txt").write_text("by hand")
    assert write(run) is None
    flip(run / "summary.csv")
    make(run, "train/seed1/history.csv")
    error = write(run)
    assert isinstance(error, UserError)
    assert "2 files are not as they were made" in str(error)


def test_without_the_library_it_says_what_to_install(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "rocrate", None)
    error = write(run)
    assert isinstance(error, UserError)
    assert "pip install 'showergan[crate]'" in str(error)


@pytest.mark.skipif(not VALIDATOR, reason="no rocrate-validator here: pipx install roc-validator")
def test_the_validator_of_the_profile_has_nothing_to_say(run):
    command = [
        VALIDATOR,
        "--disable-color",
        "validate",
        "--profile-identifier",
        "process-run-crate",
    ]
    done = subprocess.run([*command, str(run)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
