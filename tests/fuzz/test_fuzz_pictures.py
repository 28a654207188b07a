"""Pictures, files in MNIST's format and texts: a data set of what can be read, or a message that names the file."""

import gzip
import io
import shutil

import numpy as np
import pytest
from attack import attack, damaged, examples
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from showergan.config.tasks.images import ImageData
from showergan.config.tasks.text import TextData
from showergan.tasks.found import TASKS, of_file

RANDOM = np.random.default_rng(0)
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
PICTURE = RANDOM.integers(0, 256, (12, 12, 3), np.uint8)
FORMATS = ("png", "jpeg", "gif", "bmp", "tiff", "webp", "ppm")
N = 10


def encoded(form, **options):
    content = io.BytesIO()
    Image.fromarray(PICTURE).save(content, form, **options)
    return content.getvalue()


VALID = {form: encoded(form) for form in FORMATS} | {"tga": encoded("tga")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of eight pictures, the fewest, and room for one more."""
    place = tmp_path_factory.mktemp("fuzz") / "pictures"
    place.mkdir()
    for i in range(8):
        (place / f"b{i}.png").write_bytes(VALID["png"])
    return place


def write_images(data, out):
    TASKS["images"].write(data, out)
    task = of_file(out)
    return sum(
        len(part) for split in ("train", "select", "test") for part in task.stream(out, split)
    )


def counted(folder, name, content, size=8):
    """Return how many pictures are used of a folder with one more file."""
    more = folder / name
    more.write_bytes(content)
    data = ImageData(source="folder", path=str(folder), size=size)
    try:
        return attack(lambda path, out: write_images(data, out), folder, folder.parent / "out/i.h5")
    finally:
        more.unlink()


def test_valid_pictures_are_used(folder):
    for form, content in VALID.items():
        assert counted(folder, f"a.{form}", content) == 9


@examples(150)
@given(form=st.sampled_from(sorted(VALID)), ending=st.sampled_from(sorted(VALID)), data=st.data())
def test_damaged_pictures(folder, form, ending, data):
    """Each is used or left out, whatever its name says that it is."""
    assert counted(folder, f"a.{ending}", data.draw(damaged(VALID[form]))) in (8, 9)


@examples(60)
@given(
    start=st.sampled_from(
        [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM", b"II*\0", b"P6 9 9 255\n"]
    ),
    content=st.binary(max_size=80),
    ending=st.sampled_from([*FORMATS, "eps", "pdf", "wmf", "svg", "ico"]),
)
def test_anything_called_a_picture(folder, start, content, ending):
    assert counted(folder, f"a.{ending}", start + content) in (8, 9)


def test_no_program_draws_a_picture(folder, monkeypatch):
    """PostScript is a program, and Pillow has Ghostscript run it."""
    monkeypatch.setattr("subprocess.Popen", lambda *a, **k: pytest.fail("a program is started"))
    script = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n%%EOF\n"
    for ending in ("eps", "ps", "png", "jpg"):
        assert counted(folder, f"a.{ending}", script) == 8


def test_bombs_are_left_out(folder):
    """Of pixels in every format, of a text in PNG; nothing of their size is decoded."""
    huge = Image.new("1", (10_000, 10_000))
    for form in ("png", "tiff", "gif"):
        content = io.BytesIO()
        huge.save(content, form, **({"compression": "group4"} if form == "tiff" else {}))
        assert counted(folder, f"a.{form}", content.getvalue()) == 8
    header = b"P5 1000000000 1000000000 255\n"
    assert counted(folder, "a.ppm", header) == 8


@examples(60)
@given(
    name=st.text(
        st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=20
    )
)
def test_any_name_of_a_picture(folder, name):
    if len(name.encode()) < 200 and name not in (".", ".."):
        assert counted(folder, f"{name}.png", VALID["png"]) in (8, 9)


@examples(40)
@given(
    names=st.lists(
        st.from_regex(r"[^/\0.\ud800-\udfff][^/\0\ud800-\udfff]{0,8}", fullmatch=True),
        min_size=2,
        max_size=3,
        unique=True,
    )
)
def test_any_name_of_a_class(folder, names):
    """It is kept as it is."""
    place = folder.parent / "classes"
    shutil.rmtree(place, ignore_errors=True)
    for name in names:
        (place / name).mkdir(parents=True)
        for i in range(4):
            (place / name / f"{i}.png").write_bytes(VALID["png"])
    data = ImageData(source="folder", path=str(place), size=8, conditional=True)
    out = folder.parent / "out/i.h5"
    assert attack(lambda path, out: write_images(data, out), place, out) == 4 * len(names)
    assert set(of_file(out).condition_names) == set(names)


# MNIST's format


def idx(values):
    header = bytes([0, 0, 8, values.ndim]) + b"".join(n.to_bytes(4, "big") for n in values.shape)
    return header + values.tobytes()


PICTURES, LABELS = (
    idx(RANDOM.integers(0, 256, (N, 8, 8), np.uint8)),
    idx(np.arange(N, dtype=np.uint8) % 3),
)


def read_idx(folder, pictures, labels, size=None):
    path, other = folder.parent / "idx-both", folder.parent / "idx-both-labels"
    path.write_bytes(pictures)
    other.write_bytes(labels or b"")
    data = ImageData(source="idx", path=str(path), labels=str(other) if labels else None, size=size)
    return attack(lambda path, out: write_images(data, out), path, folder.parent / "out/i.h5")


def test_valid_idx_files_are_read(folder):
    for labels in (LABELS, gzip.compress(LABELS), None):
        assert read_idx(folder, PICTURES, labels) == N
    assert read_idx(folder, gzip.compress(PICTURES), LABELS, size=9) == N


@examples(200)
@given(packed=st.booleans(), which=st.booleans(), size=st.sampled_from([None, 9]), data=st.data())
def test_damaged_idx_files(folder, packed, which, size, data):
    files = [gzip.compress(f, mtime=0) if packed else f for f in (PICTURES, LABELS)]
    files[which] = data.draw(damaged(files[which]))
    assert isinstance(read_idx(folder, *files, size), int | str)


SIDE = st.sampled_from([0, 1, 8, 2**13, 2**16, 2**31, 2**32 - 1])


@examples(120)
@given(sizes=st.tuples(SIDE, SIDE, SIDE), packed=st.booleans(), labels=st.booleans())
def test_idx_headers_that_claim_anything(folder, sizes, packed, labels):
    content = bytes([0, 0, 8, 3]) + b"".join(n.to_bytes(4, "big") for n in sizes) + bytes(63)
    content = gzip.compress(content, mtime=0) if packed else content
    of_labels = bytes([0, 0, 8, 1]) + sizes[0].to_bytes(4, "big") + bytes(8)
    assert isinstance(read_idx(folder, content, of_labels if labels else None), str)


# Texts

LINES = "\n".join("".join(RANDOM.choice(list("abcde "), 40)) for _ in range(80)).encode()


def read_text(folder, content, alphabet_size=16):
    path = folder.parent / "text"
    path.write_bytes(content)
    data = TextData(path=str(path), alphabet_size=alphabet_size)

    def write(path, out):
        TASKS["text"].write(data, out)
        return sum(
            len(part)
            for split in ("train", "select", "test")
            for part in of_file(out).stream(out, split)
        )

    return attack(write, path, folder.parent / "out/t.h5")


def test_a_valid_text_is_read(folder):
    assert read_text(folder, LINES) == 80


@examples(150)
@given(content=damaged(LINES), size=st.integers(2, 20))
def test_damaged_texts(folder, content, size):
    assert isinstance(read_text(folder, content, size), int | str)


@examples(60)
@given(
    content=st.one_of(st.binary(max_size=100), st.text(max_size=60).map(str.encode)),
    times=st.sampled_from([1, 200]),
)
def test_any_text(folder, content, times):
    assert isinstance(read_text(folder, content * times), int | str)
