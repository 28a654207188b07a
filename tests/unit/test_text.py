"""Text: from a file to lines, n-grams, and the networks of the language model GAN."""

import math
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import torch
from drawn import figure_of
from small_training import recipe

from showergan.config.evaluation import Evaluation
from showergan.config.networks import TextDiscriminator, TextGenerator
from showergan.config.recipes.evaluation import Evaluate
from showergan.config.tasks.text import BOOK, LENGTH, REPLACEMENT, TextData
from showergan.config.whole import parse_config
from showergan.errors import UserError
from showergan.evaluation.generated import evaluate
from showergan.evaluation.generator import TrainedGenerator, description_of
from showergan.evaluation.reference import make_reference
from showergan.methods.constraints.constraint import DiscriminatorBatch
from showergan.methods.constraints.gradient_penalty import GradientPenalty
from showergan.methods.layers import flattened, weight_layers
from showergan.metrics.conditional_prd import conditional_prd
from showergan.networks.base import build, state_of
from showergan.networks.text import ResidualBlock1d
from showergan.report.style import Style
from showergan.tasks import text
from showergan.tasks.found import TASKS, of_file
from showergan.tasks.text.dataset import (
    NO_CHARACTER,
    Lines,
    alphabet_of,
    decoded,
    encoded,
    load,
    samples_in,
    sequences,
    split_by_blocks,
    write,
)
from showergan.tasks.text.figures.sampled_lines import by_epoch
from showergan.tasks.text.metrics import NGRAMS, divergence, ngrams, repeated
from showergan.training.loop import Trainer

ngram_divergence = figure_of("ngram_divergence")
sampled_lines = figure_of("sampled_lines")

SHAPE = (LENGTH, 7)
CPU = torch.device("cpu")


def written(folder, content, **keys):
    text, out = folder / "text.txt", folder / "text.h5"
    text.write_bytes(content.encode() if isinstance(content, str) else content)
    write(TextData(path=str(text), **keys), out)
    return out


def codes(*lines):
    return np.array([list(line.encode()) for line in lines], np.uint8)


class TestReading:
    def test_lines_are_cut_from_their_start(self, tmp_path):
        line = "ab" * 16 + "cd" * 16 + "rest"
        found = sequences(
            f"  {line} \n" + "short\n\n" + "x" * 31 + "\n" + f"{line}\n" * 19, tmp_path
        )
        assert found.texts[:2] == ["ab" * 16, "cd" * 16]
        assert found.lines[:4] == [0, 0, 4, 4]
        assert (len(found.texts), found.n_short) == (40, 2)

    def test_too_few_lines_are_counted(self, tmp_path):
        text = "x" * 32 + "\n" + "short\n" * 3 + "\n"
        with pytest.raises(UserError, match=r"1 sequences .* 3 of its 4 lines are shorter than 32"):
            written(tmp_path, text)
        assert not (tmp_path / "text.h5").exists()

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"", "is empty"),
            (b" \n\n", "is empty"),
            (b"GIF89a\0\1", "is no text: byte 6 "),
            ("text".encode("utf-16-be"), "is no text: byte 0 "),
            (b"first\ncaf\xe9 ", r"byte 9 \(counted from 0, in line 2\) is 0xe9"),
        ],
    )
    def test_what_is_no_text_is_told_with_its_place(self, tmp_path, content, told):
        with pytest.raises(UserError, match=told):
            written(tmp_path, content)

    def test_a_missing_file_is_told(self, tmp_path):
        with pytest.raises(UserError, match=r"nowhere\.txt does not exist.*data\.path"):
            write(TextData(path=str(tmp_path / "nowhere.txt")), tmp_path / "text.h5")

    def test_a_byte_order_mark_is_no_character(self, tmp_path):
        assert decoded("\ufeffé".encode(), tmp_path) == "é"

    def test_the_commonest_characters_come_first(self):
        assert alphabet_of(["bbaac", "a" + REPLACEMENT], 3) == "ab" + REPLACEMENT
        assert alphabet_of(["ba"], 255) == "ab" + REPLACEMENT

    def test_rare_characters_are_replaced_and_counted(self, tmp_path):
        text = ["a" * 30 + "bz", "a" * 32]
        found, n = encoded(text, "ab" + REPLACEMENT, tmp_path)
        assert (list(found[28:32]), n) == ([0, 0, 1, 2], 1)

    def test_an_alphabet_that_leaves_too_little_is_told(self, tmp_path):
        line = "abcdefghijklmnopqrstuvwxyz123456\n"
        with pytest.raises(
            UserError, match=r"32 different characters\. An alphabet of 16 leaves 53%"
        ):
            written(tmp_path, line * 50, alphabet_size=16)
        with pytest.raises(UserError, match=r"alphabet_size = 300: .*255"):
            method = {"label": "x", "learning_rates": {"generator": 1.0, "discriminator": 1.0}}
            raw = {"task": "text", "data": {"alphabet_size": 300}, "methods": {"x": method}}
            parse_config(raw)


class TestDataSet:
    def test_neighbouring_lines_stay_together(self):
        lines = np.repeat(np.arange(1000), 2)
        splits = split_by_blocks(lines, 50, 1)
        assert np.bincount(splits).tolist() == [1000, 500, 500]
        # 20 blocks have 19 ends, and the exact sizes cut at most two of the blocks.
        assert 4 < np.count_nonzero(np.diff(splits)) <= 19 + 2
        assert not np.array_equal(splits, split_by_blocks(lines, 50, 2))

    def test_the_alphabet_is_that_of_the_training_text(self, tmp_path):
        rows = [chr(0x400 + i) + "ab" * 15 + "c" for i in range(50)]
        path = written(tmp_path, "\n".join(rows), block_lines=1)
        alphabet = samples_in(path).alphabet
        training = set("".join(load(path, "train").texts(alphabet)))
        assert set(alphabet) == training | {REPLACEMENT}
        with h5py.File(path) as file:
            assert file.attrs["n_replaced_characters"] == 25  # first letters that training lacks
            assert file.attrs["n_short_lines"] == 0
            assert file["code"].dtype == np.uint8
        assert load(path, "test").texts(alphabet)[0][0] == REPLACEMENT

    def test_training_samples_are_one_hot(self, tmp_path):
        path = written(tmp_path, "the cat sat on the mat, and so on\n" * 50)
        task = of_file(path)
        samples = task.training_set(path, "raw", CPU).samples
        assert samples.shape == (25, *task.sample_shape)
        assert samples.dtype == torch.float32
        assert (samples.sum(2) == 1).all()
        assert (
            task.to_samples(samples, None, None, None).texts(samples_in(path).alphabet)[0]
            == "the cat sat on the mat, and so o"
        )

    def test_the_book_is_there(self, tmp_path):
        book = Path(text.__file__).with_name(BOOK)
        assert book.stat().st_size < 400_000
        content = decoded(book.read_bytes(), book)
        assert "It is a truth universally acknowledged" in content
        assert len(sequences(content, book).texts) > 6_000


class TestSamples:
    def test_the_likeliest_character_is_taken(self):
        output = torch.tensor([[[0.2, 0.7, 0.1], [0.4, 0.3, 0.3]], [[math.nan] * 3, [0, 0, 1.0]]])
        made = TASKS["text"].to_samples(output, None, None, None)
        assert made.code.tolist() == [[1, 0], [NO_CHARACTER, 2]]
        assert made.texts("ab" + REPLACEMENT) == ["ba", "⊥" + REPLACEMENT]

    def test_lines_that_are_not_finite_are_counted(self):
        task = TASKS["text"]
        lines = Lines(np.array([[0] * 32, [NO_CHARACTER] * 32], np.uint8))
        features = task.features([lines], None, None, None, CPU)
        assert features.counts == {"n_not_finite": 1}

    @pytest.mark.parametrize("suffix", [".npz", ".h5"])
    def test_lines_are_written(self, tmp_path, suffix):
        path = written(tmp_path, "a bb ccc dddd eeeee ffffff ggggggg\n" * 50)
        task = of_file(path)
        lines, out = Lines(np.zeros((3, 32), np.uint8)), tmp_path / f"out{suffix}"
        task.write_samples(out, 3, iter([lines]), {"seed": 1})
        first = samples_in(path).alphabet[0]
        if suffix == ".npz":
            assert np.load(out)["line"].tolist() == [first * 32] * 3
        else:
            with h5py.File(out) as file:
                assert (file["code"].shape, file.attrs["seed"]) == ((3, 32), 1)
                assert file.attrs["alphabet"][0] == first


class TestNGrams:
    def test_they_stay_within_lines(self):
        found = ngrams(codes("abcd", "bcde"), 3)
        assert found.shape == (2, 2)
        assert found[0, 1] == found[1, 0] == 0x626364
        assert len(np.unique(found)) == 3
        assert ngrams(codes("abcd"), 4).tolist() == [[0x61626364]]

    @pytest.mark.parametrize("n", [1, 2, 3, 4])
    def test_equal_texts_do_not_differ(self, n):
        code = codes("to be or not to be", "that is the questi")
        same = divergence(ngrams(code, n), ngrams(code[::-1], n), seed=1)
        assert same.value == pytest.approx(0, abs=1e-12)
        assert same.n == 2

    def test_texts_without_a_common_character_differ_by_a_bit(self):
        found = divergence(ngrams(codes("abab"), 2), ngrams(codes("cdcd", "dcdc"), 2), seed=1)
        assert (found.value, found.n) == (pytest.approx(1), 1)

    def test_a_case_by_hand(self):
        # p = (1/2, 1/2, 0), q = (1/4, 1/2, 1/4): H((p + q) / 2) - (1 + 3/2) / 2.
        half = -(3 / 8 * math.log2(3 / 8) + 1 / 2 * math.log2(1 / 2) + 1 / 8 * math.log2(1 / 8))
        found = divergence(ngrams(codes("abab"), 1), ngrams(codes("abbc"), 1), seed=1)
        assert found.value == pytest.approx(half - 1.25)

    def test_the_order_of_characters_counts_from_two_on(self):
        a, b = codes("aabb" * 8), codes("abab" * 8)
        values = [divergence(ngrams(a, n), ngrams(b, n), seed=1).value for n in (1, 2)]
        assert values[0] == pytest.approx(0, abs=1e-12)
        assert values[1] > 0.3

    def test_lines_are_what_is_resampled(self):
        few, many = (codes(*["aabb", "bbaa", "abcd", "dddd"] * k) for k in (10, 160))
        spread = [divergence(ngrams(c, 1), ngrams(c, 1), seed=1).event_sd for c in (few, many)]
        assert 0 < spread[1] < spread[0] / 3

    def test_repeated_lines_are_counted(self):
        found = repeated(codes("abcd", "abcd", "dcba", "aaaa"))
        assert (found.value, found.event_sd, found.n) == (0.5, 0.25, 4)

    def test_classes_are_compared_without_clustering(self):
        """Sajjadi et al. 2018: the curve of discrete distributions, here (1/2, 1/2) and (1, 0)."""
        real, other = np.array([[1, 2]] * 20), np.array([[1, 1]] * 20)
        zeros = np.zeros(20, int)
        recipe = Evaluation(clusters=2, repeats=3)
        found = conditional_prd(real, other, zeros, zeros, 0, recipe)["prd_auc"]["all"]
        # Recall is at most 1/2, with precision 1 up to there.
        assert found.value == pytest.approx(0.5, abs=2e-3)
        assert (found.clusters, found.n) == (2, 20)
        assert math.isnan(found.sd)


@pytest.mark.parametrize("n_conditions", [0, 2])
class TestNetworks:
    def test_the_generator_gives_probabilities(self, n_conditions):
        generator = build(TextGenerator(dim=8), SHAPE, n_conditions)
        noise = generator.draw_noise(3, torch.Generator().manual_seed(1))
        lines = generator(noise, torch.zeros(3, n_conditions))
        assert noise.shape == (3, 128)
        assert lines.shape == (3, *SHAPE)
        assert lines.sum(2).detach().numpy() == pytest.approx(np.ones((3, LENGTH)), abs=1e-5)
        assert (lines > 0).all()

    def test_the_discriminator_gives_scores(self, n_conditions):
        discriminator = build(TextDiscriminator(dim=8), SHAPE, n_conditions)
        assert discriminator(torch.rand(3, *SHAPE), torch.zeros(3, n_conditions)).shape == (3,)

    def test_all_layers_with_weights_are_found(self, n_conditions):
        discriminator = build(TextDiscriminator(dim=8, blocks=5), SHAPE, n_conditions)
        found = weight_layers(discriminator)
        blocks = [f"body.{i}.body.{j}" for i in range(5) for j in (1, 3)]
        assert list(found) == ["stem", *blocks, "head"]
        weights = {id(layer.weight) for layer in found.values()}
        assert weights == {id(p) for p in discriminator.parameters() if p.ndim > 1}


def test_a_block_adds_three_tenths_of_what_its_convolutions_give():
    block, x = ResidualBlock1d(2), torch.randn(3, 2, 32)
    for parameter in block.parameters():
        torch.nn.init.zeros_(parameter)
    assert torch.equal(block(x), x)
    torch.nn.init.ones_(block.body[3].bias)
    assert torch.allclose(block(x), x + 0.3)


def test_lines_of_another_shape_are_told():
    for network in (TextGenerator(), TextDiscriminator()):
        with pytest.raises(UserError, match=r"lines of characters.*\(1, 30, 30\)"):
            build(network, (1, 30, 30), 0)


def test_the_number_of_parameters_is_that_of_the_layers():
    """Linear 128 -> 32 x 512, ten convolutions of 512 x 512 x 5, and one to the alphabet."""
    block = 2 * (512 * 512 * 5 + 512)
    count = sum(p.numel() for p in build(TextGenerator(), (32, 64), 0).parameters())
    assert count == 129 * 32 * 512 + 5 * block + 513 * 64


def test_the_penalty_knows_the_gradient_of_a_linear_discriminator():
    """f(x) = <w, x> has the gradient w at every x, whatever the strings."""

    class Linear(torch.nn.Module):
        def forward(self, line, condition):
            return (weight * line).sum((1, 2))

    weight = torch.randn(SHAPE, generator=torch.Generator().manual_seed(1))
    weight *= 3 / weight.norm()
    real = torch.nn.functional.one_hot(torch.arange(4 * 32).view(4, 32) % 7, 7).float()
    fake, scores = torch.softmax(torch.randn(4, *SHAPE), 2), torch.zeros(4)
    random = torch.Generator()
    batch = DiscriminatorBatch(real, fake, torch.empty(4, 0), scores, scores, torch.rand(4), random)
    loss = GradientPenalty(weight=10.0).loss(Linear(), batch)
    assert float(loss) == pytest.approx(10 * (3 - 1) ** 2, rel=1e-5)


METHODS = {
    "gan": {"loss": {"kind": "gan"}},
    "wgan_gp": {"penalty": {"kind": "gradient"}},
    "clipping": {"normaliser": {"kind": "weight_clipping", "bound": 0.01}},
    "sn": {"normaliser": {"kind": "spectral_norm"}},
}


@pytest.mark.parametrize("method", METHODS)
def test_one_step_moves_every_parameter_and_constrains_every_layer(method):
    networks = {"generator": TextGenerator(dim=8), "discriminator": TextDiscriminator(dim=8)}
    found = recipe(METHODS[method], batch_size=8, n_critic=1, **networks)
    codes = torch.randint(7, (16, 32), generator=torch.Generator().manual_seed(1))
    lines = torch.nn.functional.one_hot(codes, 7).float()
    trainer = Trainer(lines, torch.empty(16, 0), found)
    before = [
        {name: p.detach().clone() for name, p in network.named_parameters()}
        for network in (trainer.generator, trainer.discriminator)
    ]
    trainer.discriminator_step()
    trainer.generator_step()
    for network, start in zip((trainer.generator, trainer.discriminator), before, strict=True):
        still = [n for n, p in network.named_parameters() if torch.equal(p, start[n])]
        # A constant added to all scores changes neither a difference of scores nor a gradient: that of
        # the head, and what the last block adds before it, which moves by what rounding leaves.
        constants = {"head.bias", "body.4.body.3.bias"}
        assert set(still) <= (constants if method != "gan" else set())
    found_layers = weight_layers(trainer.discriminator).values()
    if method == "clipping":
        assert all(float(layer.weight.detach().abs().max()) <= 0.01 for layer in found_layers)
    if method == "sn":
        norms = [torch.linalg.matrix_norm(flattened(x.weight), 2) for x in found_layers]
        assert torch.stack(norms).detach() == pytest.approx(np.ones(12), abs=0.2)


LABELS = {"gan": "standard GAN", "wgan_gp": "WGAN-GP"}


def of_runs(table):
    return pd.concat(
        table.assign(architecture="text", method=method, learning_rates="1_1", seed=seed)
        for method in LABELS
        for seed in ("1", "2")
    )


@pytest.fixture
def grid():
    keys = {"architecture": "text", "method": list(LABELS), "learning_rates": "1_1"}
    return pd.DataFrame({**keys, "chosen": True, "seeds": "1 2"})


class TestFigures:
    def test_divergences_are_drawn_over_steps(self, grid):
        values = pd.DataFrame(
            [
                {"metric": "ngram_divergence", "space": space, "epoch": epoch, "value": 1 / epoch}
                for space in NGRAMS
                for epoch in (1, 2)
            ]
        )
        history = pd.DataFrame({"step": [1, 10, 14], "epoch": [1, 2, 2]})
        first = values[values["epoch"] == 1]
        anchors = pd.concat(first.assign(anchor=a, value=0.1) for a in ("ceiling", "untrained"))
        figure = ngram_divergence(
            Style(labels=LABELS),
            of_runs(values.assign(split="test")),
            of_runs(history),
            anchors,
            grid,
        )
        assert [panel.get_title() for panel in figure.axes] == list(NGRAMS)
        lines = [line for line in figure.axes[1].lines if len(line.get_xdata()) == 2]
        drawn = [tuple(line.get_xdata()) for line in lines if line.get_ydata()[0] == 1]
        # Two methods of two seeds and a mean, at the ends of epochs of 7 steps.
        assert drawn == [(7, 14)] * 6
        legend = [text.get_text() for text in figure.legends[0].get_texts()]
        assert legend[:2] == list(LABELS.values())
        assert legend[2:] == ["real against real (ceiling)", "untrained generator (floor)"]

    def test_lines_are_written_as_they_are(self, tmp_path, grid):
        reference = tmp_path / "reference.h5"
        with h5py.File(reference, "w") as file:
            file.attrs["alphabet"] = "a$" + REPLACEMENT
            file["examples/code"] = np.ones((5, 3), np.uint8)
        examples = pd.DataFrame({"epoch": [1] * 4 + [2] * 4, "line": ["$a$", "x_^ ", "c", "d"] * 2})
        figure = sampled_lines(Style(labels=LABELS), reference, of_runs(examples), grid)
        figure.draw_without_rendering()  # a formula would be an error here
        shown = [[text.get_text() for text in panel.texts] for panel in figure.axes]
        assert shown[0] == ["test text", "$$$", "$$$", "$$$"]
        assert shown[1:] == [["epoch 1", "$a$", "x_^·", "c", "epoch 2", "$a$", "x_^·", "c"]] * 2

    def test_six_of_many_epochs_are_written(self):
        examples = pd.DataFrame({"epoch": range(1, 12), "line": "x"})
        assert list(by_epoch(examples)) == [f"epoch {n}" for n in (1, 3, 5, 7, 9, 11)]


def test_lines_of_every_epoch_are_kept(tmp_path):
    path = written(tmp_path, "the cat sat on the mat, and so on\n" * 80)
    task, network = of_file(path), TextGenerator(dim=4, blocks=1)
    description = description_of(task)(
        network=network,
        samples=task.samples_in(path),
        conditions=(),
        conditioning=task.conditioning(),
        average=None,
        provenance={},
    )
    states = {n: state_of(build(network, task.sample_shape, 0)) for n in (3, 5)}
    settings = Evaluate(choose_by="2-grams")
    reference = make_reference(path, None, settings, CPU)
    scores = evaluate(TrainedGenerator(description, states), reference, None, settings, CPU)
    n = len(reference.examples)
    assert scores.examples["epoch"].tolist() == [3] * n + [5] * n
    first, second = np.split(scores.examples["line"], 2)
    assert {len(line) for line in first} == {LENGTH}
    assert not np.array_equal(first, second)
    rows = scores.metrics[scores.metrics["metric"] == "ngram_divergence"]
    assert set(rows["epoch"]) == {3, 5}
    assert set(rows["space"]) == set(NGRAMS)
    assert set(scores.curves["space"]) == {"1-grams", "2-grams"}
