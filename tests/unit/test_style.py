"""Styles of methods: apart for everybody, the same on every machine, and no more of them in a figure than it shows."""

import itertools
import os
import subprocess
import sys
from typing import get_args

import matplotlib as mpl
import numpy as np
import pytest
import seaborn as sns
import yaml
from matplotlib.colors import is_color_like, to_rgba

from showergan.config.catalogue.exhibit import exhibits
from showergan.config.figures import Colormap, Figures, Palette
from showergan.config.whole import parse_config
from showergan.errors import UserError
from showergan.report.style import Style, line

DEFAULT = Figures().palette

# Machado, Oliveira & Fernandes 2009, severity 1, of linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}
XYZ = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
]


def seen(colours, sight):
    """Return CIELAB (n, 3), D65, of sRGB colours as somebody sees them."""
    rgb = np.asarray(colours)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    there = np.clip(linear @ np.transpose(SIGHT[sight]), 0, 1)
    xyz = there @ np.transpose(XYZ) / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = f.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def apart(colours, sight):
    """Return the least difference of two of some colours."""
    lab = seen(colours, sight)
    return min(np.linalg.norm(a - b) for a, b in itertools.combinations(lab, 2))


class TestApart:
    def test_the_simulation_is_that_of_the_red_and_green_blind(self):
        """Equal pairs of confusion: white stays white, and red and green lose most of their difference."""
        assert seen([[1, 1, 1]], "normal")[0] == pytest.approx([100, 0, 0], abs=0.01)
        for sight in ("deuteranopia", "protanopia"):
            assert seen([[1, 1, 1]], sight)[0] == pytest.approx([100, 0, 0], abs=0.01)
            red_and_green = [[0.8, 0.2, 0.1], [0.45, 0.45, 0.0]]
            assert apart(red_and_green, sight) < 0.5 * apart(red_and_green, "normal")

    @pytest.mark.parametrize("sight", SIGHT)
    def test_eight_methods_by_colour_alone(self, sight):
        """Of the palette before, for the green-blind two were 10.8 apart; 2.3 is just noticeable side by side."""
        assert apart([line(DEFAULT, place).colour for place in range(8)], sight) > 15

    @pytest.mark.parametrize("palette", get_args(Palette))
    def test_any_number_of_methods_without_colours(self, palette):
        lines = [line(palette, place) for place in range(150)]
        assert len({(one.marker, one.dashes) for one in lines}) == len(lines)

    def test_a_colour_comes_again_with_other_dashes(self):
        """As 14 methods of the published study shared ten colours, and nothing else told them apart."""
        lines = [line(DEFAULT, place) for place in range(32)]
        assert len({(one.colour, one.dashes) for one in lines}) == len(lines)

    def test_pairs_of_one_method_have_other_dashes(self):
        assert len({line(DEFAULT, 3, variant).dashes for variant in range(4)}) == 4

    def test_a_line_depends_on_no_method_after_it(self):
        few, many = (Style(labels={f"m{i}": str(i) for i in range(n)}) for n in (3, 14))
        assert [few.line(f"m{i}") for i in range(3)] == [many.line(f"m{i}") for i in range(3)]

    def test_greys_are_those_of_references(self):
        assert all(np.ptp(line("petroff10", place).colour) > 0.1 for place in range(10))


class TestNames:
    @pytest.mark.parametrize("name", get_args(Palette))
    def test_palettes_exist(self, name):
        assert name in mpl.color_sequences or sns.color_palette(name)

    @pytest.mark.parametrize("name", get_args(Colormap))
    def test_colour_maps_exist(self, name):
        """Those of seaborn as well, which only registers them when it is imported."""
        asked = f"from showergan.report.style import Style; Style(figures={{'colormap': '{name}'}}).colormap"
        subprocess.run([sys.executable, "-c", asked], check=True)

    @pytest.mark.parametrize("key", ["palette", "colormap"])
    def test_another_name_stops_before_any_job(self, key):
        with pytest.raises(UserError, match=f"figures.{key} = 'nosuch': must be"):
            Style.read(f'{{"figures": {{"{key}": "nosuch"}}}}')


# Of a theme and not seaborn's; `image.cmap` is never the one that is drawn with.
OURS = {
    *("axes.formatter.useoffset", "axes.spines.right", "axes.spines.top", "figure.labelsize"),
    *("figure.titlesize", "font.sans-serif", "grid.color", "grid.linewidth", "legend.frameon"),
    *("legend.handlelength", "pdf.fonttype", "figure.dpi", "savefig.dpi", "image.cmap"),
}


def alike(key, ours, theirs):
    if key.endswith("color") and is_color_like(theirs):
        return to_rgba(ours) == to_rgba(theirs)
    return ours == (pytest.approx(theirs) if isinstance(theirs, float) else theirs)


@pytest.mark.parametrize(("context", "fonts"), [("paper", 1.0), ("notebook", 0.9), ("talk", 0.72)])
def test_all_else_of_the_theme_is_that_of_seaborn(context, fonts):
    with Style(figures=Figures(context=context)).theme():
        ours = dict(mpl.rcParams)
    with (
        mpl.style.context("default"),
        sns.axes_style("ticks"),
        sns.plotting_context(context, font_scale=fonts),
    ):
        theirs = dict(mpl.rcParams)
    assert not [k for k in theirs if k not in OURS and not alike(k, ours[k], theirs[k])]


DRAWN = """
import sys
from pathlib import Path
from showergan.report.layout import legend_below, new_figure
from showergan.report.style import Style

def draw(style):
    figure = new_figure(3)
    axes = figure.subplots()
    axes.plot([1, 2], [1, 2], **{"color": style.line("sn").colour})
    axes.set(xlabel="Words", title="$x^2$")
    legend_below(figure, {"sn": {"color": style.line("sn").colour}})
    return figure

style = Style(labels={"sn": "SN"})
folder = Path(sys.argv[1])
with style.theme():
    figure = draw(style)
style.save(figure, folder / "f.png", folder / "f.pdf")
"""


def drawn(folder, cwd, **environment):
    folder.mkdir()
    known = {k: v for k, v in os.environ.items() if k not in ("MPLBACKEND", "MATPLOTLIBRC")}
    done = subprocess.run(
        [sys.executable, "-c", DRAWN, str(folder)],
        cwd=cwd,
        env=known | environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return (folder / "f.png").read_bytes(), (folder / "f.pdf").read_bytes()


HOSTILE = """
backend: TkAgg
text.usetex: True
font.family: serif
savefig.bbox: tight
savefig.transparent: True
axes.grid: True
lines.linewidth: 9
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    return drawn(folder / "out", folder)


class TestSettingsOfUsers:
    @pytest.mark.parametrize("backend", ["TkAgg", "nonsense", "pdf"])
    def test_backend_of_the_environment(self, plain, backend, tmp_path):
        assert drawn(tmp_path / "out", tmp_path, MPLBACKEND=backend) == plain

    def test_file_of_the_working_directory(self, plain, tmp_path):
        (tmp_path / "matplotlibrc").write_text(HOSTILE)
        assert drawn(tmp_path / "out", tmp_path) == plain

    def test_file_that_is_no_text(self, plain, tmp_path):
        (tmp_path / "matplotlibrc").write_bytes(b"\xff\xfe")
        assert drawn(tmp_path / "out", tmp_path) == plain

    def test_file_of_the_home(self, plain, tmp_path):
        (tmp_path / "matplotlib").mkdir()
        (tmp_path / "matplotlib/matplotlibrc").write_text(HOSTILE)
        (tmp_path / "here").mkdir()
        got = drawn(tmp_path / "out", tmp_path / "here", XDG_CONFIG_HOME=str(tmp_path))
        assert got == plain

    def test_settings_of_a_process_that_draws_itself(self, tmp_path):
        with mpl.rc_context({"font.family": "serif", "lines.linewidth": 9, "axes.grid": True}):
            with Style().theme():
                assert mpl.rcParams["font.family"] == ["sans-serif"]
                assert not mpl.rcParams["axes.grid"]
            assert mpl.rcParams["lines.linewidth"] == 9


def default_config(root, **methods):
    raw = yaml.safe_load((root / "config.yaml").read_text())
    raw["methods"] |= methods
    return parse_config(raw)


class TestShown:
    """A figure is drawn anew when its style changes: it may hold no more than it shows."""

    @pytest.fixture
    def figures(self):
        return exhibits("figures", ["showers"])

    def test_a_new_method_changes_no_figure_without_methods(self, figures, request):
        root = request.config.rootpath
        before = default_config(root)
        new = {**yaml.safe_load((root / "config.yaml").read_text())["methods"]["sn"], "label": "N"}
        after = default_config(root, new=new)
        same = {name for name, f in figures.items() if f.style_of(before) == f.style_of(after)}
        assert same == {
            *("task", "target_showers", "entry_points", "embedding", "update_cosine"),
            *("generator_architecture", "discriminator_architecture", "rank_agreement"),
        }

    def test_names_are_those_of_the_configuration(self, figures, request):
        config = default_config(request.config.rootpath)
        style = Style.model_validate(figures["multipliers"].style_of(config))
        assert style.labels == {name: m.label for name, m in config.sorted_methods.items()}
        assert style.offsets == {"sn_coef_l2_offset": 2.0}
        assert set(figures["task"].style_of(config)) == {"figures"}
