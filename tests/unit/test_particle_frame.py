"""The frame of a particle loses nothing, and shows showers that are mirrored with their particles as one."""

from itertools import product

import numpy as np
import pytest
import torch
from generators import network, trained

from showergan.config.tasks.showers import Preparation
from showergan.errors import UserError
from showergan.tasks.showers import dataset, gflash
from showergan.tasks.showers.conditions import Conditioning, generated, training_tensors
from showergan.tasks.showers.particle_frame import ParticleFrame
from showergan.tasks.showers.sample import Showers
from showergan.tasks.showers.shower_file import write_npz
from showergan.tasks.showers.task import TASK

CPU = torch.device("cpu")
FRAME = ParticleFrame(depth_cm=5.75)
SYMMETRIES = list(product((False, True), (1, -1), (1, -1)))  # axes swapped, then x and y turned


def particles(n, seed=0):
    """Return random particles, some of them along axes and diagonals, and some far beyond the calorimeter."""
    random = np.random.default_rng(seed)
    point, momentum = random.normal(0, 4, (n, 2)), random.normal(0, 2, (n, 3))
    momentum[:, 2] = random.lognormal(0, 2, n)
    momentum[: n // 4, :2] = random.choice([-1, -0.0, 0.0, 1], (n // 4, 2))
    point[: n // 8] = random.choice([-1e6, -15, -0.0, 0.0, 0.5, 2, 1e6], (n // 8, 2))
    return point.astype("f4"), momentum.astype("f4")


def images(n, dtype=np.int64):
    """Return images of which no two cells are alike."""
    return np.arange(n * 900, dtype=dtype).reshape(n, 30, 30)


def tensors(*arrays):
    return [torch.from_numpy(np.ascontiguousarray(a)) for a in arrays]


def turned(symmetry, image, point, momentum):
    """Return showers and particles as they would be in a detector that is turned or seen in a mirror."""
    swapped, x, y = symmetry
    point, momentum = point.copy(), momentum.copy()
    if swapped:
        image, point = image.transpose(0, 2, 1), point[:, ::-1]
        momentum = momentum[:, [1, 0, 2]]
    sign = np.array([x, y], "f4")
    momentum[:, :2] *= sign
    return np.ascontiguousarray(image[:, ::y, ::x]), point * sign, momentum


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.float32, np.float64])
def test_there_and_back_nothing_changes(dtype):
    given, image = tensors(*particles(800)), torch.from_numpy(images(800, dtype))
    for first, second in ((FRAME.into, FRAME.back), (FRAME.back, FRAME.into)):
        there = first(image, *given)
        assert torch.equal(second(there, *given), image)
        assert torch.equal(there.flatten(1).sort().values, image.flatten(1).sort().values)


def by_hand(image, point, momentum, depth):
    """Return one shower in its frame, mirrored before axes are swapped: the other way round than the code does."""
    (x, y), (px, py, pz) = point.astype(float), momentum.astype(float)
    if px < 0:
        image, x, px = np.fliplr(image), -x, -px
    if py < 0:
        image, y, py = np.flipud(image), -y, -py
    if py > px:
        image, x, y, px, py = image.T, y, x, py, px
    core = np.array([y + depth * py / pz, x + depth * px / pz]) + 15
    cell = np.floor(core)
    moved = np.roll(image, tuple((15 - cell).astype(int)), axis=(0, 1))
    return moved, (px, py, pz), (x, y), (core - cell - 0.5)[::-1]


def test_the_frame_is_that_of_a_second_implementation():
    point, momentum = particles(400)
    image = images(400)
    seen = FRAME.seen(*tensors(point, momentum))
    into = FRAME.into(*tensors(image, point, momentum)).numpy()
    across = seen.momentum.numpy()[:, :2]
    assert (across[:, 0] >= across[:, 1]).all() and (across[:, 1] >= 0).all()
    for i in range(400):
        expected, p, entry, offset = by_hand(image[i], point[i], momentum[i], 5.75)
        np.testing.assert_array_equal(into[i], expected)
        np.testing.assert_array_equal(seen.momentum[i], p)
        np.testing.assert_array_equal(seen.point[i], entry)
        np.testing.assert_array_equal(seen.offset[i], offset)


def test_the_core_is_central():
    """Of a shower along +y it is 2.25 + 5.75 * 0.4 = 4.55 cm up: in the middle of row 19, which becomes column 15."""
    image = np.zeros((1, 30, 30))
    image[0, 19, 13] = 7
    point, momentum = np.array([[-1.5, 2.25]], "f4"), np.array([[0, 4, 10]], "f4")
    into = FRAME.into(*tensors(image, point, momentum))
    assert into[0].nonzero().tolist() == [[15, 15]]
    seen = FRAME.seen(*tensors(point, momentum))
    assert seen.point.tolist() == [[2.25, -1.5]]
    assert seen.momentum.tolist() == [[4, 0, 10]]
    np.testing.assert_allclose(seen.offset, [[0.05, 0]], atol=1e-12)


@pytest.mark.parametrize("symmetry", SYMMETRIES)
def test_what_is_mirrored_or_turned_with_its_particle_is_the_same_to_networks(symmetry):
    point, momentum = particles(400)
    inclined = (momentum[:, :2] != 0).all(1) & (abs(momentum[:, 0]) != abs(momentum[:, 1]))
    given = images(400)[inclined], point[inclined], momentum[inclined]
    other = turned(symmetry, *given)
    assert torch.equal(FRAME.into(*tensors(*other)), FRAME.into(*tensors(*given)))
    for form in ("raw", "scaled"):
        conditioning = Conditioning(form, frame=FRAME).fitted(*given[1:])
        np.testing.assert_array_equal(conditioning.of(*other[1:]), conditioning.of(*given[1:]))


def test_what_is_moved_by_whole_cells_differs_by_the_entry_point_alone():
    image = images(300)
    point, momentum = particles(300)
    point = np.round(np.clip(point, -8, 8) * 8) / 8  # whose sums are exact
    moved = point + np.array([3, -4], "f4")
    frame = ParticleFrame(depth_cm=0)
    rolled = np.roll(image, (-4, 3), axis=(1, 2))
    assert torch.equal(
        frame.into(*tensors(rolled, moved, momentum)), frame.into(*tensors(image, point, momentum))
    )
    conditioning = Conditioning("raw", frame=frame).fitted(point, momentum)
    here, there = (conditioning.of(p, momentum) for p in (point, moved))
    np.testing.assert_array_equal(np.delete(here, [3, 4], 1), np.delete(there, [3, 4], 1))


@pytest.mark.parametrize("form", ["raw", "scaled"])
def test_conditions_are_those_of_the_frame(form):
    point, momentum = particles(500)
    keep = abs(point).max(1) < 100
    point, momentum = point[keep], momentum[keep]
    conditioning = Conditioning(form, frame=FRAME).fitted(point, momentum)
    seen = FRAME.seen(*tensors(point, momentum))
    px, py, pz = seen.momentum.numpy().T
    size = np.sqrt(px**2 + py**2 + pz**2)
    particle = (px, py, pz) if form == "raw" else (px / pz, py / pz, np.log(size))
    expected = np.stack([*particle, *seen.point.numpy().T, *seen.offset.numpy().T], 1)
    if form == "scaled":
        expected = (expected - expected.mean(0)) / expected.std(0)
    found = conditioning.of(point, momentum)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(found, conditioning.of(point + 0, momentum + 0))
    assert seen.offset.abs().max() <= 0.5


def test_what_does_not_differ_is_named():
    point, momentum = np.full((40, 2), 0.25, "f4"), np.tile(np.array([0, 0, 9], "f4"), (40, 1))
    point[:, 0] += np.linspace(-2, 2, 40)
    conditioning = Conditioning("scaled", frame=FRAME).fitted(point, momentum)
    assert conditioning.without_spread(point, momentum) == [
        *("px/pz", "py/pz", "ln |p|", "y", "offset in y")
    ]  # fmt: skip
    assert np.isfinite(conditioning.of(point, momentum)).all()


def test_showers_come_back_from_what_networks_see():
    [showers] = gflash.simulate(50, seed=1)
    conditioning = Conditioning("scaled", frame=FRAME).fitted(*showers.conditions)
    seen, conditions = training_tensors(showers, conditioning, CPU)
    np.testing.assert_array_equal(conditions, conditioning.of(*showers.conditions))
    expected = FRAME.into(*tensors(showers.energy, *showers.conditions)).log1p()
    assert torch.equal(seen[:, 0], expected)
    back = generated(seen, showers.conditions, conditioning, np.random.default_rng(1))
    np.testing.assert_allclose(back.energy, showers.energy, rtol=1e-4, atol=1e-4)
    assert back.unscaled is None
    # Of the mean over showers nothing stands out in the detector as the core does in the frame.
    mean = seen.mean((0, 1))
    assert divmod(int(mean.argmax()), 30) in {(14, 14), (14, 15), (15, 14), (15, 15)}
    assert mean.max() > 1.3 * torch.from_numpy(showers.energy).log1p().mean(0).max()


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write_npz(folder / "s.npz", 80, gflash.simulate(80, seed=1))
    dataset.preprocess(folder / "s.npz", folder / "s.h5", Preparation(path="test", split_seed=1))
    return folder / "s.h5"


def test_the_task_takes_the_depth_of_the_training_showers(data):
    conditioning = TASK.training_set(data, "scaled", CPU, {"frame": "particle"}).conditioning
    assert conditioning.frame == ParticleFrame(depth_cm=dataset.shower_depth_cm(data))
    plain = TASK.training_set(data, "scaled", CPU)
    same = TASK.training_set(data, "scaled", CPU, {"frame": "detector", "energy": "raw"})
    assert plain.conditioning == same.conditioning
    assert plain.conditioning.frame is plain.conditioning.response is None
    assert torch.equal(plain.samples, same.samples)
    assert torch.equal(plain.conditions, same.conditions)
    with pytest.raises(UserError, match=r"frame = 'particel': must .*'detector' or 'particle'"):
        TASK.training_set(data, "scaled", CPU, {"frame": "particel"})


def test_generated_showers_lie_where_their_particles_fly():
    """A network that always makes one and the same image, of one lit cell in the middle."""
    made = trained(network(1, "particle"), form="particle")
    frame = made.description.conditioning.frame
    random = np.random.default_rng(4)
    point = random.uniform(-2, 2, (300, 2)).astype("f4")
    momentum = np.c_[random.normal(0, 0.2, (300, 2)), np.ones(300)].astype("f4")
    output = torch.zeros(300, 1, 30, 30)
    output[:, :, 15, 15] = 3
    showers = generated(output, Showers(None, point, momentum, None).conditions,
                        made.description.conditioning, random)  # fmt: skip
    row, column = np.divmod(showers.energy.reshape(300, -1).argmax(1), 30)
    core = point + frame.depth_cm * momentum[:, :2] / momentum[:, 2:]
    np.testing.assert_array_equal(np.c_[column, row], np.floor(core + 15))
