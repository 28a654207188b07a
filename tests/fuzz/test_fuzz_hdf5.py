"""HDF5 files: of anybody, data sets of every task and references; read from the file alone, or refused by name."""

import h5py
import numpy as np
import pytest
import torch
from attack import attack, damaged, examples
from hypothesis import given
from hypothesis import strategies as st

from showergan.config.evaluation import Evaluation
from showergan.config.tasks.images import ImageData
from showergan.config.tasks.showers import Preparation
from showergan.config.tasks.text import TextData
from showergan.config.tasks.toys import ToyData
from showergan.evaluation.reference import load_reference, make_reference, save_reference
from showergan.tasks.data_set import SPLITS, source_sha256
from showergan.tasks.found import TASKS, of_file
from showergan.tasks.showers import dataset
from showergan.tasks.showers.particle_files import read_particles
from showergan.tasks.showers.shower_file import read_showers

N = 12
RANDOM = np.random.default_rng(0)
SHOWERS = {
    "EnergyDeposit": RANDOM.gamma(0.2, 50, (N, 30, 30)).astype("f4"),
    "ParticlePoint": RANDOM.normal(0, 2, (N, 2)).astype("f4"),
    "ParticleMomentum": RANDOM.uniform(1, 5, (N, 3)).astype("f4"),
}


def write_showers(folder):
    np.savez(folder / "s.npz", **SHOWERS)
    dataset.preprocess(folder / "s.npz", folder / "showers.h5", Preparation(path="s", split_seed=1))


def write_pictures(folder):
    for name, axes in {"pictures": (N, 8, 8), "labels": (N,)}.items():
        header = bytes([0, 0, 8, len(axes)]) + b"".join(n.to_bytes(4, "big") for n in axes)
        values = RANDOM.integers(0, 256 if name == "pictures" else 3, axes, np.uint8)
        (folder / name).write_bytes(header + values.tobytes())
    data = ImageData(source="idx", path=str(folder / "pictures"), labels=str(folder / "labels"))
    TASKS["images"].write(data, folder / "images.h5")


def write_text(folder):
    lines = ["".join(RANDOM.choice(list("abc "), 34)) for _ in range(80)]
    (folder / "t.txt").write_text("x".join(lines) + "\n" + "\n".join(lines))
    data = TextData(path=str(folder / "t.txt"), alphabet_size=6)
    TASKS["text"].write(data, folder / "text.h5")


def write_reference(folder):
    TASKS["toys"].write(ToyData(n_points=40), folder / "toys.h5")
    reference = make_reference(folder / "toys.h5", None, Evaluation(), torch.device("cpu"))
    save_reference(reference, folder / "reference.h5")


def all_of(path):
    """Read all that steps read of a data set."""
    task = of_file(path)
    source_sha256(path)
    task.training_set(path, "raw", torch.device("cpu"))
    return [list(task.stream(path, split)) for split in SPLITS]


def foreign(path):
    read_particles(path)
    return list(read_showers(path, mend=True))


READERS = {
    "showers": (all_of, foreign),
    "toys": (all_of,),
    "images": (all_of,),
    "text": (all_of,),
    "reference": (load_reference,),
}


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    """Return the bytes of a valid file of each kind."""
    folder = tmp_path_factory.mktemp("valid")
    for write in (write_showers, write_pictures, write_text, write_reference):
        write(folder)
    return {kind: (folder / f"{kind}.h5").read_bytes() for kind in READERS}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("hdf5") / "mine.h5"


def taken(path, kind):
    return [attack(read, path) for read in READERS[kind]]


KINDS = st.sampled_from(sorted(READERS))


def test_valid_files_are_read(path, valid):
    for kind, content in valid.items():
        path.write_bytes(content)
        assert not any(isinstance(answer, str) for answer in taken(path, kind))


@examples(300)
@given(kind=KINDS, data=st.data())
def test_damage(path, valid, kind, data):
    path.write_bytes(data.draw(damaged(valid[kind])))
    taken(path, kind)


@examples(50)
@given(
    kind=KINDS, start=st.sampled_from([b"", b"\x89HDF\r\n\x1a\n"]), content=st.binary(max_size=200)
)
def test_anything(path, kind, start, content):
    path.write_bytes(start + content)
    assert all(isinstance(answer, str) for answer in taken(path, kind))


def elsewhere(path):
    """Return the path of a valid data set of showers beside a file, which nothing may read in its place."""
    other = path.with_name("elsewhere.h5")
    if not other.exists():
        with h5py.File(other, "w") as file:
            file["energy"] = np.ones((N, 30, 30), "f4")
            file["point"] = np.ones((N, 2), "f4")
    return other


def a_group(file, name, old):
    file.create_group(name)["inner"] = 1


def a_link(file, name, old):
    file[f"moved_{name.replace('/', '_')}"] = old
    file[name] = h5py.SoftLink(f"/moved_{name.replace('/', '_')}")


def a_dangling_link(file, name, old):
    file[name] = h5py.SoftLink("/nowhere")


def a_loop(file, name, old):
    file[name] = h5py.SoftLink(f"/{name}")


def an_outer_link(file, name, old):
    file[name] = h5py.ExternalLink("elsewhere.h5", "/energy")


def outer_storage(file, name, old):
    places = [("/etc/passwd", 0, max(old.nbytes, 1))]
    file.create_dataset(name, old.shape, old.dtype, external=places)


def a_virtual_array(file, name, old):
    layout = h5py.VirtualLayout(old.shape, old.dtype)
    if old.shape and old.size:
        source = h5py.VirtualSource("elsewhere.h5", "energy", shape=old.shape, dtype=old.dtype)
        layout[:] = source
    file.create_virtual_dataset(name, layout)


def a_claim(file, name, old):
    shape = (2**40, *old.shape[1:]) if old.shape else (2**40,)
    file.create_dataset(name, shape, old.dtype, chunks=True)


def an_empty_claim(file, name, old):
    file.create_dataset(name, (*old.shape[:1], 2**40), old.dtype, chunks=(1, 1))


def no_space(file, name, old):
    file[name] = h5py.Empty(old.dtype)


def texts(file, name, old):
    file[name] = ["a", "bc"]


def a_structure(file, name, old):
    file[name] = np.zeros(old.shape[:1], [("a", "f4"), ("b", "i8")])


def references_to(file, name, old):
    file.create_dataset(name, old.shape, h5py.ref_dtype)


def packed(file, name, old):
    file.create_dataset(name, data=old, **({"compression": "gzip"} if old.shape else {}))


CHANGES = [
    lambda file, name, old: None,
    *(a_group, a_link, a_dangling_link, a_loop, an_outer_link, outer_storage, a_virtual_array),
    *(a_claim, an_empty_claim, no_space, texts, a_structure, references_to, packed),
]
OUTSIDE = {an_outer_link, outer_storage, a_virtual_array}


def arrays_of(file):
    found = []
    file.visititems(
        lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) else None
    )
    return sorted(found)


def replaced(path, content, change, pick):
    """Write a file with one of its arrays replaced; return the name of that."""
    path.write_bytes(content)
    elsewhere(path)
    with h5py.File(path, "r+") as file:
        name = pick(arrays_of(file))
        old = file[name][()]
        del file[name]
        change(file, name, np.asarray(old))
    return name


@examples(250)
@given(kind=KINDS, change=st.sampled_from(CHANGES), data=st.data())
def test_other_things_in_place_of_arrays(path, valid, kind, change, data):
    replaced(path, valid[kind], change, lambda names: data.draw(st.sampled_from(names)))
    answers = taken(path, kind)
    if change in OUTSIDE:
        assert isinstance(answers[0], str)
    if change is packed:
        assert not isinstance(answers[0], str)


@examples(120)
@given(
    kind=KINDS,
    dtype=st.sampled_from(["f2", "f4", ">f8", "u1", "i8", "c8", "S3", "?"]),
    shape=st.lists(st.sampled_from([0, 1, 2, 3, 8, N, 30]), max_size=4),
    value=st.sampled_from([0, 1, -1, 255, np.nan, np.inf]),
    data=st.data(),
)
def test_other_types_and_shapes(path, valid, kind, dtype, shape, value, data):
    def change(file, name, old):
        with np.errstate(all="ignore"):
            # Of the right type or shape too.
            values = np.full(data.draw(st.sampled_from([tuple(shape), old.shape])), value)
            file[name] = values.astype(data.draw(st.sampled_from([np.dtype(dtype), old.dtype])))

    with np.errstate(all="ignore"):
        replaced(path, valid[kind], change, lambda names: data.draw(st.sampled_from(names)))
    taken(path, kind)


ATTRIBUTES = [
    *(
        "",
        "text",
        "toys",
        "jets",
        "{",
        '{"shape": [1, 8, 8]}',
        '{"shape": [1, 99999999, 99999999]}',
    ),
    *(0, -1, 2**40, np.nan, np.array([1, 2]), np.array([np.nan]), np.array(["a"], object), b"\xff"),
]


@examples(120)
@given(
    kind=KINDS,
    value=st.one_of(st.none(), st.sampled_from(ATTRIBUTES), st.text("ab\0é", max_size=3)),
    data=st.data(),
)
def test_other_attributes(path, valid, kind, value, data):
    path.write_bytes(valid[kind])
    with h5py.File(path, "r+") as file:
        place = file[data.draw(st.sampled_from(["/", "test"]))] if kind == "reference" else file
        name = data.draw(st.sampled_from(sorted(place.attrs)))
        if value is None:
            del place.attrs[name]
        else:
            place.attrs[name] = value.replace("\0", "") if isinstance(value, str) else value
    taken(path, kind)


@pytest.mark.parametrize(
    "change", [an_outer_link, outer_storage, a_virtual_array, a_claim], ids=lambda c: c.__name__
)
def test_showers_of_anybody_come_from_their_file_alone(path, valid, change):
    replaced(path, valid["showers"], change, lambda names: "energy")
    told = attack(foreign, path)
    assert any(word in told for word in ("elsewhere", "other files", "claims"))
