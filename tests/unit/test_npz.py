"""The published format: what is read, what is refused and how it is said."""

import tracemalloc
import zipfile

import numpy as np
import pytest

from showergan.errors import UserError
from showergan.tasks.showers.sample import Showers
from showergan.tasks.showers.shower_file import ShowerFile, write_npz

N = 10
SHAPES = [(N, 30, 30, 1), (N, 30, 30), (N, 1, 30, 30), (N, 900)]


def make_arrays(n=N):
    rng = np.random.default_rng(0)
    return {
        "EnergyDeposit": rng.integers(0, 100, (n, 30, 30, 1)).astype(np.float32),
        "ParticlePoint": rng.normal(0, 2, (n, 2)).astype(np.float32),
        "ParticleMomentum": rng.uniform(1, 5, (n, 3)).astype(np.float32),
        "ParticlePDG": np.full(n, 11, np.int32),
    }


@pytest.fixture
def arrays():
    return make_arrays()


@pytest.fixture
def save(tmp_path):
    def save(arrays, savez=np.savez):
        path = tmp_path / "showers.npz"
        savez(path, **arrays)
        return path

    return save


def energies(path, size=4):
    with ShowerFile(path) as file:
        return np.concatenate([s.energy for s in file.showers(size, "error", "clip")])


def message(path):
    """Read the file to its end; return what the user is told."""
    with pytest.raises(UserError) as error:
        energies(path)
    assert str(path) in str(error.value)
    assert str(error.value).endswith(".")
    return str(error.value)


def as_showers(arrays, pdg=True):
    return Showers(
        arrays["EnergyDeposit"].reshape(-1, 30, 30),
        arrays["ParticlePoint"],
        arrays["ParticleMomentum"],
        arrays["ParticlePDG"] if pdg else None,
    )


# What is read


@pytest.mark.parametrize("savez", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("shape", SHAPES)
def test_energy_shapes(arrays, save, shape, savez):
    expected = arrays["EnergyDeposit"].reshape(N, 30, 30)
    arrays["EnergyDeposit"] = arrays["EnergyDeposit"].reshape(shape)
    found = energies(save(arrays, savez))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", ">f8", "f2", "u1", "<i4", ">i8"])
def test_number_types(arrays, save, dtype):
    expected = {key: values.astype(dtype).astype("f4") for key, values in arrays.items()}
    path = save({key: values.astype(dtype) for key, values in arrays.items()})
    np.testing.assert_array_equal(energies(path), expected["EnergyDeposit"].reshape(N, 30, 30))
    with ShowerFile(path) as showers:
        np.testing.assert_array_equal(showers.point, expected["ParticlePoint"])
        np.testing.assert_array_equal(showers.momentum, expected["ParticleMomentum"])
        assert showers.point.dtype == showers.momentum.dtype == np.float32
        assert showers.pdg.dtype == np.int32


def test_only_the_first_two_columns_of_a_point_are_used(arrays, save):
    point = arrays["ParticlePoint"]
    arrays["ParticlePoint"] = np.column_stack([point, np.full(N, 7)])
    with ShowerFile(save(arrays)) as showers:
        np.testing.assert_array_equal(showers.point, point)


def test_points_in_fortran_order(arrays, save):
    point = arrays["ParticlePoint"]
    arrays["ParticlePoint"] = np.asfortranarray(point)
    with ShowerFile(save(arrays)) as showers:
        np.testing.assert_array_equal(showers.point, point)


@pytest.mark.parametrize("shape", [(N,), (N, 1)])
def test_ids(arrays, save, shape):
    arrays["ParticlePDG"] = np.arange(N, dtype=float).reshape(shape)
    with ShowerFile(save(arrays)) as showers:
        assert showers.pdg.tolist() == list(range(N))


def test_ids_are_optional(arrays, save):
    del arrays["ParticlePDG"]
    with ShowerFile(save(arrays)) as showers:
        assert showers.pdg is None


def test_other_arrays_are_left_alone(arrays, save):
    assert len(energies(save({**arrays, "Notes": np.array([{}])}))) == N


@pytest.mark.parametrize(
    ("size", "lengths"), [(4, [4, 4, 2]), (5, [5, 5]), (99, [10]), (1, [1] * 10)]
)
def test_chunk_lengths(arrays, save, size, lengths):
    with ShowerFile(save(arrays)) as showers:
        chunks = [len(chunk) for chunk in showers.showers(size, "error", "clip")]
    assert chunks == lengths


@pytest.mark.parametrize("savez", [np.savez, np.savez_compressed])
def test_memory_does_not_grow_with_the_file(save, savez):
    path = save(make_arrays(4000), savez)  # 14 MB
    tracemalloc.start()
    with ShowerFile(path) as showers:
        for _ in showers.showers(100, "error", "clip"):
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3e6


# What is refused


def test_missing_file(tmp_path):
    assert "does not exist" in message(tmp_path / "nowhere.npz")


def test_directory(tmp_path):
    assert "is a directory" in message(tmp_path)


def test_empty_file(tmp_path):
    path = tmp_path / "empty.npz"
    path.touch()
    assert "is empty" in message(path)


def test_no_archive(tmp_path):
    path = tmp_path / "text.npz"
    path.write_text("<html>404</html>" * 100)
    assert "no npz file" in message(path)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_truncated_file(arrays, save, kept):
    path = save(arrays)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    assert "cut off" in message(path)


def test_file_with_a_piece_missing(arrays, save):
    path = save(arrays)
    content = path.read_bytes()
    path.write_bytes(content[:5000] + content[6000:])
    assert "damaged" in message(path) or "cut off" in message(path)


@pytest.mark.parametrize("key", ["EnergyDeposit", "ParticlePoint", "ParticleMomentum"])
@pytest.mark.parametrize("change", [-8, 8])
def test_content_shorter_or_longer_than_announced(arrays, save, tmp_path, key, change):
    path = save(arrays)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    content = members[f"{key}.npy"]
    members[f"{key}.npy"] = content[:change] if change < 0 else content + bytes(change)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert f"{key} is damaged" in message(path)


@pytest.mark.parametrize("savez", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("key", ["EnergyDeposit", "ParticlePoint"])
def test_overwritten_content(arrays, save, key, savez):
    path = save(arrays, savez)
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(f"{key}.npy")
    content = bytearray(path.read_bytes())
    end = info.header_offset + info.compress_size  # some bytes before the end of the member
    content[end - 20 : end] = b"\xff" * 20
    path.write_bytes(content)
    assert f"{key} is damaged" in message(path)


@pytest.mark.parametrize("savez", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("key", ["EnergyDeposit", "ParticlePoint"])
def test_wrong_checksum(arrays, save, key, savez):
    path = save(arrays, savez)
    content = bytearray(path.read_bytes())
    entry = content.rindex(f"{key}.npy".encode()) - 46  # in the directory at the end of the file
    content[entry + 16] ^= 0xFF
    path.write_bytes(content)
    assert f"{key} is damaged (Bad CRC-32" in message(path)


def test_garbage_instead_of_an_array(arrays, save):
    path = save({key: values for key, values in arrays.items() if key != "ParticlePoint"})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("ParticlePoint.npy", b"no array" * 10)
    assert "ParticlePoint is damaged" in message(path)


@pytest.mark.parametrize("key", ["EnergyDeposit", "ParticlePoint", "ParticleMomentum"])
def test_missing_key_lists_what_is_there(arrays, save, key):
    del arrays[key]
    text = message(save(arrays))
    assert f"{key} is missing" in text
    assert all(other in text for other in arrays)


@pytest.mark.parametrize(
    ("key", "shape"),
    [
        ("EnergyDeposit", (N, 28, 28)),
        ("EnergyDeposit", (N, 30, 30, 2)),
        ("EnergyDeposit", (N,)),
        ("EnergyDeposit", ()),
        ("ParticlePoint", (N,)),
        ("ParticlePoint", (N, 1)),
        ("ParticlePoint", (N, 2, 1)),
        ("ParticleMomentum", (N, 2)),
        ("ParticleMomentum", (N, 4)),
        ("ParticlePDG", (N, 2)),
    ],
)
def test_wrong_shape(arrays, save, key, shape):
    arrays[key] = np.ones(shape, np.float32)
    text = message(save(arrays))
    assert f"{key} has shape {shape}" in text
    assert "(N" in text


@pytest.mark.parametrize("key", ["ParticlePoint", "ParticleMomentum", "ParticlePDG"])
def test_lengths_that_differ(arrays, save, key):
    arrays[key] = arrays[key][:-1]
    text = message(save(arrays))
    assert f"{key} has 9 rows" in text
    assert "EnergyDeposit has 10" in text


def test_no_showers(arrays, save):
    assert "N = 0" in message(save({key: values[:0] for key, values in arrays.items()}))


@pytest.mark.parametrize(
    "key", ["EnergyDeposit", "ParticlePoint", "ParticleMomentum", "ParticlePDG"]
)
@pytest.mark.parametrize("dtype", ["U4", "S4", "?", "c8", "O", "M8[s]", [("a", "f4")]])
def test_types_that_are_no_numbers(arrays, save, key, dtype):
    arrays[key] = np.zeros(arrays[key].shape, dtype)
    text = message(save(arrays))
    assert key in text
    assert "array of integers or floating-point numbers" in text


def test_objects_are_never_unpickled(arrays, save, tmp_path):
    trap = tmp_path / "trap"

    class Bomb:
        def __reduce__(self):
            return (type(trap).touch, (trap,))

    arrays["ParticlePoint"] = np.array([[Bomb(), Bomb()]] * N)
    assert "pickled objects" in message(save(arrays))
    assert not trap.exists()


def test_energies_in_fortran_order(arrays, save):
    arrays["EnergyDeposit"] = np.asfortranarray(arrays["EnergyDeposit"])
    assert "Fortran order" in message(save(arrays))


@pytest.mark.parametrize("key", ["ParticlePoint", "ParticleMomentum"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_particles_that_are_not_finite(arrays, save, key, value):
    arrays[key][[2, 7], [0, 1]] = value
    text = message(save(arrays))
    assert f"{key} has NaN or infinite values in 2 of 10 showers (rows 2, 7)" in text


@pytest.mark.parametrize("value", [0, -1])
def test_particles_that_do_not_fly_forward(arrays, save, value):
    arrays["ParticleMomentum"][1:8, 2] = value
    assert "pz <= 0 in 7 of 10 showers (rows 1, 2, 3, 4, 5, ...)" in message(save(arrays))


@pytest.mark.parametrize("value", [np.nan, 0.5, 1e12])
def test_ids_that_are_no_integers(arrays, save, value):
    arrays["ParticlePDG"] = np.full(N, 11.0)
    arrays["ParticlePDG"][3] = value
    assert "ParticlePDG has ids that are no 32-bit integers in 1 of 10" in message(save(arrays))


# What is written


@pytest.mark.parametrize("pdg", [True, False])
def test_written_file_is_the_published_format(arrays, tmp_path, pdg):
    path = tmp_path / "new" / "out.npz"
    showers = as_showers(arrays, pdg)
    write_npz(path, N, [showers.select(slice(0, 6)), showers.select(slice(6, None))])
    with np.load(path, allow_pickle=False) as found:
        assert sorted(found) == sorted(arrays if pdg else set(arrays) - {"ParticlePDG"})
        for key in found:
            assert found[key].dtype == arrays[key].dtype
            np.testing.assert_array_equal(found[key], arrays[key])
    with zipfile.ZipFile(path) as archive:
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_STORED}
    np.testing.assert_array_equal(energies(path), showers.energy)


def test_written_bytes_depend_on_the_showers_only(arrays, tmp_path, monkeypatch):
    showers = as_showers(arrays)
    halves = [showers.select(slice(0, 5)), showers.select(slice(5, None))]
    write_npz(tmp_path / "a.npz", N, [showers])
    monkeypatch.setattr("time.time", lambda: 1e9)
    write_npz(tmp_path / "b.npz", N, halves)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_energies_are_not_held_while_writing(tmp_path):
    def chunks():
        for _ in range(40):
            yield as_showers(make_arrays(100))

    tracemalloc.start()
    write_npz(tmp_path / "out.npz", 4000, chunks())  # 14 MB
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6e6


def failing_chunks(showers):
    yield showers
    raise RuntimeError("interrupted")


def test_nothing_is_left_of_a_failed_write(arrays, tmp_path):
    showers = as_showers(arrays)
    with pytest.raises(RuntimeError, match="interrupted"):
        write_npz(tmp_path / "out.npz", 2 * N, failing_chunks(showers))
    for n in (N - 1, N + 1):
        with pytest.raises(ValueError, match=f"{n} showers announced, 10 given"):
            write_npz(tmp_path / "out.npz", n, [showers])
    with pytest.raises(ValueError, match="10 given in ParticlePDG"):
        write_npz(tmp_path / "out.npz", 2 * N, [showers, as_showers(arrays, pdg=False)])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("version", [(2, 0), (3, 0)])
def test_later_versions_of_npy_are_read(arrays, tmp_path, version):
    path = tmp_path / "showers.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for key, values in arrays.items():
            with archive.open(f"{key}.npy", "w") as stream:
                np.lib.format.write_array(stream, values, version=version)
    np.testing.assert_array_equal(energies(path), arrays["EnergyDeposit"].reshape(N, 30, 30))


def test_unknown_versions_of_npy_are_told(arrays, tmp_path):
    path = tmp_path / "showers.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for key in arrays:
            archive.writestr(f"{key}.npy", b"\x93NUMPY\x09\x00" + bytes(100))
    assert "EnergyDeposit is written in npy format 9.0, which is not known" in message(path)
