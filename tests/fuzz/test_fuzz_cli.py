"""The command line: whatever it is given, a result or a message; never a traceback, never a part of a file."""

import contextlib
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest
import typer
import yaml
from attack import examples
from hypothesis import given
from hypothesis import strategies as st

from showergan import cli
from showergan.cli.options import LateCommand
from showergan.config.recipes.found import RECIPES
from showergan.config.whole import parse_config

ROOT = Path(__file__).parents[2]
CONFIG = parse_config(yaml.safe_load((ROOT / "config.yaml").read_text()))
OF_RUN = {"architecture": "small", "method": "sn", "rates": "0.001_0.0001", "seed": "1"}
STYLE = json.dumps({"labels": {"sn": "SN"}})


def commands(group, *names):
    """Yield every command with its options."""
    for name, late in group.commands.items():
        command = late.whole() if isinstance(late, LateCommand) else late
        if hasattr(command, "commands"):
            yield from commands(command, *names, name)
        else:
            yield (*names, name), command.params


COMMANDS = dict(commands(typer.main.get_command(cli.app)))
READING = [
    c for c, options in COMMANDS.items() if any(o.rich_help_panel == "Inputs" for o in options)
]


@pytest.fixture(scope="module", autouse=True)
def _built_once():
    """Typer builds the command line anew whenever it is called."""
    with pytest.MonkeyPatch.context() as patch:
        build = typer.main.get_command
        built = build(cli.app)
        patch.setattr(
            typer.main, "get_command", lambda app: built if app is cli.app else build(app)
        )
        yield


MOST_SECONDS = (
    300  # of a command; one that waits for ever is killed by the alarm, and its test fails
)


@pytest.fixture(autouse=True)
def _alarm():
    def ring(*_):
        raise RuntimeError(f"a command took more than {MOST_SECONDS} s")

    before = signal.signal(signal.SIGALRM, ring)
    yield
    signal.signal(signal.SIGALRM, before)


def call(*words):
    """Run a command in this process; return the status that it ends with, and what it says."""
    said, before = io.StringIO(), (sys.argv, sys.excepthook, sys.unraisablehook)
    sys.argv = ["showergan", *words]
    signal.alarm(MOST_SECONDS)
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            cli.run()
    except SystemExit as end:
        return end.code or 0, said.getvalue()
    finally:
        signal.alarm(0)
        sys.argv, sys.excepthook, sys.unraisablehook = before
    return 0, said.getvalue()


def recipe_of(command):
    """Return a recipe that the step of a command takes."""
    if command[0] in ("figure", "table"):
        return ["--style", STYLE]
    if command[0] == "take-embedding":
        return ["--recipe", json.dumps({"file": "model.pt", "sha256": "0" * 64})]
    step = RECIPES.get(command[0].replace("-", "_"))
    if step is None or command[0] in (
        "evaluate-file",
        "train-image-embedding",
        "make-data",
        "fixed-generator",
        "fetch",
    ):
        return []
    words = OF_RUN if command[0] == "train" else {}
    return ["--recipe", step.of(CONFIG, **words).canonical()]


LEFT_OUT = {("evaluate-file", "reference")}  # it stands in place of the other inputs


def line(command, inputs, out):
    """Return the words of a command that reads these files and writes into a folder."""
    words, files = list(command), iter(inputs)
    for option in COMMANDS[command]:
        if option.rich_help_panel == "Inputs" and (command[0], option.name) not in LEFT_OUT:
            named = option.param_type_name == "option"
            words += [option.opts[0], next(files)] if named else [next(files)]
        elif option.rich_help_panel == "Outputs" or option.name == "provenance":
            suffix = {"generate": ".npz"}.get(command[0], "")
            words += [option.opts[0], str(out / f"{option.name}{suffix}")]
    return [*words, *recipe_of(command)]


def write_files(folder):
    """Write what somebody may give by mistake; return the paths."""
    content = {
        "empty": b"",
        "text": b"no such thing\n",
        "binary": bytes(range(256)) * 4,
        "table.csv": b"a,b\n1,2\n",
        "quotes.csv": b'"a,"b"\n1,"2\n',
        "latin.csv": b"m\xe9tric,value\n1,2\n",
        "null.csv": b"metric\0,value\n\0,1\n",
        "wide.csv": b"metric,value\n1,2,3,4\n5\n",
        "list.json": b"[]",
        "object.json": b"{}",
        "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(20),
    }
    for name, data in content.items():
        (folder / name).write_bytes(data)
    np.savez(folder / "other.npz", x=np.arange(3))
    with h5py.File(folder / "other.h5", "w") as file:
        file["x"] = np.arange(3)
    with h5py.File(folder / "jets.h5", "w") as file:
        file.attrs["task"] = "jets"
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    return [str(path) for path in folder.iterdir()] + [
        str(folder / "missing"),
        str(folder / "empty/x"),
        str(folder / ("n" * 300)),
        "",
    ]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return sorted(write_files(tmp_path_factory.mktemp("files")))


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("cli") / "out"


def ends_well(status, said, out):
    assert "Traceback" not in said, said
    assert status in (0, 1, 2)
    if status == 1:
        assert said.splitlines()[-1] and "error: " in said
    if status:
        assert not out.exists() or not list(out.rglob("*"))


@examples(60)
@given(command=st.sampled_from(READING), data=st.data())
def test_files_of_other_kinds(files, out, command, data):
    shutil.rmtree(out, ignore_errors=True)
    n = sum(o.rich_help_panel == "Inputs" for o in COMMANDS[command])
    inputs = [data.draw(st.sampled_from(files)) for _ in range(n)]
    ends_well(*call(*line(command, inputs, out)), out)


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_pipe_is_not_waited_for(files, out, command):
    pipe = next(file for file in files if file.endswith("/pipe"))
    n = sum(o.rich_help_panel == "Inputs" for o in COMMANDS[command])
    ends_well(*call(*line(command, [pipe] * n, out)), out)


WORDS = st.one_of(
    st.text(st.characters(exclude_characters="\0"), max_size=8),
    st.sampled_from(
        [
            "--help",
            "--recipe",
            "--out",
            "--data",
            "--device",
            "--n",
            "-1",
            "nan",
            "{}",
            "figure",
            "table",
            "\udcff",
        ]
    ),
)


@examples(150)
@given(command=st.sampled_from(sorted(COMMANDS)), words=st.lists(WORDS, max_size=4), data=st.data())
def test_any_words(out, command, words, data):
    shutil.rmtree(out, ignore_errors=True)
    if command == ("schema",):
        words = ["--help", *words]
    start = data.draw(st.integers(0, len(command)))
    if words or start < len(command):
        ends_well(*call(*command[:start], *words), out)


@pytest.mark.parametrize("place", ["folder", "text/x", "n" * 300 + "/x", "n" * 300])
def test_places_that_cannot_be_written(files, place):
    """Of the file that a command writes."""
    folder = Path(files[-1]).parent
    before = sorted(folder.rglob("*"))
    status, said = call("simulate", "--recipe", '{"n_showers": 8}', "--out", str(folder / place))
    assert status == 1 and said.startswith("error: ")
    assert sorted(folder.rglob("*")) == before


BOMB = """
import numpy as np, sys, zipfile
header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776, 2), }".encode()
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as file:
    file.writestr("ParticleMomentum.npy", b"")
    file.writestr("EnergyDeposit.npy", b"")
    file.writestr("ParticlePoint.npy", b"\\x93NUMPY\\x01\\x00" + len(header).to_bytes(2, "little") + header)
    file.getinfo("ParticlePoint.npy").file_size = 2**43 + 10 + len(header)
"""


def test_a_claim_of_terabytes_takes_no_memory(tmp_path):
    """In a process of its own, that may take little more than Python and its libraries."""
    bombs = {}
    subprocess.run([sys.executable, "-c", BOMB, tmp_path / "bomb.npz"], check=True)
    bombs["bomb.npz"] = "claims"
    with h5py.File(tmp_path / "bomb.h5", "w") as file:
        for name, width in {"energy": 900, "point": 2, "momentum": 3}.items():
            file.create_dataset(name, (2**40, width), "f4", chunks=(64, width))
    bombs["bomb.h5"] = "claims"
    most = 3 * 2**30
    for name, told in bombs.items():
        code = "from showergan.tasks.showers.particle_files import read_particles as read"
        code += "; import sys, pathlib; read(pathlib.Path(sys.argv[1]))"
        done = subprocess.run(
            [sys.executable, "-c", code, tmp_path / name],
            capture_output=True,
            text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most)),
        )
        assert "UserError" in done.stderr and told in done.stderr
        assert "MemoryError" not in done.stderr


def test_a_real_process_prints_one_message(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "showergan.cli",
            "preprocess",
            "--source",
            tmp_path / "none",
            "--out",
            tmp_path / "x.h5",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())
