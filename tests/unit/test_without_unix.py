"""What only Unix has is not needed: Windows has no such modules and names."""

import subprocess
import sys

import pytest

# As on Windows: these modules are not there, nor are these functions and numbers of `os`.
WITHOUT = """
import os, sys
for module in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[module] = None
for name in ("getuid", "EX_TEMPFAIL", "sysconf", "sched_getaffinity"):
    if hasattr(os, name):
        delattr(os, name)
"""

STEPS = """
import json
from pathlib import Path
from showergan.cli import main
folder = Path(sys.argv[1])
def call(*words):
    sys.argv[1:] = map(str, words)
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, words
recipe = json.dumps({"n_showers": 40})
call("simulate", "--recipe", recipe, "--out", folder / "s.npz", "--provenance", folder / "provenance.json")
call("preprocess", "--source", folder / "s.npz", "--recipe", "{}", "--out", folder / "s.h5")
call("provenance", folder / "s.npz")
"""

GPUS = """
from showergan.io import gpu_slots
assert gpu_slots.take(["a", "b"], 1, gpu_slots.folder_of_locks()) == 0
"""

CACHE = """
from showergan.errors import UserError
from showergan.tasks.showers.remote import fetch_url
from pathlib import Path
try:
    fetch_url("http://127.0.0.1:9/x.npz", Path(sys.argv[1]) / "x.npz", None)
except UserError as error:
    assert "cannot be downloaded" in str(error)
"""


@pytest.mark.parametrize("code", [STEPS, GPUS, CACHE], ids=["steps", "gpus", "cache"])
def test_runs_without_what_only_unix_has(tmp_path, monkeypatch, code):
    monkeypatch.setenv("SHOWERGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    command = [sys.executable, "-c", WITHOUT + code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
