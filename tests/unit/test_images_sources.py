"""Pictures from digits, idx files and folders: what is read, what is converted and counted, what is refused."""

import gzip
import json
import struct
import subprocess
import sys
import zlib

import h5py
import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from showergan.config.tasks.images import ImageData
from showergan.errors import UserError
from showergan.tasks.found import of_file
from showergan.tasks.images import dataset
from showergan.tasks.images.images import from_bytes, to_bytes

RANDOM = np.random.default_rng(1)


def bytes_of(*shape):
    return RANDOM.integers(256, size=shape, dtype=np.uint8)


def save(path, array, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **options)


def some(folder, n=8, size=(20, 20)):
    """Write n coloured pictures."""
    for i in range(n):
        save(folder / f"z{i}.png", bytes_of(*size, 3))


def written(tmp_path, **data):
    out = tmp_path / "out/images.h5"
    dataset.write(ImageData(**data), out)
    with h5py.File(out) as file:
        return (
            {k: file[k][:] for k in ("image", "label", "split")},
            dict(file.attrs) | {"samples": json.loads(file.attrs["samples"])},
        )


def write_idx(path, array, magic=None, cut=None, packed=False):
    content = magic or bytes([0, 0, 8, array.ndim])
    content += struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()
    path.write_bytes(gzip.compress(content)[:cut] if packed else content[:cut])
    return str(path)


def test_bytes_are_read_back_from_numbers():
    every = np.arange(256, dtype=np.uint8)
    assert (from_bytes(every).min(), from_bytes(every).max()) == (-1, 1)
    np.testing.assert_array_equal(to_bytes(from_bytes(every)), every)
    np.testing.assert_array_equal(to_bytes(np.float32([-3, 3, np.nan])), [0, 255, 0])


@pytest.mark.parametrize("size", [16, 32])
def test_digits_are_those_of_scikit_learn(tmp_path, size):
    found, said = written(tmp_path, size=size)
    theirs = load_digits()
    assert found["image"].shape == (1797, 1, size, size)
    np.testing.assert_array_equal(found["label"], theirs.target)
    # Means over the cells of the original are nearly it again: nothing is turned or shifted.
    cells = found["image"].reshape(1797, 8, size // 8, 8, size // 8).mean(axis=(2, 4))
    assert np.corrcoef(cells.ravel(), theirs.images.ravel())[0, 1] > 0.97
    assert said["samples"]["classes"] == list("0123456789")
    assert [said[f"n_{s}"] for s in ("train", "select", "test")] == [899, 449, 449]
    assert ImageData().n_train == 899


def test_what_is_read_is_what_was_written(tmp_path):
    written(tmp_path, conditional=True)
    path = tmp_path / "out/images.h5"
    task = of_file(path)
    assert (task.sample_shape, task.n_conditions) == ((1, 16, 16), 10)
    assert task.condition_names == tuple("0123456789")
    parts = list(task.stream(path, "test"))
    assert len(parts) > 1
    whole = dataset.load(path, "test")
    np.testing.assert_array_equal(np.concatenate([p.image for p in parts]), whole.image)
    np.testing.assert_array_equal(whole.one_hot.argmax(axis=1), dataset.labels(path, "test"))
    assert (whole.image.min(), whole.image.max()) == (-1, 1)


@pytest.mark.parametrize("packed", [False, True])
def test_idx_files_are_read(tmp_path, packed):
    pictures, labels = bytes_of(300, 28, 24), RANDOM.choice([3, 7], 300).astype(np.uint8)
    path = write_idx(tmp_path / "pictures", pictures, packed=packed)
    given = write_idx(tmp_path / "labels", labels, packed=packed)
    found, said = written(tmp_path, source="idx", path=path, labels=given)
    np.testing.assert_array_equal(found["image"][:, 0], pictures)
    assert said["samples"]["classes"] == ["3", "7"]
    np.testing.assert_array_equal(found["label"] == 1, labels == 7)
    assert said["samples"]["shape"] == [1, 28, 24]
    assert written(tmp_path, source="idx", path=path, size=32)[0]["image"].shape[2:] == (32, 32)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"magic": b"\x89PNG"},
            "no idx file of images: it begins with 0x89504e47, not 0x00000803",
        ),
        ({"magic": bytes([0, 0, 8, 1])}, "begins with 0x00000801, not 0x00000803"),
        ({"cut": 10}, "header of 16 bytes is cut off"),
        ({"cut": 16 + 10 * 784 + 5}, "cut off after 10 of 20"),
        ({"cut": 4000, "packed": True}, "ended before the end-of-stream marker"),
    ],
)
def test_damaged_idx_files_are_told(tmp_path, options, message):
    path = write_idx(tmp_path / "pictures", bytes_of(20, 28, 28), **options)
    with pytest.raises(UserError, match=message):
        written(tmp_path, source="idx", path=path)
    assert not (tmp_path / "out/images.h5").exists()


def test_idx_files_that_do_not_fit_are_told(tmp_path):
    path = write_idx(tmp_path / "pictures", bytes_of(20, 8, 8))
    labels = write_idx(tmp_path / "labels", bytes_of(19))
    with pytest.raises(UserError, match=r"labels has 19 labels, and .*pictures 20 images"):
        written(tmp_path, source="idx", path=path, labels=labels)
    with pytest.raises(UserError, match="no idx file of labels"):
        written(tmp_path, source="idx", path=path, labels=path)
    with pytest.raises(UserError, match="does not exist"):
        written(tmp_path, source="idx", path=str(tmp_path / "none"))
    with (tmp_path / "pictures").open("ab") as file:
        file.write(b"more")
    with pytest.raises(UserError, match="more bytes than its header says"):
        written(tmp_path, source="idx", path=path)


def test_a_folder_of_folders_has_classes_in_the_order_of_names(tmp_path):
    folder = tmp_path / "pictures"
    for name in ("dog", "cat"):
        for i in range(6):
            value = 10 * i + (100 if name == "dog" else 0)
            save(folder / name / "deep" / f"{i}.png", np.full((9, 9), value, np.uint8))
    (folder / "cat/notes.txt").write_text("no picture")
    (folder / ".hidden").mkdir()
    (folder / ".hidden/x.png").write_text("")
    found, said = written(tmp_path, source="folder", path=str(folder), size=8, conditional=True)
    assert said["samples"]["classes"] == ["cat", "dog"]
    assert said["samples"]["shape"] == [1, 8, 8]
    np.testing.assert_array_equal(
        found["image"][:, 0, 0, 0], [*range(0, 60, 10), *range(100, 160, 10)]
    )
    np.testing.assert_array_equal(found["label"], [0] * 6 + [1] * 6)
    assert said["n_other_files"] == 1
    assert "n_unreadable" not in said


def test_pictures_are_cut_to_the_square_in_the_middle(tmp_path):
    wide = np.zeros((16, 48, 3), np.uint8)
    wide[:, 16:32] = [255, 128, 0]
    for i in range(8):
        save(tmp_path / f"p/{i}.png", wide)
    found, said = written(tmp_path, source="folder", path=str(tmp_path / "p"), size=16)
    assert (found["image"] == np.array([255, 128, 0])[:, None, None]).all()
    assert said["samples"]["classes"] == []
    assert ImageData(source="folder", path="p").size is None
    assert written(tmp_path, source="folder", path=str(tmp_path / "p"))[1]["n_enlarged"] == 8


def rotated(path):
    """Write a picture whose upper half is white once it is turned upright: its right half is, as it lies."""
    lying = np.zeros((16, 16, 3), np.uint8)
    lying[:, 8:] = 255
    exif = Image.Exif()
    exif[0x0112] = 8  # to be turned by 90 degrees to the left
    save(path, lying, exif=exif, quality=95)


def animated(path):
    first, second = (Image.fromarray(np.full((16, 16), v, np.uint8)) for v in (200, 10))
    first.save(path, save_all=True, append_images=[second])


UPRIGHT = np.vstack([np.full((8, 16), 255), np.zeros((8, 16))])
CASES = {
    "grey": ("a.png", lambda p: save(p, np.full((16, 16), 90, np.uint8)), "grey_among_colours", 90),
    "palette": (
        "a.png",
        lambda p: Image.new("RGB", (16, 16), (90, 90, 90)).quantize(4).save(p),
        "palette",
        90,
    ),
    "black and white": (
        "a.png",
        lambda p: Image.new("1", (16, 16), 1).save(p),
        "black_and_white",
        255,
    ),
    # 0xb42 is level 180 of 256 for 12 bits; Pillow's own conversion would make it white.
    "12 bits": (
        "a.png",
        lambda p: save(p, np.full((16, 16), 0xB42, np.uint16)),
        "sixteen_bits",
        180,
    ),
    "floats": ("a.tif", lambda p: save(p, np.full((16, 16), 0.5, np.float32)), "floats", 128),
    "alpha": (
        "a.png",
        lambda p: Image.new("RGBA", (16, 16), (0, 0, 0, 0)).save(p),
        "transparent",
        255,
    ),
    "grey alpha": (
        "a.png",
        lambda p: Image.new("LA", (16, 16), (90, 255)).save(p),
        "transparent",
        90,
    ),
    "CMYK": ("a.tif", lambda p: Image.new("CMYK", (16, 16), (0, 0, 0, 165)).save(p), "cmyk", 90),
    "animated": ("a.gif", animated, "first_of_several_frames", 200),
    "EXIF": ("a.jpg", rotated, "turned_upright", UPRIGHT),
    "small": ("a.png", lambda p: save(p, np.full((9, 12, 3), 90, np.uint8)), "enlarged", 90),
}


@pytest.mark.parametrize("case", CASES)
def test_conversions_are_done_and_counted(tmp_path, case):
    name, make, counted, expected = CASES[case]
    folder = tmp_path / "pictures"
    some(folder)
    make(folder / name)
    found, said = written(tmp_path, source="folder", path=str(folder), size=16)
    assert said[f"n_{counted}"] == 1
    assert said["n_events"] == 9
    np.testing.assert_allclose(found["image"][0], np.broadcast_to(expected, (3, 16, 16)), atol=6)


@pytest.mark.parametrize(
    ("bits", "dtype", "ending"),
    [(8, np.uint16, "png"), (12, np.uint16, "tif"), (16, np.uint16, "png"), (12, np.int32, "tif")],
)
def test_all_pictures_have_the_scale_of_their_folder(tmp_path, capsys, bits, dtype, ending):
    folder, used = tmp_path / "pictures", 2**bits
    level = RANDOM.integers(used // 2, size=(9, 16, 16))
    level[4, 3, 2] = used - 30  # in one picture only
    for i, picture in enumerate(level):
        save(folder / f"{i}.{ending}", picture.astype(dtype))
    save(folder / "eight.png", np.full((16, 16), 37, np.uint8))
    found, said = written(tmp_path, source="folder", path=str(folder), size=16)
    np.testing.assert_array_equal(found["image"][:9, 0], level // (used // 256))
    np.testing.assert_array_equal(found["image"][9], 37)
    assert said["white_integers"] == used - 1
    assert f"{used - 1:g} is white in all images" in capsys.readouterr().err


def test_dark_colours_of_16_bits_are_refused(tmp_path):
    """Pillow keeps their upper 8 bits alone."""
    for i in range(8):
        rows = np.full((16, 1 + 16 * 6), 0, np.uint8)
        rows[:, 1::2] = 0x0F  # 12 bits
        png(tmp_path / f"{i}.png", rows.tobytes())
    with pytest.raises(UserError, match="colours of 16 bits, of which the largest uses 12"):
        written(tmp_path, source="folder", path=str(tmp_path), size=16)


def png(path, rows):
    """Write 16 x 16 pixels of three times 16 bits."""

    def chunk(kind, content):
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    head = struct.pack(">IIBBBBB", 16, 16, 16, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def cut_off(path):
    save(path, bytes_of(64, 64, 3), quality=90)
    path.write_bytes(path.read_bytes()[:900])


BROKEN = {
    "empty": (lambda p: p.write_bytes(b""), "cannot identify"),
    "text": (lambda p: p.write_text("this is no picture"), "cannot identify"),
    "cut off": (cut_off, "truncated"),
    "negative": (lambda p: Image.new("F", (16, 16), -1).save(p, "TIFF"), "which number is black"),
    "infinite": (
        lambda p: Image.new("F", (16, 16), np.inf).save(p, "TIFF"),
        "which number is black",
    ),
    "a bomb": (lambda p: Image.new("1", (2000, 1000)).save(p), "decompression bomb"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_read_is_left_out_and_told(tmp_path, case, monkeypatch, capsys):
    make, why = BROKEN[case]
    folder = tmp_path / "pictures"
    some(folder)
    make(folder / "a.jpg")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_500_000)
    _, said = written(tmp_path, source="folder", path=str(folder), size=16)
    assert (said["n_events"], said["n_unreadable"]) == (8, 1)
    told = capsys.readouterr().err
    assert f"left out {folder / 'a.jpg'}" in told and why in told
    assert "unreadable: 1" in told


def test_folders_that_cannot_be_used_are_told(tmp_path):
    folder = tmp_path / "pictures"
    some(folder, n=7)
    with pytest.raises(UserError, match="7 images that can be used; give 8 or more"):
        written(tmp_path, source="folder", path=str(folder))
    some(folder / "cats", n=7)
    with pytest.raises(UserError, match="7 images lie beside the folders cats"):
        written(tmp_path, source="folder", path=str(folder))
    with pytest.raises(UserError, match="is no folder"):
        written(tmp_path, source="folder", path=str(folder / "none"))
    with pytest.raises(UserError, match="these have no classes"):
        written(tmp_path, source="folder", path=str(folder / "cats"), conditional=True)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"source": "idx"}, "source idx needs a path"),
        ({"path": "x"}, "source digits needs no path"),
        ({"source": "folder", "path": "x", "labels": "y"}, "source folder has no file of labels"),
    ],
)
def test_sections_that_make_no_sense_are_refused(data, message):
    with pytest.raises(ValueError, match=message):
        ImageData(**data)


def test_the_same_folder_gives_the_same_bytes(tmp_path):
    some(tmp_path / "p", n=12)
    first = written(tmp_path, source="folder", path=str(tmp_path / "p"), size=16)
    again = written(tmp_path, source="folder", path=str(tmp_path / "p"), size=16)
    np.testing.assert_array_equal(first[0]["image"], again[0]["image"])
    assert first[1]["source_sha256"] == again[1]["source_sha256"]
    save(tmp_path / "p/z3.png", bytes_of(20, 20, 3))
    other = written(tmp_path, source="folder", path=str(tmp_path / "p"), size=16)
    assert other[1]["source_sha256"] != first[1]["source_sha256"]


PEAK = """
import resource, sys
from pathlib import Path
from showergan.config.tasks.images import ImageData
from showergan.tasks.images.dataset import write
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
few, many, out = map(Path, sys.argv[1:])
write(ImageData(source="folder", path=str(few), size=32), out)
before = peak()
write(ImageData(source="folder", path=str(many), size=32), out)
print(peak() - before)
"""


def test_ten_thousand_pictures_take_no_more_memory_than_five_hundred(tmp_path):
    save(tmp_path / "a.png", bytes_of(8, 8, 3))
    content = (tmp_path / "a.png").read_bytes()
    for name, n in (("few", 500), ("many", 10_000)):
        (tmp_path / name).mkdir()
        for i in range(n):
            (tmp_path / name / f"{i}.png").write_bytes(content)
    out = tmp_path / "images.h5"
    command = [sys.executable, "-c", PEAK, tmp_path / "few", tmp_path / "many", out]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    with h5py.File(out) as file:
        assert file["image"].shape == (10_000, 3, 32, 32)  # 29 MiB
    assert float(done.stdout) < 12
