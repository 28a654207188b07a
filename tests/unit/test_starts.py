"""Start and end of the command line: no search for garbage while it loads, and nothing lost when it ends."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest


def called(code, *words, stdout=subprocess.PIPE):
    """Call the command line in a Python of its own that first runs some code."""
    asked = f"import sys\n{code}\nfrom showergan.cli import main\nsys.argv[0] = 'showergan'\nmain()"
    return subprocess.Popen(
        [sys.executable, "-c", asked, *map(str, words)],
        env=os.environ | {"PYTHONUNBUFFERED": ""},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )


COUNTED = """
import gc, showergan.cli
searched = []
gc.callbacks.append(lambda phase, info: searched.append("matplotlib.figure" in sys.modules))
"""
TOLD = "print(searched.count(False), gc.isenabled(), gc.get_freeze_count())"


def test_what_is_loaded_is_not_searched_for_garbage():
    told = f"import atexit\n{COUNTED}\natexit.register(lambda: {TOLD})"
    text, _ = called(told, "figure", "losses", "--help").communicate()
    searches, is_enabled, frozen = text.split()[-3:]
    assert searches == "0"
    assert is_enabled == "True"  # for the work
    assert int(frozen) > 100_000


def test_python_without_a_command_line_is_as_it_was():
    """Who calls a subcommand from Python, as tests do, decides on garbage alone."""
    code = (
        "import gc; from typer.testing import CliRunner; from showergan.cli import app; "
        "done = CliRunner().invoke(app, ['verify', '.']); print(gc.isenabled(), gc.get_freeze_count())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "True 0\n"


def doing(body):
    """Return code that makes `verify` do something else."""
    lines = "".join(f"\n    {line}" for line in body.strip().splitlines())
    return f"import showergan.cli.records as records\ndef findings(run):{lines}\nrecords.findings = findings"


MANY = """
from showergan.records.verification import Finding
return [Finding("missing", run / str(n), "it was made") for n in range(10_000)]
"""


def test_a_slow_reader_gets_all(tmp_path):
    """More than a pipe holds."""
    process = called(doing(MANY), "verify", tmp_path)
    time.sleep(1)
    first, *lines = process.communicate()[0].splitlines()
    assert (first, len(lines)) == (f"missing: {tmp_path}/0: it was made", 10_000)
    assert lines[-1].endswith(f"{tmp_path}/9999")
    assert process.returncode == 1


LEFT = """
import atexit, logging.handlers, tempfile, threading, time
records.left = tempfile.TemporaryDirectory(dir=run, prefix="unfinished")
handler = logging.handlers.MemoryHandler(100, target=logging.FileHandler(run / "log"))
logging.getLogger("kept").addHandler(handler)
logging.getLogger("kept").warning("logged")
atexit.register((run / "atexit").write_text, "called")
def late():
    time.sleep(0.5)
    (run / "thread").write_text("joined")
threading.Thread(target=late).start()
raise records.UserError("after all that")
"""


def test_what_is_left_to_the_end_of_python_is_done(tmp_path):
    process = called(doing(LEFT), "verify", tmp_path)
    _, said = process.communicate()
    assert (process.returncode, said) == (1, "error: after all that\n")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        **{"log": "logged\n", "atexit": "called", "thread": "joined"}
    }


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_what_cannot_be_written_at_the_end_is_told(tmp_path):
    with Path("/dev/full").open("w") as full:
        process = called(doing("return []"), "verify", tmp_path, stdout=full)
        said = process.communicate()[1]
    assert process.returncode == 120  # of Python
    assert "No space left on device" in said


def test_exit_statuses(tmp_path):
    paused = doing("from showergan.errors import Paused\nraise Paused('later')")
    fault = doing("raise KeyError('fault')")
    for code, words, status in [
        ("", ["--help"], 0),
        ("", ["verify", tmp_path], 1),
        ("", ["nosuch"], 2),
        (paused, ["verify", tmp_path], 75),
        (fault, ["verify", tmp_path], 1),
    ]:
        process = called(code, *words)
        said = process.communicate()[1]
        assert process.returncode == status, said
        assert ("Traceback" in said) is (code == fault)
