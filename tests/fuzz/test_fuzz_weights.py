"""Generator files and embeddings: what `train` wrote, or refused by name; no pickle is loaded, no code is run."""

import io
import pickle
import struct
import zipfile

import pytest
import torch
from attack import attack, damaged, examples, places
from hypothesis import given
from hypothesis import strategies as st

from showergan.config.networks import PerceptronGenerator
from showergan.config.tasks.images import Samples as ImageSamples
from showergan.config.tasks.text import Samples
from showergan.evaluation.generator import (
    TrainedGenerator,
    conditions_of,
    description_of,
    save_generator,
)
from showergan.evaluation.generator import load_generator as load
from showergan.networks.base import build, state_of
from showergan.tasks.found import TASKS
from showergan.tasks.images import embedding as of_images
from showergan.tasks.showers.conditions import Conditioning
from showergan.tasks.showers.embedding import (
    EmbeddingRegressor,
    load_embedding,
    predict,
    save_embedding,
)
from showergan.tasks.showers.energy_response import EnergyResponse
from showergan.tasks.showers.particle_frame import ParticleFrame

CPU = torch.device("cpu")
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def generator(name, samples, conditioning=None):
    """Return what a generator file of a task holds, of a tiny network."""
    task = TASKS[name].of(samples)
    network = PerceptronGenerator(width=4, depth=2)
    built = build(network, task.sample_shape, task.n_conditions)
    values = torch.ones(2, len(task.condition_names)).numpy()
    return task, TrainedGenerator(
        description_of(task)(
            network=network,
            samples=samples,
            conditions=conditions_of(task, values) if len(values[0]) else (),
            conditioning=conditioning or task.conditioning(),
            average=None,
            provenance={"recipe": {"seed": 1}},
        ),
        {1: state_of(built), 2: state_of(built)},
    )


RESPONSE = Conditioning(
    frame=ParticleFrame(depth_cm=5.0),
    response=EnergyResponse(log_momentum=(1.0,), response=((150.0,) * 256,), threshold_MeV=0.1),
)
PICTURES = ImageSamples(shape=(1, 8, 8), classes=("a", "b"), conditional=True)
GIVEN = {
    "showers": ([[0.0, 0.0]], [[0.0, 0.0, 5.0]]),
    "toys": (),
    "images": (["b"],),
    "text": (),
}


def generated(path):
    """Load a generator and generate with it, as `showergan generate` does."""
    trained = load(path)
    return trained.generate(*GIVEN[trained.task.name], seed=1, n=2)


def embedded(path):
    regressor = load_embedding(path, CPU)
    return predict(regressor, torch.zeros(2, 1, 30, 30))


def seen(path):
    embedding = of_images.load_embedding(path, CPU)
    return embedding.seen(torch.zeros(2, *embedding.shape).numpy())


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    """Return a reader and the bytes of a valid file of each kind."""
    folder = tmp_path_factory.mktemp("valid")
    described = {
        "showers": TASKS["showers"].samples(),
        "toys": TASKS["toys"].samples(),
        "images": PICTURES,
        "text": Samples(alphabet="ab\ufffd", shape=(32, 3)),
    }
    files = {}
    for name, samples in described.items():
        _, trained = generator(name, samples)
        save_generator(trained.description, trained.states, folder / name)
        files[name] = generated, (folder / name).read_bytes()
    _, trained = generator("showers", described["showers"], RESPONSE)
    save_generator(trained.description, trained.states, folder / "response")
    files["response"] = generated, (folder / "response").read_bytes()
    save_embedding(EmbeddingRegressor(), folder / "regressor")
    files["regressor"] = embedded, (folder / "regressor").read_bytes()
    of_images.save_embedding(
        of_images.ImageEmbedding("classifier", (1, 8, 8), 2, 4), folder / "seen"
    )
    files["seen"] = seen, (folder / "seen").read_bytes()
    return files


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("weights") / "model.pt"


def saved(content, **options):
    file = io.BytesIO()
    torch.save(content, file, **options)
    return file.getvalue()


KINDS = st.sampled_from(["showers", "response", "toys", "images", "text", "regressor", "seen"])


def taken(path, valid, kind, content):
    path.write_bytes(content)
    return attack(valid[kind][0], path)


def test_valid_files_are_used(path, valid):
    for kind, (_, content) in valid.items():
        assert not isinstance(taken(path, valid, kind, content), str)


@examples(200)
@given(kind=KINDS, data=st.data())
def test_damage(path, valid, kind, data):
    taken(path, valid, kind, data.draw(damaged(valid[kind][1])))


@examples(60)
@given(
    kind=KINDS, content=st.one_of(st.binary(max_size=200), st.binary(max_size=60).map(pickle.dumps))
)
def test_anything(path, valid, kind, content):
    assert isinstance(taken(path, valid, kind, content), str)


def put(content, place, value):
    for key in place[:-1]:
        content = content[key]
    content[place[-1]] = value


SHARED = torch.zeros(1)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**9, 2**31, 2**62]),
    st.floats(),
    st.text(max_size=4),
    st.sampled_from(["perceptron", "residual", "showers", "images", "text", "encoder"]),
    st.just([]),
    st.just({}),
    st.just([1, 10**6, 10**6]),
    st.sampled_from(
        [
            torch.zeros(()),
            torch.zeros(4, 2),
            torch.zeros(4, 2, dtype=torch.complex64),
            torch.full((4,), torch.nan),
            SHARED.expand(10**6, 10**6),  # terabytes of which one number is stored
            torch.zeros(4, 2).to_sparse(),
            torch.zeros(4, 2, device="meta"),
        ]
    ),
)


@examples(300)
@given(kind=KINDS, value=VALUES, drop=st.booleans(), data=st.data())
def test_other_content(path, valid, kind, value, drop, data):
    """Anything in place of anything, or lost."""
    content = torch.load(io.BytesIO(valid[kind][1]), weights_only=True)
    place = data.draw(st.sampled_from(list(places(content))))
    if drop:
        holder = content
        for key in place[:-1]:
            holder = holder[key]
        del holder[place[-1]]
    else:
        put(content, place, value)
    taken(path, valid, kind, saved(content))


@examples(60)
@given(kind=KINDS, value=st.one_of(VALUES, st.lists(VALUES, max_size=3)), old=st.booleans())
def test_files_of_other_things(path, valid, kind, value, old):
    assert isinstance(
        taken(path, valid, kind, saved(value, _use_new_zipfile_serialization=not old)), str
    )


def test_a_content_that_holds_itself(path, valid):
    for kind, (_, content) in valid.items():
        held = torch.load(io.BytesIO(content), weights_only=True)
        held["provenance" if "provenance" in held else "view"] = held
        assert isinstance(taken(path, valid, kind, saved(held)), str)


@pytest.mark.parametrize("key", ["width", "depth", "noise_size"])
@pytest.mark.parametrize("value", [10**4, 10**9, 10**30])
def test_a_network_that_would_fill_memory_is_not_built(path, valid, key, value):
    content = torch.load(io.BytesIO(valid["toys"][1]), weights_only=True)
    content["network"][key] = value
    assert isinstance(taken(path, valid, "toys", saved(content)), str)


def test_weights_that_are_one_number_are_refused(path, valid):
    """Of the right shapes, a gigabyte each: all numbers of a layer share one place in the file."""
    content = torch.load(io.BytesIO(valid["toys"][1]), weights_only=True)
    content["network"]["width"] = 2**14
    wide = PerceptronGenerator(width=2**14, depth=2)
    with torch.device("meta"):
        own = build(wide, (2,), 0).state_dict()
    content["states"] = {1: {name: SHARED[0].expand(value.shape) for name, value in own.items()}}
    assert "no plain arrays" in taken(path, valid, "toys", saved(content))


def rezipped(content, change, kind=zipfile.ZIP_STORED):
    """Return an archive with other members, as a pair of name and bytes each."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", kind) as new:
        for name in old.namelist():
            new.writestr(*change(name, old.read(name)))
    return file.getvalue()


def test_a_packed_archive_is_refused(path, valid):
    """PyTorch packs none, and unpacks whatever one claims to hold."""
    for kind, (_, content) in valid.items():
        packed = rezipped(content, lambda *member: member, zipfile.ZIP_DEFLATED)
        assert "packed" in taken(path, valid, kind, packed)


def test_a_claim_of_terabytes_is_refused(path, valid):
    content = valid["toys"][1]
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        [info] = [i for i in file.infolist() if i.filename.endswith("data/0")]
    for at in (content.rindex(info.filename.encode()) - 46,):  # in the directory at the end
        claiming = bytearray(content)
        struct.pack_into("<II", claiming, at + 20, 2**31, 2**31)
        assert isinstance(taken(path, valid, "toys", bytes(claiming)), str)


@examples(30)
@given(place=st.sampled_from(["../", "/tmp/", "..\\"]), name=st.sampled_from(["data.pkl", "evil"]))
def test_members_with_paths_write_nothing(path, valid, place, name):
    for kind in ("toys", "seen"):
        content = io.BytesIO(valid[kind][1])
        with zipfile.ZipFile(content, "a") as file:
            file.writestr(place + name, b"evil")
        taken(path, valid, kind, content.getvalue())
    assert list(path.parent.iterdir()) == [path]


class Trap:
    ran = False

    def __reduce__(self):
        return (setattr, (Trap, "ran", True))


@pytest.mark.parametrize("old", [False, True])
def test_no_code_is_run(path, valid, old):
    """Wherever it stands, in a file of either format of PyTorch or a bare pickle."""
    for kind, (_, content) in valid.items():
        held = torch.load(io.BytesIO(content), weights_only=True)
        for trap in (Trap(), {**held, "more": Trap()}, {**held, "states": Trap(), "state": Trap()}):
            for evil in (saved(trap, _use_new_zipfile_serialization=not old), pickle.dumps(trap)):
                told = taken(path, valid, kind, evil)
                assert isinstance(told, str) and "weights_only" not in told
    assert not Trap.ran
