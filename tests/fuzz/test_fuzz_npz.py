"""Showers in npz files of anybody: read as they are, or refused by name."""

import io
import warnings
import zipfile

import numpy as np
import pytest
from attack import attack, damaged, examples
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from showergan.config.tasks.showers import Preparation
from showergan.tasks.showers import dataset
from showergan.tasks.showers.particle_files import read_particles
from showergan.tasks.showers.shower_file import PDG, PUBLISHED, SIMULATION

N = 5
RANDOM = np.random.default_rng(0)
VALID = {
    "EnergyDeposit": RANDOM.gamma(0.2, 50, (N, 30, 30, 1)).astype("f4"),
    "ParticlePoint": RANDOM.normal(0, 2, (N, 2)).astype("f4"),
    "ParticleMomentum": RANDOM.uniform(1, 5, (N, 3)).astype("f4"),
    PDG: np.full(N, 11, "i4"),
    SIMULATION: np.frombuffer(b'{"simulator": "gflash"}', np.uint8),
}
RECIPE = Preparation(path="fuzz", split_seed=1)


def packed(arrays, save=np.savez):
    content = io.BytesIO()
    save(content, **arrays)
    return content.getvalue()


def member(header, content=b""):
    """Return an npy file with any header."""
    text = header.encode("latin1")
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + content


def archive(members, kind=zipfile.ZIP_DEFLATED):
    """Return a zip archive with any members, twice by the same name too."""
    content = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(content, "w", kind) as file:
        warnings.simplefilter("ignore")  # of the same name twice
        for name, data in members:
            file.writestr(name, data)
    return content.getvalue()


MEMBERS = {
    name: zipfile.ZipFile(io.BytesIO(packed(VALID))).read(name)
    for name in zipfile.ZipFile(io.BytesIO(packed(VALID))).namelist()
}
PLAIN, DEFLATED = packed(VALID), packed(VALID, np.savez_compressed)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("npz") / "showers.npz"


def preprocess(path, out):
    dataset.preprocess(path, out, RECIPE)
    return dataset.load(out)


def taken(path, content):
    """Write a file, and let everything read it that may."""
    path.write_bytes(content)
    attack(read_particles, path)
    return attack(preprocess, path, path.parent / "out/showers.h5")


def test_the_valid_file_is_read(path):
    for content in (PLAIN, DEFLATED, archive(MEMBERS.items())):
        found = taken(path, content)
        np.testing.assert_array_equal(found.energy, VALID["EnergyDeposit"][..., 0])


@examples(250)
@given(content=st.one_of(damaged(PLAIN), damaged(DEFLATED)))
def test_damage(path, content):
    """A checksum guards every member, so that what is read all the same is what was written."""
    found = taken(path, content)
    if not isinstance(found, str):
        np.testing.assert_array_equal(found.energy, VALID["EnergyDeposit"][..., 0])
        np.testing.assert_array_equal(found.momentum, VALID["ParticleMomentum"])


@examples(50)
@given(content=st.binary(max_size=400))
def test_anything(path, content):
    assert isinstance(taken(path, content), str)


NUMBERS = st.one_of(
    arrays_of.boolean_dtypes(),
    arrays_of.integer_dtypes(),
    arrays_of.unsigned_integer_dtypes(),
    arrays_of.floating_dtypes(),
    arrays_of.complex_number_dtypes(),
    arrays_of.unicode_string_dtypes(max_len=4),
    arrays_of.datetime64_dtypes(),
)


@examples(200)
@given(key=st.sampled_from(sorted(VALID)), data=st.data())
def test_other_arrays(path, key, data):
    """Of other types and shapes, with values that are no numbers, huge or negative."""
    shape = data.draw(
        st.sampled_from([(), (0,), (N,), (N, 1), (N, 2), (N, 3), (N, 5), (3, N), (0, 3)])
    )
    if data.draw(st.booleans()):
        shape = VALID[key].shape
    dtype = data.draw(NUMBERS)
    values = data.draw(arrays_of.arrays(dtype, shape, fill=arrays_of.from_dtype(dtype)))
    found = taken(path, packed({**VALID, key: values}))
    if not isinstance(found, str):
        assert np.isfinite(found.energy).all() and (found.energy >= 0).all()
        assert np.isfinite(found.point).all() and (found.momentum[:, 2] > 0).all()


@examples(100)
@given(
    value=st.sampled_from([np.nan, np.inf, -np.inf, -1.0, 1e39, 3e38, -0.0]),
    key=st.sampled_from([*PUBLISHED, PDG]),
    row=st.integers(0, N - 1),
)
def test_values(path, value, key, row):
    """Whatever is read is finite, and no energy is negative."""
    changed = VALID[key].astype("f8")
    changed[row] = value
    found = taken(path, packed({**VALID, key: changed}))
    if not isinstance(found, str):
        assert np.isfinite(found.energy).all() and (found.energy >= 0).all()


@examples(100)
@given(drop=st.sets(st.sampled_from(sorted(MEMBERS)), min_size=1), twice=st.booleans())
def test_members_that_are_missing_or_there_twice(path, drop, twice):
    kept = [(name, data) for name, data in MEMBERS.items() if twice or name not in drop]
    doubled = [(name, MEMBERS[name]) for name in drop] if twice else []
    taken(path, archive(kept + doubled))


@examples(100)
@given(
    place=st.sampled_from(["", "../", "/tmp/", "a/../../", "..\\", "C:\\"]),
    name=st.sampled_from(["EnergyDeposit.npy", "evil.npy", "evil"]),
    data=st.binary(max_size=50),
)
def test_members_with_paths_write_nothing(path, place, name, data):
    """Nothing is unpacked, wherever a member says that it belongs."""
    around = set(path.parent.parent.iterdir())
    taken(path, archive([*MEMBERS.items(), (place + name, data)]))
    assert set(path.parent.parent.iterdir()) == around
    assert {p.name for p in path.parent.iterdir()} <= {path.name, "out"}


DIMENSION = st.one_of(st.integers(-3, 3), st.sampled_from([N, 30, 2**31, 2**40, 2**62, 2**64]))


@examples(250)
@given(
    key=st.sampled_from(sorted(VALID)),
    descr=st.sampled_from(
        ["<f4", "<f8", "<i8", "|u1", "|O", "<U9", "|V8", "<f16", "nonsense", "[('a', '<f4')]"]
    ),
    shape=st.lists(DIMENSION, max_size=4),
    order=st.sampled_from(["False", "True", "None"]),
    size=st.sampled_from([0, 8, 60]),
)
def test_headers_that_claim_anything(path, key, descr, shape, order, size):
    described = descr if descr.startswith("[") else f"'{descr}'"
    header = f"{{'descr': {described}, 'fortran_order': {order}, 'shape': {tuple(shape)}, }}\n"
    taken(
        path,
        archive(
            [
                *((k, v) for k, v in MEMBERS.items() if k != f"{key}.npy"),
                (f"{key}.npy", member(header, bytes(size))),
            ]
        ),
    )


@examples(50)
@given(
    header=st.one_of(
        st.text(st.characters(max_codepoint=255), max_size=80),
        st.just("(" * 9000),
        st.just("{" * 60000),
    )
)
def test_headers_of_any_text(path, header):
    others = [(k, v) for k, v in MEMBERS.items() if k != "ParticlePoint.npy"]
    assert isinstance(taken(path, archive([*others, ("ParticlePoint.npy", member(header))])), str)


def claiming(key, shape, stored=None):
    """Return an archive whose directory, too, says that an array has this shape, and how much it is read from."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n"
    start, content = member(header), io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, data in MEMBERS.items():
            if name != f"{key}.npy":
                file.writestr(name, data)
        file.writestr("padding", bytes(stored or 0))
        file.writestr(f"{key}.npy", start, zipfile.ZIP_DEFLATED)
        info = file.getinfo(f"{key}.npy")  # which is written last
        info.file_size = int(np.prod(shape, dtype=object)) * 4 + len(start)
        info.compress_size = stored or info.compress_size
    return content.getvalue()


@pytest.mark.parametrize("key", PUBLISHED)
def test_a_claim_of_terabytes_is_refused(path, key):
    """As if deflate had packed them a million times."""
    tail = {"EnergyDeposit": (30, 30), "ParticlePoint": (2**38,), "ParticleMomentum": (3,)}[key]
    n = N if key == "ParticlePoint" else 2**40 // 900
    told = taken(path, claiming(key, (n, *tail)))
    assert "claims" in told


def test_more_than_memory_should_hold_is_refused(path):
    """Within what deflate packs, but of points; newer versions of Python see before that members would overlap."""
    told = taken(path, claiming("ParticlePoint", (N, 2**28), 2**23))
    assert "Give at most 4294967296" in told or "Overlapped entries" in told


class Trap:
    ran = False

    def __reduce__(self):
        return (setattr, (Trap, "ran", True))


@pytest.mark.parametrize("key", sorted(VALID))
def test_no_pickle_is_loaded(path, key):
    values = np.full(VALID[key].shape, None, object)
    values.reshape(-1)[0] = Trap()
    content = io.BytesIO()
    np.savez(content, allow_pickle=True, **{**VALID, key: values})
    assert "pickled objects" in taken(path, content.getvalue())
    assert not Trap.ran
