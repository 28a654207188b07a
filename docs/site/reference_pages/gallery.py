"""The figures, from the catalogue: command, caption and, where there is one, picture of each."""

import re
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
import yaml
from snakemake.utils import update_config

from reference_pages.markdown import table
from showergan.config.catalogue.exhibit import Exhibit, exhibits
from showergan.config.tasks.found import DEFAULT, SPECS
from showergan.config.whole import Config, parse_config

ROOT = Path(__file__).parents[3]


# Configurations in whose runs figures are drawn, files that lie over one another; the first that draws one is named.
RUNS = (
    *((), ("all_methods",), ("all_methods", "paper"), ("study",)),
    *(("toys",), ("digits",), ("text",)),
    *(
        ("wgan/toys",),
        ("wgan/loss_meaning_digits",),
        ("wgan/architectures",),
        ("wgan/random_architectures",),
    ),
)


def page() -> str:
    """Return the page of all figures: those that have a picture by section, and the others in a table."""
    configurations = {files: configuration_of(files) for files in RUNS}
    text = [
        "# Gallery",
        "Every figure is drawn from the tables of a run, by one command, and drawn again only when its own code or its "
        "data change. `snakemake --cores all` draws all that a run has something to show for, a command below one. "
        "The pictures are of one run each, on one machine, as its command makes them: another kind of processor, and "
        "other seeds, give other numbers.",
    ]
    others = []
    section = ""
    for exhibit, task in catalogue():
        files = next((f for f, c in configurations.items() if drawn(exhibit, task, c)), None)
        if files is None:
            raise ValueError(
                f"{exhibit.name}: no configuration in RUNS draws it; add one that does"
            )
        run = configurations[files].run
        command = f"snakemake --cores all results/{run}/figures/{exhibit.name}.png"
        if files:
            command += " --configfile " + " ".join(f"experiments/{file}.yaml" for file in files)
        title = exhibit.title.lstrip("0123456789 ")
        picture = picture_of(exhibit.name)
        if picture is None:
            others.append([title, f"`{command}`"])
            continue
        if section != exhibit.section:
            section = exhibit.section
            text.append(f"## {section.lstrip('0123456789 ')}")
        text += [
            f"### {title} {{ #{exhibit.name} }}",
            f"```sh\n{command}\n```",
            f"![{title}]({picture})",
            caption(exhibit.caption or exhibit.name),
        ]
    text += ["## Others", table("figure|command", others)]
    return "\n\n".join(text) + "\n"


def catalogue() -> list[tuple[Exhibit, str]]:
    """Return all figures in the order of the report, each with the task that has it, "" for any."""
    any_task = exhibits("figures", [])
    found = [(exhibit, "") for exhibit in any_task.values()]
    for name in SPECS:
        found += [
            (e, name) for key, e in exhibits("figures", [name]).items() if key not in any_task
        ]
    return sorted(found, key=lambda one: (one[0].section, one[0].title))


def configuration_of(files: tuple[str, ...]) -> Config:
    """Return the configuration of files of experiments/, of showers laid over config.yaml."""
    load = partial(Path.read_text, encoding="utf-8")
    raws = [yaml.safe_load(load(ROOT / f"experiments/{file}.yaml")) for file in files]
    whole: dict[str, Any] = {}
    if all(raw.get("task", DEFAULT) == DEFAULT for raw in raws):
        whole = yaml.safe_load(load(ROOT / "config.yaml"))
    for raw in raws:
        update_config(whole, raw)
    return parse_config(whole)


def drawn(exhibit: Exhibit, task: str, config: Config) -> bool:
    """Return whether a run of a configuration draws a figure."""
    return task in ("", config.task) and exhibit.applicable(config)


def picture_of(name: str) -> str | None:
    """Return the path of the picture of a figure below docs/, where there is one."""
    found = (f"{name}.png", f"gallery/{name}.png")
    return next((path for path in found if (ROOT / "docs" / path).is_file()), None)


def caption(name: str) -> str:
    """Return a caption of the report as Markdown."""
    source = (ROOT / f"workflow/report/figures/{name}.rst").read_text("utf-8")
    text = jinja2.Template(source).render(snakemake={"config": {}})
    text = re.sub(
        r"\\? :sup:`([^`]+)`|\\ :sup:`([^`]+)`", lambda m: f"<sup>{m[1] or m[2]}</sup>", text
    )
    return " ".join(text.replace("``", "`").split())
