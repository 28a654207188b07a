"""States on the way: two, whole, of one training, now and then; and what becomes of those that are not."""

import hashlib
import io
import os
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import torch

from showergan.errors import Paused
from showergan.training.checkpoint import Checkpoints

CPU = torch.device("cpu")


class Count:
    """A work that counts."""

    def __init__(self, n=0):
        self.n = torch.tensor(n)

    def state_dict(self):
        return {"n": self.n}

    def load_state_dict(self, state):
        self.n = state["n"]

    def table(self):
        return pd.DataFrame({"n": range(1, self.n + 1)})


@pytest.fixture
def out(tmp_path):
    (tmp_path / "data").write_bytes(b"data")
    return tmp_path / "results" / "out.pt"


def checkpoints(out, **changes):
    settings = {
        "recipe": "a",
        "data": out.parents[1] / "data",
        "device": CPU,
        "every": 0,
        "most": None,
    }
    return Checkpoints(out, **settings | changes)


def counted(out, to=3, **changes):
    """Count from where an earlier count ended."""
    count, kept = Count(), checkpoints(out, **changes)
    kept.resume(count)
    while count.n < to:
        count.n += 1
        kept.reached(count)
    return kept


def resumed(out, **changes):
    count = Count()
    checkpoints(out, **changes).resume(count)
    return count.n.item()


def set_clock(monkeypatch):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr("showergan.training.checkpoint.time.monotonic", lambda: clock.now)
    return clock


def states(out):
    return [out.parent / ".checkpoint" / "out" / f"{name}.pt" for name in ("newest", "before")]


def test_nothing_is_there_at_first(out, capsys):
    assert resumed(out) == 0
    assert capsys.readouterr().err == ""
    assert not out.parent.exists()


def test_the_newest_of_two_is_gone_on_from(out, capsys):
    counted(out)
    assert {p.name for p in states(out)[0].parent.iterdir()} == {
        "newest.pt",
        "before.pt",
        "history.csv",
    }
    assert resumed(out) == 3
    assert "goes on from" in capsys.readouterr().err
    states(out)[0].unlink()
    assert resumed(out) == 2


def test_states_may_lie_elsewhere(out, tmp_path):
    elsewhere = tmp_path / "states"
    counted(out, folder=elsewhere)
    assert not out.parent.exists()
    assert resumed(out) == 0
    assert resumed(out, folder=elsewhere) == 3
    assert resumed(out.parent.with_name("other") / out.name, folder=elsewhere) == 0


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def flip_digest(path):
    content = bytearray(path.read_bytes())
    content[0] ^= 1
    path.write_bytes(content)


def halve(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path):
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [flip, flip_digest, halve, empty])
def test_a_damaged_state_gives_way_to_the_one_before(out, damage, capsys):
    counted(out)
    newest, before = states(out)
    damage(newest)
    assert resumed(out) == 2
    assert f"{newest} is not used: it is damaged" in capsys.readouterr().err
    damage(before)
    assert resumed(out) == 0
    assert capsys.readouterr().err.count("is not used: it is damaged") == 2
    counted(out, 5)  # and the count starts anew
    assert resumed(out) == 5


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"recipe": "b"}, "recipe"), ({"device": torch.device("meta")}, "device"), ({}, "data")],
)
def test_a_state_of_another_training_is_refused_and_told(out, changes, told, capsys):
    counted(out)
    if told == "data":
        (out.parents[1] / "data").write_bytes(b"date")
    assert resumed(out, **changes) == 0
    assert capsys.readouterr().err.splitlines() == [
        *(f"{path} is not used: it is of other {told}" for path in states(out)),
        "starts from the beginning",
    ]


def test_a_state_of_other_versions_is_refused(out, monkeypatch, capsys):
    counted(out)
    monkeypatch.setattr("showergan.__version__", "0")
    assert resumed(out) == 0
    assert "of other versions" in capsys.readouterr().err


def test_who_comes_back_at_once_finds_the_own_state_before_that_of_another(out):
    counted(out, 3)
    counted(out, 1, recipe="b")
    assert resumed(out) == 3
    assert resumed(out, recipe="b") == 1


@pytest.mark.parametrize("state", [torch.zeros(3), [], {"of": torch.zeros(3)}, {}])
def test_a_state_that_is_none_gives_way_without_a_warning(out, state, recwarn):
    """PyTorch warns where a tensor is asked for what a name stands for."""
    counted(out)
    written = io.BytesIO()
    torch.save(state, written)
    content = written.getvalue()
    states(out)[0].write_bytes(hashlib.sha256(content).digest() + content)
    assert resumed(out) == 2
    assert not recwarn.list


@pytest.mark.parametrize("error", [KeyError, TypeError, RuntimeError, MemoryError, RecursionError])
def test_a_state_that_does_not_fit_gives_way_and_leaves_no_half(out, capsys, error):
    counted(out)

    class Other(Count):
        def load_state_dict(self, state):
            super().load_state_dict(state)
            if state["n"]:
                raise error("Missing\nkey")

    other = Other()
    checkpoints(out).resume(other)
    assert other.n == 0
    told = capsys.readouterr().err.splitlines()
    fits = "it does not fit this training"
    assert [line.split(" is not used: ")[-1].split(" (")[0] for line in told[:2]] == [fits] * 2
    assert told[2:] == ["starts from the beginning"]


def folder(path):
    path.unlink()
    path.mkdir()
    (path / "file").touch()


def pipe(path):
    path.unlink()
    os.mkfifo(path)


def link(path):
    path.unlink()
    path.symlink_to(path)


@pytest.mark.parametrize("put", [folder, pipe, link])
def test_what_is_no_file_gives_way_and_is_in_no_way(out, put, capsys):
    counted(out)
    for path in states(out):
        put(path)
    assert resumed(out) == 0
    assert capsys.readouterr().err.count("is not used: ") == 2
    kept = counted(out)
    assert "cannot be saved" not in capsys.readouterr().err
    assert resumed(out) == 3
    kept.remove()
    assert not list(out.parent.iterdir())


def test_a_file_in_place_of_the_folder_is_told_and_stays(out):
    out.parent.mkdir()
    (out.parent / ".checkpoint").touch()
    counted(out).remove()
    assert (out.parent / ".checkpoint").is_file()


def test_states_are_some_seconds_apart(out, monkeypatch):
    clock = set_clock(monkeypatch)
    kept, count, saved = checkpoints(out, every=60), Count(), []
    for clock.now in range(0, 200, 25):
        count.n += 1
        kept.reached(count)
        saved.append(resumed(out))
    assert saved == [0, 0, 0, 4, 4, 4, 7, 7]  # at 75 s and, 75 s later, at 150 s


def test_it_stops_when_its_time_is_over(out):
    with pytest.raises(Paused, match="the same call goes on"):
        counted(out, every=1e9, most=0)
    assert resumed(out) == 1
    with pytest.raises(Paused):
        counted(out, every=1e9, most=0)
    assert resumed(out) == 2


def test_seconds_are_those_of_all_processes(out, monkeypatch):
    clock = set_clock(monkeypatch)
    kept = checkpoints(out)
    clock.now = 10.0
    kept.reached(Count(1))
    later = checkpoints(out)
    later.resume(Count())
    clock.now = 15.0
    assert later.seconds == 15.0


@pytest.mark.parametrize(
    ("now", "most"), [((None, None), None), ((300, 200), 300), ((200, 300), 300)]
)
def test_peak_memory_is_the_largest_of_all_processes(out, monkeypatch, now, most):
    """There is no GPU whose memory one could read."""
    for peak in now:
        monkeypatch.setattr(
            "showergan.training.checkpoint.peak_device_memory", lambda peak=peak: peak
        )
        last = counted(out)
        last.reached(Count())
    assert last.peak_device_memory == most


def test_the_table_grows_and_survives(out):
    table = states(out)[0].with_name("history.csv")
    counted(out, 2)
    assert table.read_text().split() == ["n", "1", "2"]
    with table.open("a") as file:
        file.write("3\n4")  # of a process that got further than its states
    counted(out, 5)
    assert table.read_text().split() == ["n", "1", "2", "3", "4", "5"]


def test_all_goes_at_the_end_but_what_is_of_others(out):
    other = counted(out.with_name("other.pt"))
    counted(out).remove()
    assert [p.name for p in (out.parent / ".checkpoint").iterdir()] == ["other"]
    other.remove()
    assert list(out.parent.iterdir()) == []
    other.remove()  # and once more harms nothing


def test_a_full_disk_ends_no_training_but_is_told(out, capsys):
    out.parent.mkdir()
    (out.parent / ".checkpoint").write_text("in the way")
    counted(out)
    assert capsys.readouterr().err.count("the state cannot be saved") == 3
    with pytest.raises(OSError, match=r"\.checkpoint"):
        counted(out, most=0)


def test_nothing_in_a_state_is_run(out, tmp_path, capsys):
    class Evil(Count):
        def state_dict(self):
            return {"n": Touch()}

    class Touch:
        def __reduce__(self):
            return Path.touch, (tmp_path / "touched",)

    checkpoints(out).reached(Evil())
    assert resumed(out) == 0
    assert "damaged, or holds what could run code" in capsys.readouterr().err
    assert not (tmp_path / "touched").exists()
