"""States of files and folders of users, by which a change of them is seen."""

import os

import pytest

from showergan.io.sources import SMALL, state, walk


@pytest.fixture
def folder(tmp_path):
    for name in ("d/b/1.png", "d/a/2.png", "d/a/deep/3.png", "d/.hidden/4.png", "d/@eaDir/5.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "d/.DS_Store").write_text("")
    return tmp_path / "d"


def names(found):
    return ["/".join(place) for place in found.files]


def test_folders_of_systems_are_left_out_by_name(folder):
    found = walk(folder)
    assert names(found) == ["a/2.png", "a/deep/3.png", "b/1.png"]
    assert set(found.left_out) == {(".hidden",), ("@eaDir",)}


def test_links_are_followed_once(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/6.png").write_text("")
    (folder / "c").symlink_to(tmp_path / "elsewhere")  # a class
    (folder / "e.png").symlink_to(tmp_path / "elsewhere/6.png")
    (folder / "0").symlink_to(folder / "b")  # comes before it by name
    (folder / "a/loop").symlink_to(folder)
    (folder / "gone").symlink_to(tmp_path / "nowhere")
    found = walk(folder)
    assert names(found) == ["a/2.png", "a/deep/3.png", "b/1.png", "c/6.png", "e.png"]
    told = {"/".join(place): why for place, why in found.left_out.items()}
    assert told["0"] == "a link to b, which is looked at already"
    assert told["a/loop"] == "a link to ., which is looked at already"
    assert told["gone"] == "a link that leads nowhere"


def test_state_of_a_folder(folder):
    states = [state([str(folder)])]
    path = folder / "a/2.png"
    content, status = path.read_bytes(), path.stat()
    for change in (
        lambda: os.utime(path, (1, 1)),
        lambda: path.write_bytes(content + b"1"),
        lambda: path.rename(folder / "a/1.png"),
        lambda: (folder / "a/1.png").unlink(),
        lambda: (folder / "x").write_text(""),
    ):
        change()
        states.append(state([str(folder)]))
    assert len(set(states)) == len(states)
    (folder / "x").unlink()
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    (folder / "@eaDir/9.png").write_text("")
    assert state([str(folder)]) == states[0]


def test_state_of_files(tmp_path):
    path = tmp_path / "f"
    assert state([str(path)]) == state([str(path)])  # there is none
    for content, touched_is_another in ((b"a" * SMALL, False), (b"a" * (SMALL + 1), True)):
        path.write_bytes(content)
        before = state([str(path)])
        os.utime(path, (1e9, 1e9))
        assert (state([str(path)]) != before) == touched_is_another
        path.write_bytes(b"b" + content[1:])
        os.utime(path, (1, 1))
        assert state([str(path)]) != before
