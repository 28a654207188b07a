"""The pages of the documentation, on a code host and as a site."""

import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import make_site
import pytest
import reference_pages
import yaml
from typer.testing import CliRunner

import showergan
from showergan.cli import app
from showergan.config.tasks.found import SPECS
from showergan.tasks.found import TASKS

ROOT = Path(__file__).parents[2]
PAGES = [path for path in make_site.pages() if path.suffix == ".md"]
FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)


def anchors(text):
    """Return the anchors that a code host gives the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.strip().replace(" ", "-") for title in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere_on_a_code_host(page):
    """The site is strict about links itself; a code host shows a page without a word."""
    for target, anchor in make_site.links(page.read_text()):
        linked = (page.parent / target).resolve() if target else page
        assert linked.is_file() and linked.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(linked.read_text()), f"{target}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_lists_are_lists_in_both(page):
    """The site wants four blanks before a list within a list, and an empty line before one that follows a paragraph."""
    for paragraph in filter(str.strip, re.split(r"\n *\n", FENCE.sub("", page.read_text()))):
        lines = paragraph.strip("\n").splitlines()
        items = [re.match(r"( *)(?:[-*]|\d+\.) ", line) for line in lines]
        assert all(len(item[1]) % 4 == 0 for item in items if item), paragraph
        assert items[0] or not any(items), paragraph


def test_every_page_is_one_page():
    """With a title of its own, and a place in the navigation of the site."""
    site = tomllib.loads((ROOT / "docs/site/zensical.toml").read_text())["project"]
    named = re.findall(r"'([^']+\.md)'", str(site["nav"]))
    assert len(named) == len(set(named))
    made = {f"docs/{name}" for name in reference_pages.MADE}
    outside = {"benchmarks/README.md"}  # linked where it is needed
    assert {str(page.relative_to(ROOT)) for page in PAGES} <= {*named, *outside}
    assert set(named) <= made | {str(path.relative_to(ROOT)) for path in PAGES}
    for page in PAGES:
        titles = re.findall(r"^# .+$", FENCE.sub("", page.read_text()), re.MULTILINE)
        assert len(titles) == 1, page


@pytest.fixture(scope="module")
def made():
    return reference_pages.pages()


def row(text, key):
    """Return the cells of the first row of a table that begins with a key."""
    line = re.search(rf"^\| `{key}`[^|]*\|.*$", text, re.MULTILINE)
    assert line, key
    return [
        cell.strip()
        for cell in line[0].replace(r"\|", "/").replace("\u00a0", " ").strip("| ").split("|")
    ]


def section(text, title):
    return text.partition(f"# {title}")[2].partition("\n## ")[0]


def test_the_configuration_is_all_there(made):
    """Every key of config.yaml, with its value there; some rows by heart."""
    page = made["reference/configuration.md"]
    raw = yaml.safe_load((ROOT / "config.yaml").read_text())
    for name, keys in raw.items():
        if isinstance(keys, dict) and name not in ("methods", "learning_rate_search"):
            for key, value in keys.items():
                cells = row(section(page, f"`{name}`"), key)
                assert cells[-1], key
                if not isinstance(value, dict):
                    assert yaml.safe_load(cells[3].strip("`")) == value, key
    assert row(section(page, "`training`"), "batch_size") == [
        *("`batch_size`", "integer ≥ 2, ≤ 1 000 000", "`200`", "`32`", "showers per step")
    ]
    assert row(section(page, "`figures`"), "dpi")[1] == "integer ≥ 50, ≤ 600"
    for kind in ("spectral_norm", "gradient", "abcas", "rmsprop", "text_generator"):
        assert f"`kind: {kind}`" in page
    for task in SPECS:
        assert f"`{'data' if task == 'showers' else f'data of {task}'}`" in page


def test_no_key_is_without_a_meaning(made):
    tables = re.findall(r"^\| `.*$", made["reference/configuration.md"], re.MULTILINE)
    assert len(tables) > 150
    assert [line for line in tables if line.endswith("|  |")] == []


def test_every_subcommand_is_there(made):
    page = made["reference/command_line.md"]
    said = CliRunner().invoke(app, ["--help"]).output
    names = re.findall(r"^│ ([a-z][\w-]*) ", said, re.MULTILINE)
    assert len(names) > 30
    assert [name for name in names if f"### `showergan {name}`\n" not in page] == []
    train = section(page, "`showergan train`").partition("###")[0]
    assert row(train, "--data <path>")[1].startswith("data set of `preprocess`")
    assert "`n_critic`: integer, default 5" in train


def test_every_metric_of_every_task_is_there(made):
    page = made["reference/metrics.md"]
    for task in TASKS.values():
        for metric in task.metrics:
            cells = row(page, metric.name)
            assert len(cells) == 5 and cells[1] and cells[4]
    assert row(page, "coverage")[2:4] == ["0.969, from below", "0"]
    assert row(page, "residual_error")[4].endswith("; needs embedding")


def test_every_public_name_is_there(made):
    page = made["reference/python.md"]
    for name in set(showergan.__all__) - {"__version__"}:
        assert f"heading: showergan.{name}\n" in page
    assert "::: showergan.evaluation.score.score\n" in page


def test_numbers_of_the_answer_in_the_readme_are_those_of_the_study():
    answer = re.search(r"^\*\*The answer.*?\n\n", (ROOT / "README.md").read_text(), re.M | re.S)
    study = " ".join((ROOT / "docs/study.md").read_text().split())
    numbers = r"[+\N{MINUS SIGN}][\d.]+ \[[^]]+\]|\d+% to \d+%|\d+ trainings of \d+ methods"
    found = re.findall(numbers, " ".join(answer[0].split()))
    assert len(found) == 4
    assert [number for number in found if number not in study] == []


def test_every_figure_is_there_with_its_command(made):
    page = made["gallery.md"]
    for caption in (ROOT / "workflow/report/figures").glob("*.rst"):
        assert re.search(rf"snakemake --cores all results/\w+/figures/{caption.stem}\.png", page)
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", page)
    assert len(pictures) > 20
    assert all((ROOT / "docs" / picture).is_file() for picture in pictures)
    # Nothing of reStructuredText or of templates is left.
    assert not re.search(r"``|:sup:|\{%|\{\{ ", page.replace("```", ""))


@pytest.mark.slow
@pytest.mark.skipif(
    not find_spec("zensical") or not find_spec("mkdocstrings_handlers"),
    reason="the packages of docs/site/requirements.lock are not installed; make docs does",
)
def test_the_site_is_built_and_needs_no_other_host(tmp_path):
    script = ROOT / "docs/site/make_site.py"
    done = subprocess.run(
        [sys.executable, script, tmp_path / "docs"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    site = tmp_path / "docs/site"
    assert "class Constraint" not in (site / "docs/reference/python.html").read_text()
    assert "DiscriminatorBatch" in (site / "docs/reference/python.html").read_text()
    for page in site.rglob("*.html"):
        loaded = re.findall(
            r"<(?:script|img|link|iframe)[^>]+(?:src|href)=\"?([^\" >]+)", page.read_text()
        )
        assert [place for place in loaded if "//" in place] == [], page
    assert (site / "search.js").is_file()

    broken = tmp_path / "docs/pages/docs/gpu.md"
    for link in ("nowhere.md", "verdicts.md#nowhere"):
        text = broken.read_text()
        broken.write_text(f"{text}\n[nowhere]({link})\n")
        done = subprocess.run(
            [sys.executable, "-m", "zensical", "build", "--strict", "--clean"],
            cwd=tmp_path / "docs",
            capture_output=True,
            timeout=300,
        )
        assert done.returncode, link
        broken.write_text(text)
