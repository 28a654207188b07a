"""Modules and names that only Unix has are not needed: Windows lacks them."""

import subprocess
import sys

CODE = """
import os, sys
# As on Windows: these modules are not there, nor are these functions and numbers of `os`.
for module in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[module] = None
for name in ("getuid", "EX_TEMPFAIL", "sysconf", "sched_getaffinity"):
    if hasattr(os, name):
        delattr(os, name)

import json
from pathlib import Path
from showergan.cli import run
from showergan.errors import UserError
from showergan.io import gpu_slots
from showergan.tasks.showers.remote import fetch_url

folder = Path(sys.argv[1])
def call(*words):
    sys.argv[1:] = map(str, words)
    try:
        run()
    except SystemExit as ended:
        assert not ended.code, words
recipe = json.dumps({"n_showers": 40})
call("simulate", "--recipe", recipe, "--out", folder / "s.npz", "--provenance", folder / "provenance.json")
call("preprocess", "--source", folder / "s.npz", "--recipe", "{}", "--out", folder / "s.h5")
call("provenance", folder / "s.npz")

assert gpu_slots.take(["a", "b"], 1, gpu_slots.folder_of_locks()) == 0

try:
    fetch_url("http://127.0.0.1:9/x.npz", folder / "x.npz", None)
except UserError as error:
    assert "cannot be downloaded" in str(error)
else:
    raise AssertionError("there is no such server")
"""


def test_steps_gpus_and_downloads_run_without_what_only_unix_has(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOWERGAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    command = [sys.executable, "-c", CODE, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
