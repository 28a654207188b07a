"""Files exist whole or not at all."""

import hashlib

import pytest

from showergan.files import sha256_of, write_aside


def test_file_appears_only_when_whole(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with write_aside(path) as aside:
        aside.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), write_aside(path) as aside:
        aside.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_new_file_follows_the_umask(tmp_path):
    plain, aside_path = tmp_path / "plain", tmp_path / "aside"
    plain.touch()
    with write_aside(aside_path) as aside:
        aside.touch()
    assert aside_path.stat().st_mode == plain.stat().st_mode


def test_sha256(tmp_path):
    (tmp_path / "a").write_bytes(b"abc" * 1000)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"abc" * 1000).hexdigest()
