"""Text is UTF-8 in files, whatever the language of a machine, and goes to any terminal."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from generators import network, trained

from showergan.config.tasks.showers import Preparation
from showergan.evaluation.generator import save_generator
from showergan.tasks.showers import gflash
from showergan.tasks.showers.dataset import preprocess
from showergan.tasks.showers.shower_file import write_npz

ROOT = Path(__file__).parents[2]
ASCII = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
LOCALES = {
    "C": ASCII,
    "latin": {**ASCII, "PYTHONIOENCODING": "latin-1"},
    "koi8": {**ASCII, "PYTHONIOENCODING": "koi8-r"},
}


def of_text(call):
    """Tell whether a call opens a file, or listens to another program, as text."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in ("read_text", "write_text"):
        return True
    if name in ("run", "Popen", "check_output"):
        return any(keyword.arg == "text" for keyword in call.keywords)
    place = 0 if isinstance(call.func, ast.Attribute) else 1
    mode = getattr(call.args[place], "value", "b") if len(call.args) > place else "b"
    return name == "open" and isinstance(mode, str) and "b" not in mode


def test_every_text_file_has_its_encoding_told():
    files = [p for room in ("src", "workflow", "benchmarks") for p in (ROOT / room).rglob("*.py")]
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in files
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and of_text(call)
        and not any(k.arg == "encoding" for k in call.keywords)
    ]
    assert not found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("langue é")
    write_npz(path / "s.npz", 120, gflash.simulate(120, seed=1))
    preprocess(path / "s.npz", path / "real.h5", Preparation(path="Größe ≥ 4", split_seed=1))
    made = trained(network(1))
    save_generator(made.description, made.states, path / "generator.pt")
    (path / "recipe.json").write_text(json.dumps({"clusters": 4, "repeats": 2}), encoding="utf-8")
    return path


COMMANDS = {
    "evaluate-file": [
        *("evaluate-file", "--generated", "s.npz", "--real", "real.h5", "--out", "é.csv"),
        *("--recipe", "recipe.json", "--device", "cpu", "--provenance", "é.json"),
    ],
    "provenance": ["provenance", "real.h5"],
    "help": ["simulate", "--help"],
    "schema": ["schema"],
    "error": ["provenance", "Größe ≥ 4"],
}


# Each command line of the arguments, which "==" separates, as a process of its own would get it.
CODE = """
import sys
from itertools import groupby
from showergan.cli import run
lines = [list(words) for is_end, words in groupby(sys.argv[1:], "==".__eq__) if not is_end]
for words in lines:
    sys.argv[1:] = words
    try:
        run()
    except SystemExit as ended:
        print("==", int(ended.code or 0), flush=True)
"""


@pytest.mark.parametrize("language", LOCALES)
def test_commands_in_another_language(folder, language):
    words = [word for line in COMMANDS.values() for word in (*line, "==")]
    done = subprocess.run(
        [sys.executable, "-c", CODE, *words],
        env={**os.environ, **LOCALES[language]},
        cwd=folder,
        capture_output=True,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode("ascii", "replace")
    outputs = dict(zip(COMMANDS, re.split(rb"(?<=== \d)\n", done.stdout), strict=False))
    assert len(outputs) == len(COMMANDS)
    encoding = LOCALES[language].get("PYTHONIOENCODING", "ascii")
    for name, output in outputs.items():
        assert output.endswith(b"== %d" % (name == "error")), name
        expected = {"evaluate-file": "\u2265 ", "provenance": "Größe ≥ 4"}.get(name, "")
        assert expected.encode(encoding, "backslashreplace") in output
