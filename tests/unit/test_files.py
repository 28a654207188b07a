"""Files exist whole or not at all."""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from showergan.io.files import atomic_write, sha256_of


def test_file_appears_only_when_whole(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with atomic_write(path) as temporary:
        temporary.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), atomic_write(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_new_file_follows_the_umask(tmp_path):
    plain, aside_path = tmp_path / "plain", tmp_path / "temporary"
    plain.touch()
    with atomic_write(aside_path) as temporary:
        temporary.touch()
    assert aside_path.stat().st_mode == plain.stat().st_mode


def test_what_is_aside_has_the_name_of_the_file(tmp_path):
    """PyTorch writes it into the content."""
    with atomic_write(tmp_path / "a.txt") as temporary:
        assert temporary.name == "a.txt"
        temporary.touch()


WRITE = """
import sys, time
from pathlib import Path
from showergan.io.files import atomic_write
with atomic_write(Path(sys.argv[1])) as temporary:
    temporary.write_text("half")
    print("writes", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def writer(tmp_path):
    """A process that writes a.txt, and does not come to an end."""
    command = [sys.executable, "-c", WRITE, str(tmp_path / "a.txt")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"writes\n"
        yield process
        process.kill()


def parts(folder):
    return [path.name for path in folder.glob(".*.part")]


def test_what_a_killed_process_left_goes_with_the_next_file(tmp_path, writer):
    writer.kill()
    writer.wait()
    for other in ("b.txt", "[a].txt"):
        with atomic_write(tmp_path / other) as temporary:
            temporary.touch()
        assert len(parts(tmp_path)) == 1
    with atomic_write(tmp_path / "a.txt") as temporary:
        assert len(parts(tmp_path)) == 1  # its own
        temporary.write_text("whole")
    assert parts(tmp_path) == []
    assert (tmp_path / "a.txt").read_text() == "whole"


@pytest.mark.parametrize("inside", [[], ["lock"], ["lock", "a.txt"]])
def test_a_process_killed_before_or_after_it_wrote_leaves_nothing_for_good(tmp_path, inside):
    """It makes the folder, then its lock; in the end the lock goes last, and then the folder."""
    left = tmp_path / ".a.txt.x.part"
    left.mkdir()
    for name in inside:
        (left / name).touch()
    with atomic_write(tmp_path / "a.txt") as temporary:
        temporary.touch()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_who_loses_a_new_folder_to_another_writes_all_the_same(tmp_path, monkeypatch):
    """Between the folder and its lock it looks like one that was abandoned."""
    made = []

    def mkdtemp(**where):
        path = tempfile_mkdtemp(**where)
        made.append(path)
        if len(made) == 1:
            Path(path).rmdir()
        return path

    tempfile_mkdtemp = tempfile.mkdtemp
    monkeypatch.setattr("showergan.io.files.tempfile.mkdtemp", mkdtemp)
    with atomic_write(tmp_path / "a.txt") as temporary:
        temporary.write_text("whole")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_what_is_being_written_stays(tmp_path, writer):
    with atomic_write(tmp_path / "a.txt") as temporary:
        assert len(parts(tmp_path)) == 2
        temporary.write_text("whole")
    [part] = parts(tmp_path)
    assert (tmp_path / part / "a.txt").read_text() == "half"


def test_sha256(tmp_path):
    (tmp_path / "a").write_bytes(b"abc" * 1000)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"abc" * 1000).hexdigest()
